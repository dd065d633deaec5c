"""A damaged file never looks like a new one: it is put aside, and account and tokens survive."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.connection import create
from pars_desktop.store.database import Database
from pars_desktop.store.migrations import APPLICATION_ID, STEPS
from tests.store.filled import (
    LINES,
    PAGE,
    assert_account_and_tokens_survived,
    back_up,
    damage_a_page_of_messages,
    header_garbage,
    lines,
    overwrite,
    truncated_within_a_page,
    zero_bytes,
)


def root_page(path, name):
    with sqlite3.connect(path) as connection:
        sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (page,) = connection.execute(sql, (name,)).fetchone()
    connection.close()
    return page


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def random_page_of_the_accounts(path):
    overwrite(path, (root_page(path, "account") - 1) * PAGE, os.urandom(PAGE))


def random_page_of_the_invitations(path):
    overwrite(path, (root_page(path, "invite") - 1) * PAGE, os.urandom(PAGE))


def bad_schema_page(path):
    overwrite(path, 100, b"\0" * (PAGE - 100))


def empty_schema_page(path):
    overwrite(path, 100, bytes([13, 0, 0, 0, 0, 0, 0, 0]))


def another_programs_database(path):
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE account (id)")
    connection.close()


DAMAGES = [
    header_garbage,
    truncated,
    truncated_within_a_page,
    zero_bytes,
    random_page_of_the_accounts,
    random_page_of_the_invitations,
    bad_schema_page,
    empty_schema_page,
    another_programs_database,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_l2_a_damaged_file_is_put_aside_once_and_the_backup_goes_on(full, damage):
    back_up(full)
    damage(full)
    broken = full.read_bytes()

    with pytest.raises(DatabaseDamaged) as damaged:
        Database.open(full)

    kept = Path(damaged.value.kept_as)
    assert kept.parent == full.parent
    assert kept.name.startswith("pars.db.damaged-")
    assert kept.read_bytes() == broken
    assert not full.exists()

    database = Database.open(full)
    assert lines(database) == LINES
    assert_account_and_tokens_survived(database)
    database.close()


CHATS = {"archive", "chat", "message"}  # what the server has as well


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in names if not name.startswith("sqlite_")}


def test_l2_damage_in_any_table_but_those_of_the_chats_is_found_at_the_next_start(full):
    good, dear, found = full.read_bytes(), tables(full) - CHATS, set()
    for table in dear:
        full.write_bytes(good)
        overwrite(full, (root_page(full, table) - 1) * PAGE, os.urandom(PAGE))
        try:
            Database.open(full).close()
        except DatabaseDamaged:
            found.add(table)

    assert found == dear


@pytest.mark.parametrize("version", range(1, len(STEPS) + 1))
def test_l2_a_file_of_an_older_version_is_not_damaged_because_tables_are_missing(path, version):
    path.parent.mkdir(exist_ok=True)
    old = create(path)
    old.executescript(f"{';'.join(STEPS[:version])}; PRAGMA user_version = {version};")
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.close()

    Database.open(path).close()

    assert {"shared", "attempt"} <= tables(path)


@pytest.mark.parametrize("damage", DAMAGES)
def test_l2_without_a_backup_the_person_is_told_before_anything_begins_anew(full, damage):
    damage(full)

    with pytest.raises(DatabaseDamaged) as damaged:
        Database.open(full)

    assert damaged.value.kept_as
    database = Database.open(full)
    assert AccountStore(database).all() == []
    database.close()


def test_l2_a_random_page_of_messages_is_found_when_it_is_read_and_handled_at_the_next_start(full):
    back_up(full)
    damage_a_page_of_messages(full)
    database = Database.open(full)

    with pytest.raises(DatabaseDamaged) as found:
        lines(database)
    assert found.value.kept_as == ""
    database.close()

    with pytest.raises(DatabaseDamaged) as damaged:
        Database.open(full)
    assert damaged.value.kept_as
    database = Database.open(full)
    assert lines(database) == LINES
    assert_account_and_tokens_survived(database)
    database.close()


@pytest.mark.parametrize("garbage", [os.urandom(PAGE), bytes(PAGE)], ids=["random", "zero"])
def test_l2_whichever_page_is_damaged_account_and_tokens_survive(path, garbage, request):
    request.getfixturevalue("full")
    back_up(path)
    good = path.read_bytes()
    backups = {
        name: path.with_name(name).read_bytes() for name in ("pars.db.backup", "pars.db.accounts")
    }
    pages = len(good) // PAGE
    chosen = {*range(40), *range(40, pages, pages // 20)}
    told = 0

    for number in sorted(chosen):
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(good)
        for name, backup in backups.items():
            path.with_name(name).write_bytes(backup)
        overwrite(path, number * PAGE, garbage)
        try:
            database = Database.open(path)
        except DatabaseDamaged:
            told += 1
            database = Database.open(path)
        assert_account_and_tokens_survived(database)
        database.close()

    assert 0 < told < len(chosen)


def test_l2_a_suspicion_that_proves_wrong_is_forgotten(full):
    suspicion = full.with_name("pars.db.suspect")
    suspicion.touch()

    database = Database.open(full)

    assert not suspicion.exists()
    assert lines(database) == LINES
    database.close()
