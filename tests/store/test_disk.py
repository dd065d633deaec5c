"""A full, locked or read-only disk is said, and files are nobody else's."""

import contextlib
import ctypes
import os
import resource
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO
from tests.store.filled import CHAT, bodies, heard


def test_l3_on_a_full_disk_reading_works_and_writing_recovers_without_restart(filed, path):
    messages = MessageStore(filed)
    messages.add(JULIET, heard("before"))
    full = path.with_name("pars.db-wal").stat().st_size + 100_000
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
    kept = 1
    try:
        with contextlib.suppress(StorageFailed):
            while kept < 1000:
                messages.add(JULIET, heard("o" * 10_000))
                kept += 1
        with pytest.raises(StorageFailed):
            messages.add(JULIET, heard("o" * 100_000))
        assert 1 < kept == len(bodies(filed)) < 1000
        assert ConversationStore(filed).row(CHAT).unread == kept
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    messages.add(JULIET, heard("after"))

    assert bodies(filed)[-1] == "after"
    assert filed.first("PRAGMA integrity_check")[0] == "ok"


@contextlib.contextmanager
def without_privileges():
    """Root may read and write everything; meanwhile this thread may do what permissions say."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # capabilities, version 3; of this thread
    before = (ctypes.c_uint32 * 6)()  # twice: effective, permitted, inheritable
    assert libc.capget(header, before) == 0
    during = type(before)(*before)
    during[0] &= ~(1 << 1 | 1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, during) == 0
    try:
        yield
    finally:
        assert libc.capset(header, before) == 0


@pytest.mark.parametrize(("of_file", "of_folder"), [(0o400, 0o700), (0o400, 0o500), (0o000, 0o700)])
def test_l4_a_file_that_cannot_be_written_is_a_storage_failure(path, of_file, of_folder):
    Database.open(path).close()
    before = path.read_bytes()
    path.chmod(of_file)
    path.parent.chmod(of_folder)
    try:
        with without_privileges(), pytest.raises(StorageFailed):
            Database.open(path)
    finally:
        path.parent.chmod(0o700)
        path.chmod(0o600)

    assert path.read_bytes() == before
    assert not list(path.parent.glob("*damaged*"))


def test_l4_a_folder_that_cannot_be_made_is_a_storage_failure(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(StorageFailed):
        Database.open(tmp_path / "file" / "below" / "pars.db")
    tmp_path.chmod(0o500)
    with without_privileges(), pytest.raises(StorageFailed):
        Database.open(tmp_path / "below" / "pars.db")


async def test_l6_a_locked_file_is_a_storage_failure_soon_and_the_loop_goes_on(filed, path):
    MessageStore(filed).add(JULIET, heard("before"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    started = time.monotonic()
    with pytest.raises(StorageFailed, match="BUSY"):
        MessageStore(filed).add(JULIET, heard("during"))
    assert time.monotonic() - started < 1  # SQLite's own patience is five seconds
    assert bodies(filed) == ["before"]

    other.execute("ROLLBACK")
    other.close()
    MessageStore(filed).add(JULIET, heard("after"))
    assert bodies(filed) == ["before", "after"]


def test_l8_files_are_their_owners_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        path = tmp_path / "deep" / "er" / "pars.db"
        database = Database.open(path)
        AccountStore(database).put(AccountSettings(JULIET))
        MessageStore(database).add(JULIET, heard("one"))
        database.backup()
        modes = {
            file.name: stat.S_IMODE(file.stat().st_mode)
            for file in (*path.parent.iterdir(), path.parent, path.parent.parent)
        }
        database.close()
    finally:
        os.umask(before)

    expected = {"pars.db", "pars.db-wal", "pars.db-shm", "pars.db.backup", "pars.db.accounts"}
    assert modes == dict.fromkeys(expected, 0o600) | {"deep": 0o700, "er": 0o700}


def test_l8_a_file_that_others_could_read_is_closed_to_them(filed, path):
    filed.close()
    path.chmod(0o644)

    Database.open(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_l11_a_folder_with_an_odd_name_is_a_folder_like_any_other(tmp_path):
    path = tmp_path / "Röschen 🌹 ?mode=ro#%41&x" / ("l" * 200) / "pars.db"

    database = Database.open(path)
    AccountStore(database).put(AccountSettings(JULIET))
    database.backup()
    database.close()

    assert path.exists()
    assert path.with_name("pars.db.backup").exists()


STARTER = """
import sys
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database

path, jid = sys.argv[1:]
print("ready", flush=True)
sys.stdin.readline()
while True:
    try:
        AccountStore(Database.open(path)).put(AccountSettings(JID.trusted(jid)))
        break
    except StorageFailed:  # the other one is writing
        pass
"""


@pytest.mark.parametrize("_round", range(4))
def test_two_who_make_the_file_at_once_make_one(path, _round):
    jids = [JULIET, ROMEO]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER, path, str(jid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for jid in jids
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=30)

    database = Database.open(path)
    assert {settings.jid for settings in AccountStore(database).all()} == set(jids)
    database.close()
    assert [file.name for file in path.parent.iterdir()] == ["pars.db"]
