"""Somebody is wanted as a friend and blocked: of the two the later one counts (battery P-10)."""

import asyncio

import pytest

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import ServerSilent
from pars_desktop.domain.jid import JID
from tests.fakes import ROMEO, TYBALT, settle, wanted

HERE = JID("", TYBALT.domain)
TOKEN = "1tMFqYDdKhfe2pwp"


def asked_for(copy):
    """What of a friendship was sent."""
    return copy.roster.of_kind("set", "approve", "subscribe", "unsubscribe")


@pytest.mark.parametrize("blocked", [TYBALT, HERE])
async def test_p10_a_block_on_another_device_ends_a_wish_that_was_not_sent(offline, blocked):
    await offline.friends.add(TYBALT, "Tybalt", TOKEN)
    offline.network.blocking.jids = frozenset({blocked})
    await offline.log_in()

    assert offline.network.blocking.jids == {blocked}
    assert asked_for(offline) == []
    assert wanted(offline.db, ROMEO) == {}


async def test_p10_a_wish_that_a_block_has_ended_is_said_to_be_none(offline, heard):
    await offline.friends.add(TYBALT, "Tybalt", TOKEN)
    changed = heard(offline.conversations.changed)
    offline.network.blocking.jids = frozenset({TYBALT})
    await offline.log_in()

    assert ChatKey(ROMEO, TYBALT) in changed
    assert not offline.friends.waiting(TYBALT)
    assert offline.friends.progress(TYBALT) is None
    assert offline.conversations.row(ChatKey(ROMEO, TYBALT)) is not None  # it says who is blocked


@pytest.mark.parametrize("blocked", [TYBALT, HERE])
async def test_p10_a_block_ends_a_wish_that_waits_for_their_answer(copy, blocked):
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    copy.network.blocking.jids |= {blocked}
    copy.network.blocking.blocked.emit(frozenset({blocked}))
    copy.roster.sent.clear()
    await copy.lose_session()
    await copy.log_in()

    assert copy.network.blocking.jids == {blocked}
    assert asked_for(copy) == []


@pytest.mark.parametrize("can_preapprove", [False, True])
async def test_p12_who_was_blocked_and_unblocked_has_to_ask(copy, heard, can_preapprove):
    copy.roster.can_preapprove = can_preapprove
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    await copy.account.blocking.block(TYBALT)
    await copy.account.blocking.unblock(TYBALT)
    asked = heard(copy.friends.asked)
    copy.roster.they_ask(TYBALT)

    assert [request.jid for request in asked] == [TYBALT]
    assert not copy.friends.sees_us(TYBALT)


async def test_p10_a_block_while_our_older_request_is_withdrawn_stops_the_new_one(copy):
    await copy.friends.add(TYBALT, "Tybalt")
    copy.roster.push_after = 0.02
    copy.roster.sent.clear()
    adding = asyncio.ensure_future(copy.friends.add(TYBALT, "Tybalt", TOKEN))
    await settle()
    copy.network.blocking.blocked.emit(frozenset({TYBALT}))
    await adding
    await copy.tasks_done()

    assert copy.roster.of_kind("approve", "subscribe") == []


async def test_p10_blocking_a_request_without_a_session_ends_the_wish(copy):
    copy.roster.they_ask(TYBALT)
    await copy.lose_session()
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    await copy.friends.block(TYBALT)
    await copy.restart()

    assert copy.network.blocking.jids == {TYBALT}
    assert asked_for(copy) == []


async def test_p10_only_what_was_blocked_at_the_time_is_unblocked_for_a_wish(copy):
    await copy.account.blocking.block(TYBALT)
    await copy.lose_session()
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    copy.network.blocking.jids |= {HERE}
    await copy.restart()

    assert HERE in copy.network.blocking.jids
    assert asked_for(copy) == []
    assert wanted(copy.db, ROMEO) == {}


async def test_p10_an_agreement_to_unblock_is_used_once(copy):
    await copy.account.blocking.block(TYBALT)
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    assert copy.network.blocking.jids == frozenset()
    copy.network.blocking.jids = frozenset({TYBALT})  # while we are away
    await copy.restart()

    assert copy.network.blocking.jids == {TYBALT}
    assert wanted(copy.db, ROMEO) == {}


async def test_p10_an_agreement_ends_with_the_block_it_was_about(copy):
    await copy.account.blocking.block(TYBALT)
    await copy.lose_session()
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    copy.network.blocking.jids = frozenset()  # another device unblocks them,
    copy.roster.cut_at = "set"
    await copy.log_in()
    copy.network.blocking.jids = frozenset({TYBALT})  # and blocks them again
    await copy.restart()

    assert copy.network.blocking.jids == {TYBALT}
    assert wanted(copy.db, ROMEO) == {}


async def test_p10_an_agreement_outlives_a_server_that_does_not_answer(copy):
    await copy.account.blocking.block(TYBALT)
    await copy.lose_session()
    await copy.friends.add(TYBALT, "Tybalt", TOKEN)
    copy.network.blocking.trouble = ServerSilent()
    copy.roster.cut_at = "set"
    await copy.restart()
    copy.network.blocking.trouble = None
    await copy.restart()

    assert copy.network.blocking.jids == frozenset()
    assert copy.roster.of_kind("subscribe") == [("subscribe", TYBALT, TOKEN, "")]
