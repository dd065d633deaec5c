"""A device that died in the middle goes on by itself: it does not wait for its own notes (P-13)."""

import pytest

from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.invite import Refusal
from tests.core.devices import Server, guest

FIRST, SECOND = guest("first"), guest("second")


@pytest.fixture
async def server():
    server = Server()
    yield server
    await server.close()


async def interrupted(server, uses):
    """Killed while it took a use for the first; by then the second one's request comes before."""
    device = await server.device()
    invite, token = await device.invite(uses=uses)
    device.dies("before", "retract", kind=1)
    server.they_ask(FIRST, token)
    await server.quiet()
    assert device.deaths == 1
    server.asking.clear()
    server.asking.update({jid: SubscriptionRequest(jid, token) for jid in (SECOND, FIRST)})
    await device.restart()
    await server.quiet()
    return device, invite


async def test_p13_whose_use_went_to_somebody_else_here_gets_the_next_one(server):
    device, _ = await interrupted(server, uses=2)

    assert sorted(server.let_in, key=str) == [FIRST, SECOND]
    assert device.asked() == []


async def test_p13_p3_if_there_is_no_next_one_our_person_hears_that_it_was_used(server):
    device, invite = await interrupted(server, uses=1)

    assert server.let_in == [SECOND]
    (request,) = device.friends.requests()
    assert (request.jid, request.refusal, request.invite.id) == (FIRST, Refusal.USED, invite.id)
