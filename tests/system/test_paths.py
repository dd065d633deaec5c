"""Every file of a copy is in its place, and nobody else can read it."""

import os
import stat

import pytest

from pars_desktop.system.paths import Paths


def test_without_a_profile_the_base_directory_specification_decides(home, monkeypatch):
    usual = Paths.of(None)
    assert usual.database == home / ".local/share/pars-desktop/pars.db"
    assert usual.settings == home / ".config/pars-desktop/settings.json"
    assert usual.cache == home / ".cache/pars-desktop"
    assert usual.logs == home / ".local/state/pars-desktop/logs"
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind))
    assert Paths.of(None).data == home / "DATA/pars-desktop"
    assert Paths.of(None).logs == home / "STATE/pars-desktop/logs"
    for kind in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", "relative/is/to/be/ignored")
    assert Paths.of(None) == usual


def test_with_a_profile_every_file_is_below_it(home, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "elsewhere"))
    monkeypatch.chdir(home)
    ours = Paths.of("some profile")
    root = home / "some profile"
    assert ours.profile == root
    ours.create()
    places = [ours.data, ours.config, ours.cache, ours.logs]
    places += [ours.database, ours.settings, ours.lock]
    assert all(place.is_relative_to(root) for place in places)
    assert not (home / "elsewhere").exists()


@pytest.mark.parametrize("profile", [None, "profile"])
def test_l8_folders_are_private_with_umask_000_and_also_when_they_were_not(home, profile):
    ours = Paths.of(profile and str(home / profile))
    folders = [ours.data, ours.config, ours.cache, ours.logs]
    before = os.umask(0)
    try:
        ours.create()
        assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
        for folder in folders:
            folder.chmod(0o755)
        ours.create()
    finally:
        os.umask(before)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
