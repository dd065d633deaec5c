"""Strangers with tokens that are used up cost next to nothing, and keep no friend waiting (P-8)."""

import pytest

from pars_desktop.core import sharing
from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.invite import Refusal
from pars_desktop.domain.jid import JID
from tests.core.devices import Server, guest
from tests.fakes import JULIET

STRANGERS = 500
ROSALINE = JID("rosaline", "verona.lit")  # not from where the many come


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


def steps(device):
    return len(device.network.private_node.log)


async def test_p8_a_used_token_costs_no_look_for_each_stranger_while_its_terms_are_left(
    server, issuer, other
):
    _, used = await issuer.invite()
    _, good = await issuer.invite()
    await issuer.kill()
    server.they_ask(JULIET, used)
    await server.quiet()
    before = steps(other)

    for number in range(STRANGERS):
        server.they_ask(guest(number), used)
    server.they_ask(ROSALINE, good)
    await server.quiet()

    assert steps(other) - before < 10
    assert server.let_in == [JULIET, ROSALINE]


async def test_p8_of_many_with_one_token_one_is_let_in_and_one_tries_in_vain(server, issuer, other):
    _, token = await issuer.invite()
    await issuer.kill()
    before = steps(other)

    for number in range(STRANGERS):
        server.they_ask(guest(number), token)
    await server.quiet()

    assert server.let_in == [guest(0)]
    assert steps(other) - before < 10


async def test_p8_what_was_used_elsewhere_is_found_out_once(server, issuer, other):
    _, token = await issuer.invite()
    server.asking[JULIET] = SubscriptionRequest(JULIET, token)
    other.network.roster.requested.emit(server.asking[JULIET])  # the line of the first is slow
    await server.quiet()
    assert server.approvals == [(JULIET, other)]
    before = steps(issuer)

    for number in range(STRANGERS):
        server.they_ask(guest(number), token)
    await server.quiet()

    assert steps(issuer) - before < 20
    assert len(issuer.asked()) + issuer.friends.silent_request_count() == STRANGERS
    assert {request.refusal for request in issuer.friends.requests()} == {Refusal.USED}


async def test_p13_a_use_that_is_gone_is_still_looked_after_if_we_may_have_taken_it(
    server, issuer, other
):
    _, token = await issuer.invite()
    await issuer.kill()
    other.dies("after", "retract", kind=1)
    server.they_ask(JULIET, token)
    await server.quiet()
    assert (other.deaths, server.let_in) == (1, [])

    await other.restart()
    await server.quiet()

    assert server.let_in == [JULIET]


async def test_p8_only_so_many_are_looked_up_at_a_time_and_the_rest_is_asked_for(
    server, issuer, other, monkeypatch
):
    monkeypatch.setattr(sharing, "MOST_UNKNOWN", 3)
    _, token = await issuer.invite(uses=10)
    await issuer.kill()

    for number in range(5):
        server.they_ask(guest(number), token)
    await server.quiet()
    assert server.let_in == [guest(0), guest(1), guest(2)]
    assert other.asked() == [guest(3), guest(4)]

    server.they_ask(ROSALINE, token)
    await server.quiet()
    assert server.let_in[-1] == ROSALINE
