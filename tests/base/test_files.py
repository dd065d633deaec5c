"""Files and folders that are their owner's alone."""

import os
import stat

import pytest

from pars_desktop.base import files


def test_l8_a_replaced_file_is_private_with_umask_000_and_whole(tmp_path):
    target = tmp_path / "new" / "file"
    before = os.umask(0)
    try:
        files.replace(target, b"one")
        files.replace(target, b"two")
    finally:
        os.umask(before)
    assert target.read_bytes() == b"two"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "file"
    files.replace(target, b"old")

    def no_space(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        files.replace(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_l8_every_folder_that_is_made_on_the_way_is_private(tmp_path):
    before = os.umask(0)
    try:
        files.make_private(tmp_path / "one" / "two")
    finally:
        os.umask(before)
    made = [tmp_path / "one", tmp_path / "one" / "two"]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


def test_a_folder_that_is_others_business_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    files.replace(tmp_path / "file", b"data")

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
