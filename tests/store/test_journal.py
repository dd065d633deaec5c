"""A journal is played in after a crash, unless it does not fit the file it lies beside."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.store.filled import (
    LINES,
    NOW,
    assert_account_and_tokens_survived,
    back_up,
    damage_a_page_of_messages,
    lines,
    truncated_within_a_page,
)


def crashed(path):
    """Leave the files as a crash does: what came last is only in the journal."""
    database = Database.open(path)
    ContactStore(database).mark_newcomer(JULIET, TYBALT)
    MessageStore(database).add(JULIET, Message(ROMEO, Direction.IN, "last", NOW))
    stolen = path.parent.parent / "crashed"
    shutil.copytree(path.parent, stolen)
    database.close()
    shutil.rmtree(path.parent)
    stolen.rename(path.parent)
    path.with_name("pars.db-shm").unlink()


def test_after_a_crash_the_journal_is_played_in(full):
    crashed(full)

    database = Database.open(full)

    assert lines(database) == LINES + 1
    database.close()


def test_l2_after_a_crash_every_page_is_looked_at(full):
    back_up(full)
    crashed(full)
    damage_a_page_of_messages(full)

    with pytest.raises(DatabaseDamaged):
        Database.open(full)

    database = Database.open(full)
    assert lines(database) == LINES
    database.close()


def test_l2_without_its_journal_a_file_still_has_the_account_and_the_tokens(full):
    crashed(full)
    full.with_name("pars.db-wal").unlink()

    database = Database.open(full)

    assert lines(database) == LINES
    assert_account_and_tokens_survived(database)
    database.close()


def foreign_journal(folder):
    """The journal of another program's database with pages of the same size."""
    other = sqlite3.connect(folder / "other.db", isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    other.execute("CREATE TABLE bookmark (title TEXT)")
    other.executemany("INSERT INTO bookmark VALUES (?)", [("t" * 500,)] * 100)
    journal = (folder / "other.db-wal").read_bytes()
    other.close()
    return journal


@pytest.mark.parametrize("with_backup", [True, False])
def test_l2_a_foreign_journal_goes_alone_and_the_file_stays(full, tmp_path, with_backup):
    if with_backup:
        back_up(full)
    journal = foreign_journal(tmp_path)
    full.with_name("pars.db-wal").write_bytes(journal)
    before = full.read_bytes()

    with pytest.raises(DatabaseDamaged) as damaged:
        Database.open(full)

    assert Path(damaged.value.kept_as).read_bytes() == journal
    assert full.read_bytes() == before
    database = Database.open(full)
    assert lines(database) == LINES
    assert_account_and_tokens_survived(database)
    database.close()


def test_l2_a_journal_that_is_no_journal_is_ignored(full):
    full.with_name("pars.db-wal").write_bytes(os.urandom(50_000))

    database = Database.open(full)

    assert lines(database) == LINES
    assert_account_and_tokens_survived(database)
    database.close()


def test_l2_a_damaged_file_takes_its_journal_along(full):
    back_up(full)
    crashed(full)
    journal = full.with_name("pars.db-wal").read_bytes()
    truncated_within_a_page(full)

    with pytest.raises(DatabaseDamaged) as damaged:
        Database.open(full)

    assert Path(f"{damaged.value.kept_as}-wal").read_bytes() == journal
    database = Database.open(full)
    assert lines(database) == LINES
    database.close()


def test_l2_a_journal_without_its_file_is_not_played_into_a_new_one(full, tmp_path):
    full.unlink()
    full.with_name("pars.db-wal").write_bytes(foreign_journal(tmp_path))

    database = Database.open(full)

    assert AccountStore(database).all() == []
    database.close()
    assert len(list(full.parent.glob("pars.db-wal.damaged-*"))) == 1
