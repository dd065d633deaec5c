"""While it is decided who may come, the line breaks, the server is silent, or something is odd.

Whoever waits is always decided about: let in, or the person is asked.
"""

import asyncio

import pytest

from pars_desktop.core import sharing
from pars_desktop.domain.errors import ServerRefused, ServerSilent
from pars_desktop.domain.invite import Refusal, token_hash
from tests.core.devices import Server, guest
from tests.fakes import JULIET, TYBALT, settle

SOON = 0.005


@pytest.fixture
async def server():
    server = Server()
    yield server
    await server.close()


@pytest.fixture
async def issuer(server):
    return await server.device()


@pytest.fixture
async def other(server, issuer):
    return await server.device()


@pytest.fixture
def tried_again_soon(monkeypatch):
    monkeypatch.setattr(sharing, "TRY_AGAIN", SOON)


def fails_once(node, step, trouble):
    """The next such step fails, before or after the server has done it."""
    when, what = step.split()
    left = [trouble]

    async def fails(done, note):
        if done == what and left:
            raise left.pop()

    setattr(node, when, fails)


async def cut_off(server, device, token):
    """Juliet comes, and the line breaks while it is decided about her."""
    node = device.network.private_node
    node.before = lambda what, note: asyncio.sleep(SOON)
    server.they_ask(JULIET, token)
    await settle()
    device.network.connection.drop()
    await asyncio.sleep(3 * SOON)
    node.before = None


# --- the line breaks -----------------------------------------------------------------------------


async def test_p18_revoked_while_the_line_was_broken_the_person_is_asked(server, issuer):
    invite, token = await issuer.invite()
    await cut_off(server, issuer, token)
    issuer.invites.revoke(invite.id)

    issuer.network.connection.come_up(resumed=True)
    await server.quiet()

    assert server.let_in == []
    (request,) = issuer.friends.requests()
    assert (request.jid, request.refusal) == (JULIET, Refusal.REVOKED)


async def test_whoever_takes_it_back_before_we_go_on_is_not_let_in(server, issuer):
    _, token = await issuer.invite()
    await cut_off(server, issuer, token)
    issuer.network.roster.withdrawn.emit(JULIET)

    issuer.network.connection.come_up(resumed=True)
    await server.quiet()

    assert (server.let_in, issuer.asked()) == ([], [])


async def test_whoever_is_blocked_before_we_go_on_has_nothing_to_wait_for(server, issuer):
    _, token = await issuer.invite()
    await cut_off(server, issuer, token)
    issuer.network.blocking.blocked.emit(frozenset({JULIET}))
    issuer.network.blocking.unblocked.emit(frozenset({JULIET}))

    issuer.network.connection.come_up(resumed=True)
    await server.quiet()

    assert (server.let_in, issuer.asked()) == ([], [])


async def test_who_is_cut_off_still_waits_for_a_decision_of_ours(server, issuer):
    """So if another device lets them in, that was not our server (R11)."""
    _, token = await issuer.invite()
    await cut_off(server, issuer, token)

    assert issuer.friends._sharing.concerns(JULIET)


async def test_p13_a_use_won_for_somebody_who_has_gone_is_no_welcome_later(server, issuer):
    _, token = await issuer.invite()
    issuer.dies("before", "retract", kind=1)
    server.they_ask(JULIET, token)
    await server.quiet()
    server.they_withdraw(JULIET)
    await issuer.restart()  # it takes the use that it had begun to take
    await server.quiet()

    issuer.network.connection.drop()
    issuer.network.connection.come_up(resumed=True)
    await server.quiet()

    assert server.let_in == []
    assert issuer.network.roster.sent == [("fetch",), ("fetch",)]


# --- something is odd ----------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["-23:00", "+00:00"])
async def test_an_odd_note_keeps_nobody_from_coming(server, issuer, zone):
    server.notes["0" * 64] = {"expires": f"9999-12-31T23:59:59{zone}"}
    _, token = await issuer.invite(uses=2)

    for jid in (JULIET, TYBALT):
        server.they_ask(jid, token)
    await server.quiet()

    assert server.let_in == [JULIET, TYBALT]


async def test_after_a_mistake_of_ours_the_person_is_asked_and_the_next_one_is_let_in(
    server, issuer, errors_logged
):
    _, token = await issuer.invite(uses=2)
    fails_once(issuer.network.private_node, "before retract", ZeroDivisionError())

    for jid in (JULIET, TYBALT):
        server.they_ask(jid, token)
    await server.quiet()

    assert server.let_in == [TYBALT]
    assert issuer.asked() == [JULIET]
    assert [record.getMessage() for record in errors_logged] == [
        "decide with our other devices failed"
    ]
    errors_logged.clear()


