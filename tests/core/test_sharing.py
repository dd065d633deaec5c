"""Invitations that all devices of an account know: one approval for each use, and none lost."""

import asyncio
from datetime import timedelta

import pytest

from pars_desktop.core import noticeboard
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.invite import InviteState, Refusal, token_hash
from tests.core.devices import WAITS, Server, guest
from tests.core.races import Race, run
from tests.fakes import JULIET, TYBALT, settle

DAY = timedelta(days=1)
ROSALINE = guest("rosaline")


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


def kinds(server):
    """How many terms, uses and attempts there are."""
    dashes = [note.count("-") for note in server.notes]
    return [dashes.count(number) for number in range(3)]


# --- what the others know ------------------------------------------------------------------------


async def test_one_note_for_each_use_and_no_secret_in_any(server, issuer):
    invite, token = await issuer.invite(uses=3, label="the Capulets", bound_to=JULIET)

    assert kinds(server) == [1, 3, 0]
    written = repr(server.notes)
    assert token_hash(token).hex() in written
    assert not any(secret in written for secret in (token, "Capulets", invite.link))
    assert server.notes[token_hash(token).hex()]["bound-to"] == str(JULIET)


async def test_the_terms_come_last_so_that_nobody_takes_a_use_too_early(server, issuer):
    await issuer.invite(uses=2)

    published = [note.count("-") for what, note in issuer.network.private_node.log if note]
    assert published == [1, 1, 0]


async def test_an_invitation_made_without_a_session_is_published_in_the_next(server, issuer):
    issuer.network.connection.drop()
    await issuer.invite()
    assert server.notes == {}

    issuer.network.connection.come_up()
    await settle(200)

    assert kinds(server) == [1, 1, 0]


async def test_an_invitation_that_is_revoked_or_deleted_or_over_is_taken_away(server, issuer):
    revoked, deleted, ended = [(await issuer.invite())[0] for _ in range(3)]
    assert kinds(server) == [3, 3, 0]

    issuer.invites.revoke(revoked.id)
    issuer.invites.delete(deleted.id)
    await settle(200)
    assert kinds(server) == [1, 1, 0]

    server.clock.at = ended.expires
    await issuer.restart()
    await settle(200)
    assert server.notes == {}


async def test_an_extended_invitation_is_extended_for_the_others(server, issuer, other):
    invite, token = await issuer.invite()
    issuer.invites.extend(invite.id, invite.expires + DAY)
    await settle(200)
    await issuer.kill()

    server.clock.at = invite.expires
    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.approvals == [(JULIET, other)]


@pytest.mark.parametrize("step", range(1, 5))
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_crash_while_it_is_published_neither_loses_nor_adds_a_use(
    server, issuer, when, step
):
    issuer.dies(when, "publish", step)
    _, token = await issuer.invite(uses=3)
    await issuer.restart()
    await settle(300)

    assert kinds(server) == [1, 3, 0]
    for number in range(5):
        server.they_ask(guest(number), token)
    await server.quiet()
    assert server.let_in == [guest(0), guest(1), guest(2)]


@pytest.mark.parametrize("step", range(1, 4))
async def test_a_crash_while_it_is_taken_away_is_made_good(server, issuer, other, step):
    invite, token = await issuer.invite(uses=2)
    issuer.dies("before", "retract", step)
    issuer.invites.revoke(invite.id)
    await settle(100)
    server.they_ask(JULIET, token)
    await server.quiet()
    if step > 1:
        assert server.let_in == []  # without the terms nobody takes a use

    await issuer.restart()
    await settle(300)
    assert server.notes == {}


async def test_notes_of_a_device_that_is_gone_are_swept_up_long_after_their_end(server, issuer):
    await issuer.invite()
    await issuer.kill()
    server.clock.advance(timedelta(days=39))
    other = await server.device()

    await other.invite()

    assert kinds(server) == [1, 1, 0]


async def test_more_than_the_server_keeps_is_not_published_and_works_here(
    server, issuer, monkeypatch
):
    monkeypatch.setattr(noticeboard, "MOST", 5)
    tokens = [(await issuer.invite())[1] for _ in range(4)]

    assert len(server.notes) == 4
    for number, token in enumerate(tokens):
        server.they_ask(guest(number), token)
    await server.quiet()
    assert server.let_in == [guest(number) for number in (2, 3, 0, 1)]


