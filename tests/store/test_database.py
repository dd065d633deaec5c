"""Whole transactions, and a schema that only goes forward."""

import contextlib
import sqlite3

import pytest

from pars_desktop.domain.errors import DatabaseTooNew
from pars_desktop.store import connection
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from pars_desktop.store.migrations import STEPS
from tests.fakes import JULIET
from tests.store.filled import bodies, heard


def test_what_was_kept_is_there_the_next_time(filed, path):
    MessageStore(filed).add(JULIET, heard("one"))
    filed.close()

    again = Database.open(str(path))

    assert bodies(again) == ["one"]
    again.close()


def test_after_a_clean_end_there_is_one_file(filed, path):
    MessageStore(filed).add(JULIET, heard("one"))

    filed.close()

    assert [file.name for file in path.parent.iterdir()] == ["pars.db"]


def test_the_pragmas_that_matter_are_set(filed):
    values = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "secure_delete": 1,
        "busy_timeout": 100,
        "user_version": len(STEPS),
    }

    found = {name: filed.first(f"PRAGMA {name}")[0] for name in values}
    found["busy_timeout"] = filed.first("PRAGMA busy_timeout")[0]

    assert found == values


def test_every_table_checks_its_types(filed):
    tables = filed.select("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")

    loose = {row["name"] for row in tables if not row["strict"]}

    assert {name for name in loose if not name.startswith("sqlite_")} == set()


def test_a_transaction_that_fails_did_not_happen(db):
    messages = MessageStore(db)

    def keep_two_and_fail():
        with db.transaction():
            messages.add(JULIET, heard("one"))
            messages.add(JULIET, heard("two"))
            raise KeyError

    with pytest.raises(KeyError):
        keep_two_and_fail()

    assert ConversationStore(db).rows() == []


def test_a_part_that_fails_is_undone_alone(db):
    messages = MessageStore(db)

    with db.transaction():
        messages.add(JULIET, heard("one"))
        with contextlib.suppress(KeyError), db.transaction():
            messages.add(JULIET, heard("two"))
            raise KeyError
        with db.transaction():
            messages.add(JULIET, heard("three"))

    assert sorted(bodies(db)) == ["one", "three"]


def test_a_part_that_fails_after_a_part_of_it_failed_is_undone_wholly(db):
    messages = MessageStore(db)

    def fail(body):
        with db.transaction():
            messages.add(JULIET, heard(body))
            raise KeyError

    with db.transaction():
        messages.add(JULIET, heard("one"))
        with contextlib.suppress(ValueError), db.transaction():
            messages.add(JULIET, heard("two"))
            with contextlib.suppress(KeyError):
                fail("three")
            raise ValueError

    assert bodies(db) == ["one"]


def test_a_whole_that_fails_takes_its_parts_with_it(db):
    def keep_a_part_and_fail():
        with db.transaction():
            with db.transaction():
                MessageStore(db).add(JULIET, heard("one"))
            raise KeyError

    with pytest.raises(KeyError):
        keep_a_part_and_fail()

    assert bodies(db) == []


def test_nobody_else_sees_half_a_transaction(filed, path):
    other = Database.open(path)

    with filed.transaction():
        MessageStore(filed).add(JULIET, heard("one"))
        assert bodies(other) == []

    assert bodies(other) == ["one"]
    other.close()


def test_l7_a_file_from_the_future_is_refused_and_left_as_it_is(filed, path):
    filed.run(f"PRAGMA user_version = {len(STEPS) + 1}")
    filed.close()
    before = path.read_bytes()

    for _ in range(2):
        with pytest.raises(DatabaseTooNew):
            Database.open(path)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["pars.db"]


def test_l7_a_step_that_fails_leaves_the_schema_as_it_was(filed, path, monkeypatch):
    filed.close()
    bad = "CREATE TABLE later (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);"
    monkeypatch.setattr(connection, "STEPS", (*STEPS, bad))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        Database.open(path)
    monkeypatch.undo()

    again = Database.open(path)

    assert again.first("SELECT count(*) FROM sqlite_schema WHERE name = 'later'")[0] == 0
    assert [settings.jid for settings in AccountStore(again).all()] == [JULIET]
    again.close()


def test_l7_a_new_step_is_taken_once_and_keeps_what_is_there(filed, path, monkeypatch):
    filed.close()
    step = "CREATE TABLE later (id INTEGER) STRICT; INSERT INTO later VALUES (7);"
    monkeypatch.setattr(connection, "STEPS", (*STEPS, step))

    for _ in range(2):
        newer = Database.open(path)
        assert [row["id"] for row in newer.select("SELECT id FROM later")] == [7]
        assert [settings.jid for settings in AccountStore(newer).all()] == [JULIET]
        newer.close()
