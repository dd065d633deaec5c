"""The one way in: each message once, receipts only to those who may know (journey (c))."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Direction, Message
from tests.fakes import JULIET, ROMEO, TYBALT

CHAT = ChatKey(ROMEO, JULIET)
PHONE = JID.trusted("juliet@capulet.lit/phone")


def incoming(copy, body="Art thou not Romeo?", **more) -> Message:
    at = more.pop("at", copy.clock.now())
    given = {"origin_id": "m1", "sender": PHONE, "wants_receipt": True, **more}
    return Message(JULIET, Direction.IN, body, at, **given)


def fail(*_args, **_more):
    raise StorageFailed("SQLITE_FULL")


def sees_us(copy, subscription=Subscription.FROM) -> None:
    copy.roster.changed.emit(Contact(JULIET, subscription=subscription))


async def test_a_message_is_kept_counted_and_announced(copy, heard):
    arrived, added = heard(copy.account.inbox.arrived), heard(copy.conversations.message_added)
    changed = heard(copy.conversations.changed)
    copy.messenger.received.emit(incoming(copy))

    (kept,) = copy.conversations.page(CHAT)
    assert kept.body == "Art thou not Romeo?"
    assert arrived == [kept]
    assert added == [(CHAT, kept)]
    assert changed == [CHAT]
    assert copy.conversations.row(CHAT).unread == 1


async def test_a_copy_changes_nothing(copy, heard):
    sees_us(copy)
    copy.messenger.received.emit(incoming(copy))
    arrived = heard(copy.account.inbox.arrived)
    copy.messenger.received.emit(incoming(copy))
    copy.messenger.received.emit(incoming(copy, archive_id="a1"))

    assert arrived == []
    assert len(copy.conversations.page(CHAT)) == 1
    assert copy.conversations.row(CHAT).unread == 1
    assert copy.messenger.receipts == [(PHONE, "m1")]


@pytest.mark.parametrize("subscription", [Subscription.FROM, Subscription.BOTH])
async def test_who_sees_us_gets_a_receipt(copy, subscription):
    sees_us(copy, subscription)
    copy.messenger.received.emit(incoming(copy))

    assert copy.messenger.receipts == [(PHONE, "m1")]


@pytest.mark.parametrize("subscription", [None, Subscription.NONE, Subscription.TO])
async def test_r9_nobody_else_learns_that_we_are_here(copy, subscription):
    if subscription is not None:
        sees_us(copy, subscription)
    copy.messenger.received.emit(incoming(copy))

    assert copy.messenger.receipts == []
    assert len(copy.conversations.page(CHAT)) == 1


async def test_only_what_asks_for_a_receipt_gets_one(copy):
    sees_us(copy)
    copy.messenger.received.emit(incoming(copy, wants_receipt=False))  # a carbon never asks
    copy.messenger.received.emit(incoming(copy, "and thou?", origin_id=""))

    assert copy.messenger.receipts == []


async def test_a_message_stays_though_its_receipt_could_not_leave(copy):
    sees_us(copy)
    copy.connection.is_online = False
    copy.messenger.received.emit(incoming(copy))

    assert len(copy.conversations.page(CHAT)) == 1


async def test_l3_what_cannot_be_kept_is_left_with_the_server(copy, heard, monkeypatch):
    sees_us(copy)
    arrived = heard(copy.account.inbox.arrived)
    with monkeypatch.context() as full:
        full.setattr(copy.account.inbox._store, "add", fail)
        copy.messenger.received.emit(incoming(copy))

    assert (copy.messenger.given_back, copy.messenger.receipts, arrived) == (1, [], [])

    copy.messenger.received.emit(incoming(copy))
    assert copy.messenger.given_back == 1
    assert len(copy.conversations.page(CHAT)) == 1


async def test_the_archive_is_never_answered(copy):
    sees_us(copy)
    copy.account.inbox.accept_all([incoming(copy, archive_id="a1")])

    assert copy.messenger.receipts == []


async def test_what_another_device_of_ours_wrote_is_shown_as_ours(copy):
    message = Message(JULIET, Direction.OUT, "Neither", copy.clock.now(), origin_id="phone-1")
    copy.messenger.received.emit(incoming(copy))
    copy.messenger.received.emit(message)

    row = copy.conversations.row(CHAT)
    assert (row.last_text, row.unread) == ("Neither", 0)
    assert copy.messenger.arrived == []


async def test_a_page_is_announced_once_for_each_chat(copy, heard):
    history, added = (
        heard(copy.conversations.history_added),
        heard(copy.conversations.message_added),
    )
    page = [incoming(copy, str(n), origin_id=f"m{n}", archive_id=f"a{n}") for n in range(5)]
    page.append(replace(page[0], peer=TYBALT, origin_id="t", archive_id="t"))

    copy.account.inbox.accept_all(page)
    assert history == [CHAT, ChatKey(ROMEO, TYBALT)]
    assert added == []
    assert copy.conversations.row(CHAT).unread == 5

    copy.account.inbox.accept_all(page)
    assert len(copy.conversations.page(CHAT)) == 5
    assert len(history) == 2


async def test_a_page_and_what_belongs_to_it_are_kept_together_or_not_at_all(copy, heard):
    history = heard(copy.conversations.history_added)

    def fail() -> None:
        raise RuntimeError("killed here")

    with pytest.raises(RuntimeError):
        copy.account.inbox.accept_all([incoming(copy, archive_id="a1")], fail)

    assert copy.conversations.page(CHAT) == []
    assert history == []


async def test_live_and_archive_come_in_any_order(copy):
    early = incoming(copy, "first", origin_id="m1", archive_id="a1")
    copy.clock.advance(timedelta(seconds=1))
    late = incoming(copy, "second", origin_id="m2")
    copy.messenger.received.emit(late)
    copy.account.inbox.accept_all([early, replace(late, archive_id="a2")])

    assert [message.body for message in copy.conversations.page(CHAT)] == ["first", "second"]


async def test_what_the_archive_has_in_whole_seconds_comes_after_what_came_live(copy):
    copy.clock.advance(timedelta(seconds=0.9))
    live = incoming(copy, "live", archive_id="a1")
    copy.messenger.received.emit(live)
    second = live.at.replace(microsecond=0)
    later = incoming(copy, "later", origin_id="m2", archive_id="a2")

    copy.account.inbox.accept_all([replace(live, at=second), replace(later, at=second)])

    assert [message.body for message in copy.conversations.page(CHAT)] == ["live", "later"]
    assert copy.conversations.row(CHAT).last_text == "later"


async def test_what_was_delayed_comes_after_what_came_live_in_the_same_second(copy):
    copy.clock.advance(timedelta(seconds=0.9))
    live = incoming(copy, "live")
    delayed = incoming(copy, "delayed", origin_id="m2")
    early = incoming(copy, "early", origin_id="m3")
    copy.messenger.received.emit(
        replace(early, at=live.at.replace(microsecond=0, minute=0, hour=1))
    )
    copy.messenger.received.emit(live)
    copy.messenger.received.emit(replace(delayed, at=live.at.replace(microsecond=0)))

    assert [message.body for message in copy.conversations.page(CHAT)] == [
        "early",
        "live",
        "delayed",
    ]


async def test_c15_a_forged_delay_changes_nothing_that_was_said_before(copy):
    """Prosody passes a <delay/> on that claims to be its own: anybody can write one."""
    copy.messenger.received.emit(incoming(copy, "I never said that", origin_id="m1"))
    long_ago = copy.clock.now() - timedelta(days=9000)
    copy.messenger.received.emit(replace(incoming(copy, "I did", origin_id="m2"), at=long_ago))

    assert [m.body for m in copy.conversations.page(CHAT)] == ["I never said that", "I did"]
    assert copy.conversations.row(CHAT).last_text == "I did"


@pytest.mark.parametrize("restart", [False, True])
async def test_c15_the_first_message_of_a_chat_is_no_older_than_what_was_read(copy, restart):
    """A stranger writes, and claims our server's name and a day long ago."""
    at = copy.clock.now()
    copy.archive.keep(replace(incoming(copy), peer=TYBALT, at=at - timedelta(hours=1)))
    if restart:
        await copy.lose_session()
        await copy.log_in()
    copy.clock.advance(timedelta(minutes=5))
    copy.messenger.received.emit(incoming(copy, at=at - timedelta(days=9000)))
    (kept,) = copy.conversations.page(CHAT)

    assert kept.at == at