async def test_notes_that_make_no_sense_are_as_if_they_were_not_there(server, issuer, other):
    _, token = await issuer.invite()
    key = token_hash(token).hex()
    server.notes |= {
        "": {},
        "thunder": {"expires": "never"},
        "0" * 64: {"created": "2026-11-20", "expires": "2026-11-27", "uses": "1"},
        "1" * 64: {"created": "x", "expires": "y", "uses": "-"},
        f"{key}-7": {},
        f"{key}-1-{'0' * 16}": {"expires": "2026-11-27T12:00:00+00:00", "by": "@@"},
    }
    await issuer.kill()

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.approvals == [(JULIET, other)]


# --- a server that keeps no private notes --------------------------------------------------------


async def test_a_server_without_private_notes_is_told_nothing_and_friends_come_as_always():
    server = Server(offered=False)
    issuer, other = await server.device(), await server.device()
    _, token = await issuer.invite()

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.approvals == [(JULIET, issuer)]
    assert issuer.network.private_node.log == other.network.private_node.log == []
    await server.close()


async def test_a_server_that_refuses_the_notes_leaves_the_invitation_to_the_device(server, issuer):
    issuer.network.private_node.trouble = ServerRefused("conflict")  # it would not be private
    _, token = await issuer.invite()

    server.they_ask(JULIET, token)
    await server.quiet()

    assert (server.let_in, server.notes) == ([JULIET], {})


async def test_if_the_server_loses_its_notes_the_issuer_decides_alone(server, issuer, other):
    _, token = await issuer.invite(uses=2)
    server.notes.clear()

    for number in range(3):
        server.they_ask(guest(number), token)
    await server.quiet()

    assert server.approvals == [(guest(0), issuer), (guest(1), issuer)]
    assert issuer.asked() == [guest(2)]


# --- somebody comes ------------------------------------------------------------------------------


async def test_r22_the_device_that_made_it_lets_them_in_after_two_round_trips(server, issuer):
    _, token = await issuer.invite()
    node = issuer.network.private_node
    node.log.clear()
    approve, asked_before = issuer.network.roster.approve, []
    issuer.network.roster.approve = lambda jid: (asked_before.extend(node.log), approve(jid))

    server.they_ask(JULIET, token)
    await server.quiet()

    assert [(what, note.count("-")) for what, note in asked_before] == [
        ("publish", 2),
        ("retract", 1),
    ]


async def test_another_device_lets_them_in_while_the_one_that_made_it_is_off(server, issuer, other):
    invite, token = await issuer.invite()
    await issuer.kill()

    server.they_ask(JULIET, token)
    await server.quiet()
    assert [contact.jid for contact in other.arrived] == [JULIET]
    assert other.friends.is_newcomer(JULIET)
    assert other.invites.all() == []  # it was not made there

    await issuer.restart()
    await settle(300)
    assert [jid for jid, _ in issuer.invites.used_by(invite.id)] == [JULIET]
    assert issuer.invites.get(invite.id).link is None
    assert server.notes == {}
    assert server.let_in == [JULIET]


