"""Our person changes their mind, here or elsewhere, while somebody is being let in."""

import asyncio
from dataclasses import replace

import pytest

from pars_desktop.domain.contact import Subscription, SubscriptionRequest
from pars_desktop.domain.errors import ServerSilent
from pars_desktop.domain.invite import Refusal, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.invites import ClaimKind
from tests.core.devices import Server
from tests.fakes import JULIET, NEWCOMERS, TYBALT, settle


def token_of(copy) -> str:
    return parse_link(copy.invites.create().link).token


async def comes(copy, token=None) -> None:
    copy.roster.they_ask(JULIET, token)
    await settle()


def on_the_phone(copy, **change) -> None:
    """Another device of ours changes their entry."""
    copy.roster._push(replace(copy.roster.items[JULIET], **change))


def still_asks(copy) -> bool:
    """They are out, and our person is asked."""
    return not copy.friends.sees_us(JULIET) and [
        request.jid for request in copy.friends.requests()
    ] == [JULIET]


# --- sent away -----------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["unsubscribe", "remove"])
async def test_p20_who_was_sent_away_stays_out_though_the_line_broke_over_it(copy, step):
    token = token_of(copy)
    await comes(copy, token)

    copy.roster.cut_at = step
    undoing = asyncio.ensure_future(copy.friends.undo(JULIET))
    await asyncio.wait([undoing])
    assert undoing.exception() is not None
    await copy.restart()
    copy.roster.they_withdraw(JULIET)
    await comes(copy, token)

    assert still_asks(copy)
    assert copy.invites.redeem(token, JULIET).kind is ClaimKind.REFUSED


async def test_p20_who_was_sent_away_stays_out_though_the_server_did_not_answer(copy):
    token = token_of(copy)
    await comes(copy, token)
    copy.roster.trouble = ServerSilent()
    remove = copy.roster.remove

    async def silently(jid):
        raise ServerSilent

    copy.roster.remove = silently
    with pytest.raises(ServerSilent):
        await copy.friends.undo(JULIET)
    copy.roster.remove = remove
    await comes(copy, token)

    assert still_asks(copy)
    assert not copy.friends.is_newcomer(JULIET)


# --- the phone takes the approval back -----------------------------------------------------------


async def test_whom_another_device_lets_see_us_no_longer_does_not_return_by_the_token(copy):
    token = token_of(copy)
    await comes(copy, token)

    on_the_phone(copy, subscription=Subscription.NONE)
    await comes(copy, token)

    assert still_asks(copy)
    assert [request.refusal for request in copy.friends.requests()] == [Refusal.USED]


async def test_r15_asking_anew_is_good_once(copy):
    token = token_of(copy)
    await comes(copy, token)
    copy.roster.they_withdraw(JULIET)
    await comes(copy, token)
    assert copy.friends.sees_us(JULIET)

    on_the_phone(copy, subscription=Subscription.NONE)
    await comes(copy, token)

    assert still_asks(copy)


async def test_what_they_say_after_they_were_sent_away_is_no_way_back(copy):
    token = token_of(copy)
    await comes(copy, token)
    on_the_phone(copy, subscription=Subscription.NONE)

    copy.roster.they_withdraw(JULIET)
    await comes(copy, token)

    assert still_asks(copy)


async def test_after_a_restart_who_took_it_back_asks_our_person(copy):
    token = token_of(copy)
    await comes(copy, token)
    copy.roster.they_withdraw(JULIET)
    await copy.restart()

    await comes(copy, token)

    assert still_asks(copy)


async def test_p12_an_approval_that_was_taken_back_elsewhere_is_not_given_again(copy):
    await copy.friends.add(JULIET, "Juliet", "1tMFqYDdKhfe2pwp")
    await comes(copy)
    assert copy.friends.sees_us(JULIET)

    on_the_phone(copy, subscription=Subscription.NONE)
    await copy.lose_session()
    await copy.log_in()
    await copy.tasks_done()  # our request was repeated, with the token
    await comes(copy)

    assert still_asks(copy)


async def test_p13_an_approval_that_was_lost_on_its_way_is_given_again(copy):
    await copy.friends.add(JULIET, "Juliet", "1tMFqYDdKhfe2pwp")
    copy.roster.cut_at = "approve"
    await comes(copy)
    assert not copy.friends.sees_us(JULIET)

    await copy.log_in()

    assert copy.friends.sees_us(JULIET)


# --- removed elsewhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "not-one-of-ours"])
async def test_p13_who_was_removed_elsewhere_and_asks_without_the_token_is_not_let_in(copy, token):
    copy.roster.cut_at = "set"
    await comes(copy, token_of(copy))
    assert copy.invites.unfinished() == [JULIET]
    del copy.roster.items[JULIET]
    copy.roster.asking[JULIET] = SubscriptionRequest(JULIET, token)

    await copy.log_in()
    await copy.tasks_done()

    assert still_asks(copy)
    assert copy.invites.unfinished() == []