async def test_what_was_sent_while_the_line_was_down_keeps_its_time(copy):
    copy.clock.advance(timedelta(minutes=5))
    sent = copy.clock.now() - timedelta(minutes=1)
    copy.messenger.received.emit(incoming(copy, at=sent))

    assert copy.conversations.page(CHAT)[0].at == sent


async def test_what_waited_for_the_next_session_keeps_its_time(copy):
    """It comes before the archive is read."""
    sent = copy.clock.now() + timedelta(minutes=1)
    await copy.lose_session()
    copy.clock.advance(timedelta(minutes=5))
    copy.messenger.received.emit(incoming(copy, at=sent))
    await copy.log_in()

    assert copy.conversations.page(CHAT)[0].at == sent


async def test_c15_a_clock_that_was_wrong_for_a_while_does_not_date_messages(copy):
    await copy.lose_session()
    copy.clock.advance(timedelta(days=365))
    await copy.log_in()
    copy.clock.advance(-timedelta(days=365))
    copy.messenger.received.emit(incoming(copy))

    assert copy.conversations.page(CHAT)[0].at == copy.clock.now()


async def test_c15_a_delayed_copy_is_still_known_as_one(copy):
    first = incoming(copy, "monday", origin_id="m1")
    copy.messenger.received.emit(first)
    copy.clock.advance(timedelta(days=4))
    copy.messenger.received.emit(incoming(copy, "friday", origin_id="m2"))
    copy.messenger.received.emit(first)

    assert [m.body for m in copy.conversations.page(CHAT)] == ["monday", "friday"]
