"""Every file of a copy is in its place, and nobody else can read it."""

import os
import stat
from pathlib import Path

import pytest

from pars_desktop.system import paths as module
from pars_desktop.system import private_file
from pars_desktop.system.paths import APP_ID, Paths, resource


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


def test_l8_a_replaced_file_is_private_with_umask_000_and_whole(home):
    target = home / "new" / "file"
    before = os.umask(0)
    try:
        private_file.replace(target, b"one")
        private_file.replace(target, b"two")
    finally:
        os.umask(before)
    assert target.read_bytes() == b"two"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file(home, monkeypatch):
    target = home / "file"
    private_file.replace(target, b"old")

    def no_space(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_file.os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        private_file.replace(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in home.iterdir()] == ["file"]


def test_resources_come_from_the_checkout_around_the_package():
    assert resource("icons", "pars.svg").is_file()
    assert resource("desktop", f"{APP_ID}.desktop").is_file()
    with pytest.raises(FileNotFoundError):
        resource("icons", "no such icon.svg")


def test_resources_come_from_the_installed_package_first(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "pars_desktop"
    shipped = package / "resources" / "icons" / "pars.svg"
    shipped.parent.mkdir(parents=True)
    shipped.write_text("<svg/>")
    (tmp_path / "site-packages" / "resources" / "icons").mkdir(parents=True)
    (tmp_path / "site-packages" / "resources" / "icons" / "pars.svg").write_text("not ours")
    monkeypatch.setattr(module, "_PACKAGE", Path(package))
    assert resource("icons", "pars.svg") == shipped