@pytest.mark.parametrize("has_token", [True, False])
async def test_p13_who_was_parted_elsewhere_in_the_middle_of_their_welcome_stays_out(
    copy, has_token
):
    token = token_of(copy)
    copy.roster.cut_at = "set"
    await comes(copy, token)
    await copy.kill()
    copy.roster.items[JULIET] = replace(copy.roster.items[JULIET], subscription=Subscription.NONE)
    copy.roster.asking[JULIET] = SubscriptionRequest(JULIET, token if has_token else None)

    copy.start()
    await copy.log_in()

    assert still_asks(copy)
    assert copy.roster.of_kind("approve") == []


async def test_p13_whose_approval_was_not_seen_to_land_needs_the_token_to_be_let_in(copy):
    copy.roster.cut_at = "approve"
    await comes(copy, token_of(copy))
    copy.roster.asking[JULIET] = SubscriptionRequest(JULIET)

    await copy.log_in()

    assert still_asks(copy)


async def test_a_yes_that_had_landed_is_not_said_again_to_who_was_removed_elsewhere(copy):
    await comes(copy)
    copy.roster.cut_at = "set"
    await copy.friends.accept(JULIET)
    assert copy.friends.sees_us(JULIET)
    await copy.kill()
    del copy.roster.items[JULIET]

    copy.start()
    await copy.log_in()

    assert copy.roster.of_kind("approve", "subscribe", "set") == []
    assert JULIET not in copy.roster.items
    await comes(copy)
    assert still_asks(copy)


async def test_a_yes_that_had_landed_is_not_said_again_to_who_was_parted_elsewhere(copy):
    await comes(copy)
    copy.roster.cut_at = "set"
    await copy.friends.accept(JULIET)
    await copy.kill()
    copy.roster.items[JULIET] = replace(copy.roster.items[JULIET], subscription=Subscription.NONE)

    copy.start()
    await copy.log_in()

    assert copy.roster.of_kind("approve") == []


# --- while our devices decide --------------------------------------------------------------------


@pytest.fixture
async def server():
    server = Server()
    yield server
    await server.close()


async def held(server, what):
    """They come with a shared invitation; our step with the server is held until `go` is set."""
    issuer = await server.device()
    invite, token = await issuer.invite()
    go, reached = asyncio.Event(), asyncio.Event()

    async def hold(kind, note):
        if kind == what:
            reached.set()
            await go.wait()

    issuer.network.private_node.before = hold
    server.they_ask(JULIET, token)
    async with asyncio.timeout(2):
        await reached.wait()
    return issuer, invite, token, go


@pytest.mark.parametrize("step", ["publish", "retract"])
@pytest.mark.parametrize("blocked", [JULIET, JID("", JULIET.domain)], ids=["person", "server"])
async def test_who_is_blocked_while_a_use_is_taken_is_not_let_in(server, step, blocked):
    issuer, _, _, go = await held(server, step)

    issuer.network.blocking.blocked.emit(frozenset({blocked}))
    go.set()
    await server.quiet()

    assert server.let_in == []
    assert issuer.asked() == issuer.invites.unfinished() == []
    issuer.network.blocking.unblocked.emit(frozenset())
    server.they_ask(JULIET, None)
    await server.quiet()
    assert (server.let_in, issuer.asked()) == ([], [JULIET])


async def test_who_waits_for_their_turn_and_is_blocked_costs_no_use(server):
    issuer, invite, token, go = await held(server, "publish")
    server.they_ask(TYBALT, token)

    issuer.network.blocking.blocked.emit(frozenset({JULIET, TYBALT}))
    go.set()
    await server.quiet()

    assert server.let_in == []
    assert TYBALT not in [jid for jid, _ in issuer.invites.used_by(invite.id)]


async def test_whose_welcome_was_cut_short_is_not_welcome_any_more_once_blocked(copy):
    copy.roster.cut_at = "approve"
    await comes(copy, token_of(copy))
    assert copy.invites.unfinished() == [JULIET]

    copy.network.blocking.jids = frozenset({JULIET})
    await copy.log_in()
    copy.network.blocking.jids = frozenset()
    copy.network.blocking.unblocked.emit(frozenset())
    await comes(copy)

    assert still_asks(copy)


@pytest.mark.parametrize("step", ["publish", "retract"])
@pytest.mark.parametrize("end", ["revoke", "delete"])
async def test_p18_an_invitation_that_ends_while_a_use_is_taken_lets_nobody_in(server, step, end):
    issuer, invite, token, go = await held(server, step)

    getattr(issuer.invites, end)(invite.id)
    go.set()
    await server.quiet()

    assert server.let_in == []
    assert issuer.asked() == [JULIET]
    refusal = Refusal.REVOKED if end == "revoke" else None
    assert [request.refusal for request in issuer.friends.requests()] == [refusal]
    assert not [note for note in server.notes if token_hash(token).hex() in note]


async def test_a_guest_whom_nobody_sends_away_is_in(copy):
    """The control."""
    token = token_of(copy)
    await comes(copy, token)
    await copy.restart()
    await comes(copy, token)

    assert copy.friends.sees_us(JULIET)
    assert copy.friends.contact(JULIET).groups == {NEWCOMERS}
