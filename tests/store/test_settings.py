"""Settings survive, and a file that makes no sense is kept beside."""

import json
import os
import stat

import pytest

from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.settings import Settings
from pars_desktop.store.settings import SettingsStore

CHOSEN = Settings(
    *(800, 600, True, 250, True),
    waiting_link="xmpp:romeo@montague.lit?roster;preauth=s3cret",
    waiting_account="juliet@capulet.lit",
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "new" / "settings.json"


def test_settings_come_back_as_they_were_saved(file):
    SettingsStore(file).save(CHOSEN)

    assert SettingsStore(file).load() == CHOSEN


def test_without_a_file_there_are_defaults(file):
    assert SettingsStore(file).load() == Settings()
    assert not file.parent.exists()


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b"\x00" * 100], ids=repr
)
def test_a_damaged_file_is_kept_beside_and_defaults_are_used(file, damage):
    store = SettingsStore(file)
    store.save(CHOSEN)
    file.write_bytes(damage)

    assert store.load() == Settings()

    (kept,) = file.parent.iterdir()
    assert kept.name.startswith("settings.json.damaged-")
    assert kept.read_bytes() == damage
    store.save(CHOSEN)
    assert store.load() == CHOSEN


def test_values_of_another_kind_and_unknown_names_do_no_harm(file):
    store = SettingsStore(file)
    store.save(CHOSEN)
    saved = json.loads(file.read_text()) | {"window_width": "wide", "asked_for_handler": 1}
    file.write_text(json.dumps(saved | {"from_the_future": 7}))

    loaded = store.load()

    assert (loaded.window_width, loaded.asked_for_handler) == (0, False)
    assert loaded.window_height == 600


def test_l8_the_file_is_its_owners_alone_whatever_the_umask(file):
    before = os.umask(0)
    try:
        SettingsStore(file).save(CHOSEN)
    finally:
        os.umask(before)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_settings_that_cannot_be_written_are_a_storage_failure(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StorageFailed):
        SettingsStore(tmp_path / "file" / "settings.json").save(CHOSEN)
    with pytest.raises(StorageFailed):
        SettingsStore(tmp_path).load()


def test_the_token_of_a_waiting_link_is_not_in_the_representation():
    assert "s3cret" not in repr(CHOSEN)
