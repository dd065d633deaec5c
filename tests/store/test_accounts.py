"""Accounts come back as they were put, and go with everything that is theirs."""

from dataclasses import replace

import pytest

from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.invite import LIFETIME, token_hash
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.approvals import ApprovalStore, Intent
from pars_desktop.store.archive import ArchiveStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import InviteStore
from pars_desktop.store.messages import MessageStore
from pars_desktop.store.requests import RequestStore
from tests.fakes import JULIET, ROMEO, TYBALT

FULL = AccountSettings(
    jid=ROMEO,
    host="chat.montague.lit",
    port=5223,
    ca_file="/etc/ca.pem",
    your_name="Romeo",
    keep_password=KeepPassword.FILE,
    best_mechanism="SCRAM-SHA-256",
)
TABLES = ("contact", "newcomer", "chat", "message", "invite", "redemption", "intent", "request")


def fill(db, account, word, now):
    """Something of everything for one account, with a word that can be searched for."""
    contacts, messages, invites = ContactStore(db), MessageStore(db), InviteStore(db)
    contacts.put(account, Contact(TYBALT, name=word))
    contacts.mark_newcomer(account, TYBALT)
    for number in range(200):
        messages.add(account, Message(TYBALT, Direction.IN, f"{word} {number}", now))
    ConversationStore(db).set_draft(ChatKey(account, TYBALT), word)
    hashed = token_hash(f"{account}")
    invites.add(account, hashed, f"xmpp:x?roster;preauth={word}", now, now + LIFETIME, word)
    invites.claim(account, hashed, TYBALT, now)
    open_one = token_hash(f"{account} open")
    invites.add(account, open_one, f"xmpp:y?roster;preauth={word}", now, now + LIFETIME, word)
    ApprovalStore(db).put(Intent(account, TYBALT, word, word, word, now + LIFETIME, now))
    RequestStore(db).put(account, SubscriptionRequest(TYBALT, nick=word, message=word))
    ArchiveStore(db).advance(account, word, now)


def test_an_account_comes_back_as_it_was_put(db):
    accounts = AccountStore(db)

    accounts.put(FULL)

    assert accounts.all() == [AccountSettings(JULIET), FULL]


def test_putting_an_account_again_changes_it_and_keeps_what_it_has(db, now):
    accounts = AccountStore(db)
    fill(db, JULIET, "sparrow", now)

    accounts.put(replace(AccountSettings(JULIET), your_name="Juliet"))

    assert [settings.your_name for settings in accounts.all()] == ["Juliet"]
    assert len(MessageStore(db).page(ChatKey(JULIET, TYBALT), limit=300)) == 200


def test_l13_removing_an_account_leaves_neither_rows_nor_words_in_any_file(
    filed, path, now, bytes_in
):
    accounts = AccountStore(filed)
    accounts.put(FULL)
    fill(filed, JULIET, "nightingale", now)
    fill(filed, ROMEO, "lark-sings", now)
    filed.backup()
    assert b"nightingale" in bytes_in(path.parent)

    accounts.remove(JULIET)

    for table in TABLES:
        left = {row[0] for row in filed.select(f"SELECT count(*) FROM {table}")}
        assert left == {{"message": 200, "invite": 2}.get(table, 1)}, table
    assert [settings.jid for settings in accounts.all()] == [ROMEO]
    assert b"nightingale" not in bytes_in(path.parent)
    assert b"lark-sings" in bytes_in(path.parent)
    assert filed.backup_due


def test_an_account_that_was_not_made_after_all_takes_no_backup_along(filed, path):
    AccountStore(filed).put(AccountSettings(JULIET))
    filed.backup()
    before = {file.name for file in path.parent.iterdir() if "backup" in file.name}
    AccountStore(filed).put(AccountSettings(ROMEO), being_made=True)

    AccountStore(filed).remove(ROMEO)

    assert {file.name for file in path.parent.iterdir() if "backup" in file.name} == before


def test_removing_an_account_that_was_never_kept_leaves_the_backups_alone(filed, path):
    accounts = AccountStore(filed)
    accounts.put(FULL)
    filed.backup()
    before = {file.name for file in path.parent.iterdir() if "backup" in file.name}

    accounts.remove(TYBALT)

    assert before
    assert {file.name for file in path.parent.iterdir() if "backup" in file.name} == before
    assert not filed.backup_due


def test_nothing_is_kept_for_an_account_that_does_not_exist(db, now):
    with pytest.raises(Exception, match="FOREIGN KEY"):
        MessageStore(db).add(ROMEO, Message(TYBALT, Direction.IN, "late", now))

    assert ConversationStore(db).rows() == []


def test_l10_quotes_and_metacharacters_are_only_text_everywhere(now):
    nasty = "' \" * ( ) NEAR - : \0 -- ; DROP TABLE message; %_ \ud83d"
    shown = nasty.replace("\ud83d", "?")
    db = Database.open(":memory:")
    AccountStore(db).put(AccountSettings(JULIET, your_name="'); --"))

    fill(db, JULIET, nasty, now)

    assert ContactStore(db).all(JULIET)[0].name == shown
    assert MessageStore(db).page(ChatKey(JULIET, TYBALT))[-1].body == f"{shown} 199"
    assert ConversationStore(db).rows()[0].draft == shown
    assert InviteStore(db).all(JULIET)[0].label == shown
    assert ApprovalStore(db).pending(JULIET)[0].token == shown
    assert RequestStore(db).all(JULIET)[0].request.nick == shown
    assert ArchiveStore(db).position(JULIET) == (shown, now)
    db.close()