async def test_after_a_mistake_while_looking_up_the_next_one_is_let_in(
    server, issuer, other, errors_logged
):
    _, token = await issuer.invite(uses=2)
    await issuer.kill()
    fails_once(other.network.private_node, "before fetch", ZeroDivisionError())

    for jid in (JULIET, TYBALT):
        server.they_ask(jid, token)
        await server.quiet()

    assert server.let_in == [TYBALT]
    assert other.asked() == [JULIET]
    assert not other.friends._sharing.concerns(JULIET)
    assert [record.getMessage() for record in errors_logged] == ["look a token up failed"]
    errors_logged.clear()


# --- the server is silent, or refuses ------------------------------------------------------------

SILENCES = ["before publish", "after publish", "before retract", "after retract"]


@pytest.mark.parametrize("step", SILENCES)
@pytest.mark.parametrize("uses", [1, 2])
async def test_a_guest_is_let_in_after_the_server_was_silent_for_once(
    server, issuer, tried_again_soon, step, uses
):
    _, token = await issuer.invite(uses=uses)
    fails_once(issuer.network.private_node, step, ServerSilent())

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert issuer.asked() == []
    assert [note.count("-") for note in server.notes].count(1) == uses - 1


@pytest.mark.parametrize("step", ["before fetch", "after fetch", *SILENCES])
async def test_so_is_one_whose_token_another_device_made(
    server, issuer, other, tried_again_soon, step
):
    _, token = await issuer.invite()
    await issuer.kill()
    fails_once(other.network.private_node, step, ServerSilent())

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert other.asked() == []


async def test_while_the_server_is_silent_the_person_is_asked(server, issuer):
    _, token = await issuer.invite()
    fails_once(issuer.network.private_node, "after retract", ServerSilent())
    server.they_ask(JULIET, token)
    await asyncio.sleep(2 * server.waits.other_device)
    assert issuer.asked() == [JULIET]

    issuer.network.connection.drop()
    issuer.network.connection.come_up(resumed=True)  # it goes on with the line, too
    await settle(200)

    assert server.let_in == [JULIET]
    assert issuer.asked() == []


@pytest.mark.parametrize("yes", [True, False])
async def test_once_the_person_has_answered_it_is_not_tried_again(
    server, issuer, tried_again_soon, yes
):
    _, token = await issuer.invite()
    node = issuer.network.private_node
    node.trouble = ServerSilent()
    server.they_ask(JULIET, token)
    await asyncio.sleep(2 * server.waits.other_device)

    await (issuer.friends.accept if yes else issuer.friends.decline)(JULIET)
    await asyncio.sleep(4 * SOON)
    steps = len(node.log)
    await asyncio.sleep(4 * SOON)
    node.trouble = None

    assert len(node.log) == steps
    await server.quiet()
    assert server.let_in == ([JULIET] if yes else [])


async def test_if_the_server_refuses_the_attempt_the_use_is_left_and_the_person_is_asked(
    server, issuer, tried_again_soon
):
    _, token = await issuer.invite()
    fails_once(issuer.network.private_node, "before publish", ServerRefused("resource-constraint"))
    server.they_ask(JULIET, token)
    await server.quiet()
    assert (server.let_in, issuer.asked()) == ([], [JULIET])
    assert [note.count("-") for note in server.notes] == [1, 0]

    await issuer.restart()
    await server.quiet()
    assert (server.let_in, issuer.asked()) == ([JULIET], [])


async def test_if_the_server_refuses_to_give_the_use_it_is_tried_again(
    server, issuer, tried_again_soon
):
    _, token = await issuer.invite()
    fails_once(
        issuer.network.private_node, "before retract", ServerRefused("internal-server-error")
    )

    server.they_ask(JULIET, token)
    await server.quiet()

    assert (server.let_in, issuer.asked()) == ([JULIET], [])


async def test_p13_who_was_in_doubt_is_let_in_as_soon_as_the_doubt_is_gone(server, issuer):
    """Another device had tried to take the same use, and says a moment later that it has not."""
    _, token = await issuer.invite()
    issuer.dies("before", "retract", kind=1)
    server.they_ask(JULIET, token)
    await server.quiet()
    use = f"{token_hash(token).hex()}-1"
    rival = f"{use}-{'f' * 16}"
    server.notes[rival] = {**server.notes.pop(use), "by": str(guest("rosaline"))}
    await issuer.kill()
    issuer._start()
    fetches = []

    async def before(what, note):
        fetches.extend([note] if what == "fetch" else [])
        if len(fetches) > 4:
            server.notes.pop(rival, None)

    issuer.network.private_node.before = before
    await issuer.log_in()
    await server.quiet()

    assert server.let_in == [JULIET]
    assert issuer.asked() == []
