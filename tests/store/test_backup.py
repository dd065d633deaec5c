"""The backup has what is dear at once and everything once a day, and never what is damaged."""

import asyncio
import os
import shutil
import time
from datetime import timedelta

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.domain.invite import LIFETIME, Refusal, token_hash
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store import connection as connection_module
from pars_desktop.store import database as database_module
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import ClaimKind, InviteStore
from pars_desktop.store.messages import MessageStore
from pars_desktop.store.migrations import STEPS
from tests.fakes import JULIET, ROMEO, TYBALT
from tests.store.filled import (
    LINES,
    NOW,
    assert_account_and_tokens_survived,
    back_up,
    bodies,
    damage_a_page_of_messages,
    header_garbage,
    heard,
    lines,
    zero_bytes,
)


async def test_a_backup_in_a_thread_lets_writing_go_on(filed, path):
    messages = MessageStore(filed)
    with filed.transaction():
        for number in range(5000):
            messages.add(JULIET, heard(f"{number} " + "o" * 200))
    assert filed.backup_due

    backup = asyncio.create_task(asyncio.to_thread(filed.backup))
    written = 0
    while not backup.done():
        messages.add(JULIET, heard("meanwhile"))
        written += 1
        await asyncio.sleep(0)
    await backup

    assert written > 0
    assert not filed.backup_due
    assert len(bodies(filed)) == 5000 + written


def test_the_backup_is_due_without_one_when_it_is_old_and_when_something_dear_changed(filed, path):
    assert filed.backup_due
    filed.backup()
    assert not filed.backup_due
    MessageStore(filed).add(JULIET, heard("one"))
    assert not filed.backup_due
    AccountStore(filed).put(AccountSettings(ROMEO))
    assert filed.backup_due
    filed.backup()
    filed.close()

    again = Database.open(path)
    assert not again.backup_due
    again.close()
    day_before = time.time() - timedelta(days=1, seconds=1).total_seconds()
    os.utime(path.with_name("pars.db.backup"), (day_before, day_before))
    again = Database.open(path)
    assert again.backup_due
    again.close()


def test_a_backup_of_an_account_removed_meanwhile_is_made_again(filed, path, monkeypatch):
    accounts, back_up, times = AccountStore(filed), database_module.back_up, []
    accounts.put(AccountSettings(TYBALT, host="nightingale.example"))

    def slow(of):
        back_up(of)
        if not times:
            accounts.remove(TYBALT)
        times.append(of)

    monkeypatch.setattr(database_module, "back_up", slow)
    filed.backup()

    assert len(times) == 2
    assert b"nightingale" not in path.with_name("pars.db.backup").read_bytes()


def test_l2_a_damaged_page_does_not_get_into_the_backup(full):
    back_up(full)
    good = full.with_name("pars.db.backup").read_bytes()
    damage_a_page_of_messages(full)
    database = Database.open(full)
    day_before = time.time() - timedelta(days=2).total_seconds()
    os.utime(full.with_name("pars.db.backup"), (day_before, day_before))

    with pytest.raises(DatabaseDamaged):
        database.backup()

    assert database.backup_due
    database.close()
    assert full.with_name("pars.db.backup").read_bytes() == good
    with pytest.raises(DatabaseDamaged):
        Database.open(full)


def test_l2_account_and_tokens_are_in_the_main_file_as_soon_as_they_are_kept(path):
    database = Database.open(path)
    AccountStore(database).put(AccountSettings(JULIET))
    InviteStore(database).add(JULIET, token_hash("used"), "x", NOW, NOW + LIFETIME)
    InviteStore(database).claim(JULIET, token_hash("used"), ROMEO, NOW)
    InviteStore(database).add(JULIET, token_hash("rose"), "x", NOW, NOW + LIFETIME)

    alone = path.parent.parent / "alone" / "pars.db"
    alone.parent.mkdir()
    shutil.copy(path, alone)
    database.close()

    database = Database.open(alone)
    assert_account_and_tokens_survived(database)
    database.close()


def test_l2_a_damaged_backup_is_put_aside_too_and_said(full):
    back_up(full)
    header_garbage(full)
    header_garbage(full.with_name("pars.db.backup"))

    for kept_as in ("db.damaged-", "backup.damaged-"):
        with pytest.raises(DatabaseDamaged) as damaged:
            Database.open(full)
        assert kept_as in damaged.value.kept_as

    database = Database.open(full)  # the accounts have a backup of their own
    assert_account_and_tokens_survived(database)
    assert lines(database) == 0
    database.close()
    assert len(list(full.parent.glob("*.damaged-*"))) == 2


def test_l2_with_every_backup_damaged_it_begins_anew_after_saying_so_each_time(full):
    back_up(full)
    for name in ("pars.db", "pars.db.backup", "pars.db.accounts"):
        header_garbage(full.with_name(name))

    for _ in range(3):
        with pytest.raises(DatabaseDamaged):
            Database.open(full)

    database = Database.open(full)
    assert AccountStore(database).all() == []
    database.close()


def test_l2_what_is_dear_is_backed_up_at_once_and_messages_once_a_day(full):
    back_up(full)
    everything = full.with_name("pars.db.backup").read_bytes()
    database = Database.open(full)
    AccountStore(database).put(AccountSettings(TYBALT))
    InviteStore(database).add(TYBALT, token_hash("new"), "xmpp:new", NOW, NOW + LIFETIME)
    MessageStore(database).add(JULIET, Message(ROMEO, Direction.IN, "new", NOW))

    database.backup()

    database.close()
    assert full.with_name("pars.db.backup").read_bytes() == everything
    header_garbage(full)
    with pytest.raises(DatabaseDamaged):
        Database.open(full)
    database = Database.open(full)
    assert [settings.jid for settings in AccountStore(database).all()] == [JULIET, TYBALT]
    assert lines(database) == LINES
    claim = InviteStore(database).claim(TYBALT, token_hash("new"), ROMEO, NOW)
    assert claim.kind is ClaimKind.CLAIMED
    assert database.first("PRAGMA foreign_key_check") is None
    database.close()


def test_l2_an_older_copy_of_the_accounts_does_not_win_over_a_newer_backup(full):
    back_up(full)
    accounts = full.with_name("pars.db.accounts")
    database = Database.open(full)
    InviteStore(database).claim(JULIET, token_hash("rose"), ROMEO, NOW)
    database.close()
    older = accounts.read_bytes()
    full.with_name("pars.db.backup").unlink()
    back_up(full)
    accounts.write_bytes(older)
    os.utime(accounts, (1, 1))
    zero_bytes(full)

    with pytest.raises(DatabaseDamaged):
        Database.open(full)

    database = Database.open(full)
    claim = InviteStore(database).claim(JULIET, token_hash("rose"), TYBALT, NOW)
    assert claim.refusal is Refusal.USED
    database.close()


def test_l7_after_a_step_of_the_schema_the_backup_is_due(filed, path, monkeypatch):
    filed.backup()
    filed.close()
    assert not reopened(path).backup_due

    step = "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT"
    monkeypatch.setattr(connection_module, "STEPS", (*STEPS, step))

    assert reopened(path).backup_due


def reopened(path):
    """What opening the file says; it is closed again."""
    db = Database.open(path)
    db.close()
    return db
