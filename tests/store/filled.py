"""A database with something in it, and ways to damage its file."""

import os
from datetime import UTC, datetime, timedelta

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.invite import LIFETIME, Refusal, token_hash
from pars_desktop.domain.message import Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import ClaimKind, InviteStore
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, ROMEO, TYBALT

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = 4096
LINES = 2000
CHAT = ChatKey(JULIET, ROMEO)


def fill(path):
    """Make a database with an account, invitations and messages, and close it."""
    database = Database.open(path)
    AccountStore(database).put(AccountSettings(JULIET))
    invites = InviteStore(database)
    invites.add(JULIET, token_hash("rose"), "xmpp:rose", NOW, NOW + LIFETIME)
    invites.add(JULIET, token_hash("used"), "xmpp:used", NOW, NOW + LIFETIME)
    invites.claim(JULIET, token_hash("used"), ROMEO, NOW)
    messages = MessageStore(database)
    with database.transaction():
        for number in range(LINES):
            at = NOW + timedelta(seconds=number)
            messages.add(JULIET, Message(ROMEO, Direction.IN, f"{number} " + "o" * 100, at))
    database.close()


def back_up(path):
    database = Database.open(path)
    database.backup()
    database.close()


def assert_account_and_tokens_survived(database):
    assert [settings.jid for settings in AccountStore(database).all()] == [JULIET]
    invites = InviteStore(database)
    assert invites.claim(JULIET, token_hash("used"), TYBALT, NOW).refusal is Refusal.USED
    assert invites.claim(JULIET, token_hash("used"), ROMEO, NOW).kind is ClaimKind.AGAIN
    assert invites.claim(JULIET, token_hash("rose"), TYBALT, NOW).kind is ClaimKind.CLAIMED


def lines(database):
    return len(MessageStore(database).page(CHAT, limit=2 * LINES))


def overwrite(path, at, data):
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def header_garbage(path):
    overwrite(path, 0, b"not a database, " * 6)


def zero_bytes(path):
    os.truncate(path, 0)


def truncated_within_a_page(path):
    os.truncate(path, PAGE + 100)


def damage_a_page_of_messages(path):
    """Somewhere in the middle of the messages of the chat."""
    with path.open("rb") as file:
        pages = file.read()
    number = next(
        at // PAGE for at in range(0, len(pages), PAGE) if b"1000 ooo" in pages[at : at + PAGE]
    )
    overwrite(path, number * PAGE, os.urandom(PAGE))


def heard(body):
    return Message(ROMEO, Direction.IN, body, datetime.now(UTC))


def bodies(db):
    return [message.body for message in MessageStore(db).page(CHAT, limit=10_000)]