async def test_p20_undo_works_where_it_was_not_made_and_the_token_stays_used(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    server.they_ask(JULIET, token)
    await server.quiet()

    await other.friends.undo(JULIET)
    server.they_ask(JULIET, token)
    await server.quiet()

    assert JULIET not in server.items
    assert server.let_in == [JULIET]
    assert other.asked() == [JULIET]


async def test_p2_the_same_guest_takes_one_use_whatever_is_delivered_where(server, issuer, other):
    _, token = await issuer.invite(uses=2)
    for _ in range(5):
        server.they_ask(JULIET, token)
        await settle(3)
    await server.quiet()
    for device in (other, issuer):
        await device.restart()
        server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert kinds(server) == [1, 1, 1]


async def test_p2_a_guest_let_in_and_removed_elsewhere_takes_no_second_use(server, issuer, other):
    _, token = await issuer.invite(uses=2)
    await issuer.kill()
    server.they_ask(JULIET, token)
    await server.quiet()
    await other.kill()
    await issuer.restart()
    await issuer.friends.remove(JULIET)

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert issuer.asked() == [JULIET]


async def test_p4_of_two_guests_one_is_let_in_and_only_the_issuer_names_the_reason(
    server, issuer, other
):
    _, token = await issuer.invite()
    server.they_ask(JULIET, token)
    server.they_ask(TYBALT, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert [request.refusal for request in issuer.friends.requests()] == [Refusal.USED]
    assert [request.refusal for request in other.friends.requests()] == [None]


async def test_p6_a_bound_invitation_lets_in_nobody_else_on_any_device(server, issuer, other):
    _, token = await issuer.invite(bound_to=JULIET)

    server.they_ask(TYBALT, token)
    await server.quiet()

    assert server.let_in == []
    assert [request.refusal for request in issuer.friends.requests()] == [Refusal.BOUND]
    assert other.asked() == [TYBALT]


@pytest.mark.parametrize("after", [7 * DAY, -DAY])
async def test_p5_out_of_time_nobody_is_let_in_on_any_device(server, issuer, other, after):
    _, token = await issuer.invite()
    server.clock.advance(after)

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == []


async def test_p18_after_it_was_revoked_no_device_lets_anybody_in(server, issuer, other):
    invite, token = await issuer.invite()
    issuer.invites.revoke(invite.id)
    assert issuer.invites.get(invite.id).state is InviteState.REVOKED
    await settle(100)

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == []
    assert issuer.asked() == other.asked() == [JULIET]


async def test_a_deleted_invitation_lets_nobody_in_before_its_notes_are_gone(server, issuer):
    invite, token = await issuer.invite()
    issuer.network.connection.drop()
    issuer.invites.delete(invite.id)
    server.they_ask(JULIET, token)
    issuer.network.connection.come_up()
    await server.quiet()

    assert (server.let_in, server.notes) == ([], {})


async def test_p8_ten_thousand_guesses_are_a_handful_of_looks(server, issuer, other):
    await issuer.invite()
    looks = other.network.private_node.log
    looks.clear()

    for number in range(1000):
        server.they_ask(guest(number % 100), f"guess-{number}")
        server.they_ask(guest(number % 100), f"guess-{number}-again")
    await server.quiet()

    assert {what for what, _ in looks} == {"fetch"}
    assert len(looks) <= 3
    assert server.let_in == []


async def test_r26_a_good_token_of_another_device_is_honoured_in_silence_too(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    for number in range(30):
        server.they_ask(guest(number), f"guess-{number}")
    await server.quiet()
    assert other.friends.silent_request_count() == 10

    server.they_ask(JULIET, token)
    await server.quiet()

    assert server.let_in == [JULIET]
    assert other.friends.silent_request_count() == 10


async def test_whoever_takes_it_back_meanwhile_is_not_let_in(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    server.they_ask(JULIET, token)
    server.they_withdraw(JULIET)
    await server.quiet()
    assert (server.let_in, kinds(server)) == ([], [1, 1, 0])

    server.they_ask(JULIET, token)
    server.they_withdraw(JULIET)
    server.they_ask(JULIET, token)  # how a client sends its token again (P-9)
    await server.quiet()
    assert server.let_in == [JULIET]


async def test_whoever_was_blocked_or_answered_meanwhile_takes_no_use(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    other.network.private_node.before = lambda what, note: asyncio.sleep(3 * WAITS.other_device)
    server.they_ask(JULIET, token)
    await asyncio.sleep(2 * WAITS.other_device)
    assert other.asked() == [JULIET]

    await other.friends.decline(JULIET)
    await asyncio.sleep(10 * WAITS.other_device)

    assert (server.let_in, kinds(server)) == ([], [1, 1, 0])


async def test_a_line_that_breaks_and_is_resumed_loses_nobody(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    other.network.private_node.before = lambda what, note: asyncio.sleep(0.005)
    server.they_ask(JULIET, token)
    await asyncio.sleep(0.003)
    other.network.connection.drop()
    await asyncio.sleep(0.02)
    other.network.private_node.before = None

    other.network.connection.come_up(resumed=True)
    await server.quiet()

    assert server.let_in == [JULIET]


# --- kill -9 -------------------------------------------------------------------------------------

STEPS = [
    ("before", "publish"),  # the attempt is written down, and nobody else knows of it
    ("after", "publish"),
    ("before", "retract"),
    ("after", "retract"),  # the server has given us the use, and we do not know it
]


@pytest.mark.parametrize(("when", "what"), STEPS)
@pytest.mark.parametrize("uses", [1, 2])
async def test_p13_killed_at_any_step_the_same_device_goes_on(server, issuer, when, what, uses):
    _, token = await issuer.invite(uses=uses)
    issuer.dies(when, what)
    server.they_ask(JULIET, token)
    await server.quiet()
    assert (issuer.deaths, server.let_in) == (1, [])

    await issuer.restart()
    await server.quiet()

    assert server.let_in == [JULIET]
    assert sum(kinds(server)[:2]) == uses * (uses > 1)
    assert issuer.asked() == []


@pytest.mark.parametrize(("when", "what"), STEPS)
@pytest.mark.parametrize("victim", ["issuer", "other"])
async def test_p13_killed_at_any_step_it_is_decided_once_whoever_comes_back(
    server, issuer, other, when, what, victim
):
    _, token = await issuer.invite()
    first, second = (issuer, other) if victim == "issuer" else (other, issuer)
    await second.kill()
    first.dies(when, what)
    server.they_ask(JULIET, token)
    await server.quiet()
    assert first.deaths == 1

    await second.restart()
    await server.quiet()
    await first.restart()
    await server.quiet()

    assert server.let_in == [JULIET]
    for device in (first, second):
        await device.restart()
    await server.quiet()
    assert server.let_in == [JULIET]
    assert issuer.asked() == other.asked() == []


async def test_p13_killed_after_the_win_was_written_down_the_others_are_told_later(
    server, issuer, other
):
    _, token = await issuer.invite(uses=2)
    issuer.dies("before", "publish", 2, kind=2)
    server.they_ask(JULIET, token)
    await server.quiet()
    assert issuer.deaths == 1

    await issuer.restart()
    await server.quiet()

    assert server.let_in == [JULIET]
    assert [facts.get("won") for facts in server.notes.values()].count("true") == 1


async def test_one_that_was_too_late_and_died_before_saying_so_takes_the_next_use(
    server, issuer, other
):
    _, token = await issuer.invite(uses=2)
    other.network.private_node.before = lambda what, note: asyncio.sleep(0)
    await issuer.kill()
    server.they_ask(JULIET, token)
    other.dies("after", "publish", kind=2)
    await server.quiet()
    server.they_withdraw(JULIET)
    server.they_ask(TYBALT, token)
    await issuer.restart()  # it takes the first use, for another guest
    await server.quiet()
    assert server.let_in == [TYBALT]

    await issuer.kill()
    server.they_ask(JULIET, token)
    await other.restart()
    await server.quiet()

    assert server.approvals[-1] == (JULIET, other)
    assert server.let_in == [TYBALT, JULIET]


async def test_two_that_died_at_the_one_step_that_leaves_a_doubt_ask_their_person(
    server, issuer, other
):
    _, token = await issuer.invite()
    looked, taken = asyncio.Event(), asyncio.Event()

    async def issuer_waits(what, note):
        await looked.wait()

    async def other_waits(what, note):
        if what == "retract":
            looked.set()
            await asyncio.wait_for(taken.wait(), 1)

    issuer.network.private_node.before = issuer_waits
    other.network.private_node.before = other_waits
    issuer.dies("after", "retract", died=taken)
    other.dies("after", "retract")
    server.they_ask(JULIET, token)
    await server.quiet()
    assert (issuer.deaths, other.deaths) == (1, 1)

    for _ in range(2):
        for device in (issuer, other):
            await device.restart()
        await server.quiet()

    assert server.let_in == []
    assert issuer.asked() == other.asked() == [JULIET]


# --- races ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("deaths", "cuts"), [(0, 0), (1, 0), (0, 2), (3, 2)])
async def test_three_devices_race(seed, deaths, cuts):
    await run(Race(seed, deaths, cuts))


async def test_a_backup_that_has_forgotten_what_was_published_does_not_publish_it_again(
    server, issuer, other
):
    _, token = await issuer.invite(uses=2)
    await issuer.kill()
    server.they_ask(JULIET, token)
    await server.quiet()
    issuer.db.run("DELETE FROM shared")

    await issuer.restart()
    await settle(300)

    assert kinds(server) == [1, 1, 1]
