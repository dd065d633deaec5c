"""Back-off, dead lines, and what is asked without a session (battery N-1, N-6, N-12)."""

import asyncio
import time

import pytest

from pars_desktop.domain.errors import ConnectionLost, NoNetwork, Offline, UsedElsewhere
from pars_desktop.xmpp.connection import Connection, Timing
from pars_desktop.xmpp.session import Session
from tests.xmpp.fault_proxy import faulty
from tests.xmpp.hostile import BIND_OFFER, SM_OFFER, mechanisms, polite, serving, stream_error
from tests.xmpp.victims import Hardened, closed_port, patient, until

# --- waiting --------------------------------------------------------------------------------------


async def test_the_pauses_grow_with_jitter_up_to_a_limit(ca):
    """slixmpp alone makes no pause at all between lost connections: thousands in a second."""
    timing = patient(first_pause=0.01, longest_pause=0.08)
    hardened = Hardened(ca.certificate, timing=timing)
    hardened.connect(closed_port())
    assert await until(lambda: len(hardened.pauses) >= 7, 10.0)
    await hardened.close()
    pauses = hardened.pauses[:7]
    for number, pause in enumerate(pauses):
        assert min(0.08, 0.01 * 2**number) <= pause <= min(0.08, 0.015 * 2**number)
    assert pauses[0] not in (0.01, 0.015)


async def test_the_ordinary_pauses_are_one_second_to_five_minutes():
    connection = Connection()
    pauses = [connection._pause_after(ConnectionLost()) for _ in range(30)]
    assert 1.0 <= pauses[0] <= 1.5
    assert pauses == sorted(pauses)
    assert pauses[-1] == 300.0


async def test_n6_a_flapping_line_does_not_start_the_pauses_anew(ca, certificate):
    async def script(peer):
        await peer.to_readiness()

    timing = patient(first_pause=0.02, stable=60.0)
    hardened = Hardened(ca.certificate, timing=timing)
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: len(hardened.pauses) >= 4, 10.0)
        await hardened.close()
    assert hardened.pauses[3] > 3 * hardened.pauses[0]


async def test_a_session_that_lasted_does(ca, certificate):
    async def script(peer):
        await peer.to_readiness()
        await asyncio.sleep(0.05)

    timing = patient(first_pause=0.02, stable=0.04)
    hardened = Hardened(ca.certificate, timing=timing)
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: len(hardened.pauses) >= 4, 10.0)
        await hardened.close()
    assert all(pause <= 0.03 for pause in hardened.pauses[:4])


async def test_retry_now_does_not_wait(ca):
    hardened = Hardened(ca.certificate, timing=patient(first_pause=60.0, longest_pause=60.0))
    hardened.connect(closed_port())
    assert await hardened.trouble() is NoNetwork
    hardened.connection.retry_now()
    assert await until(lambda: hardened.attempts == 2, 1.0)
    await hardened.close()


async def test_retry_now_after_somebody_else_took_over(hardened, certificate):
    async def script(peer):
        await peer.to_readiness()
        if hardened.attempts == 1:
            peer.say(stream_error("conflict"))
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is UsedElsewhere
        await asyncio.sleep(0.2)
        assert hardened.attempts == 1
        hardened.connection.retry_now()
        assert await until(lambda: hardened.is_up)


# --- N-1: a dead line -----------------------------------------------------------------------------


@pytest.mark.parametrize("has_pending", [False, True])
async def test_n1_a_frozen_line_is_noticed(ca, certificate, has_pending):
    """With 30 s and 10 s instead of these: within 45 s. The control follows."""
    timing = patient(ping_after=0.2, ping_answer=0.2)
    hardened = Hardened(ca.certificate, timing=timing)
    async with serving(polite, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        await asyncio.sleep(0.5)
        assert hardened.is_up  # the pings were answered
        line.freeze()
        if has_pending:
            hardened.client.send_message(mto="romeo@b.test", mbody="pending")
        began = time.monotonic()
        assert await hardened.trouble(2.0) is ConnectionLost
        assert time.monotonic() - began < 0.8
        line.thaw()
        assert await until(lambda: hardened.is_up)
        await hardened.close()
    assert Timing().ping_after + Timing().ping_answer <= 45.0


async def test_n1_slixmpp_alone_does_not_notice(bare, certificate):
    async with serving(polite, certificate) as server, faulty(server.port) as line:
        bare.connect(line.port)
        assert await bare.has_session()
        line.freeze()
        bare.client.send_message(mto="romeo@b.test", mbody="pending")
        await asyncio.sleep(1.0)
        assert bare.is_up


async def test_retry_now_on_a_standing_line_asks_at_once_whether_it_is_dead(ca, certificate):
    timing = patient(ping_after=60.0, ping_answer=0.1)
    hardened = Hardened(ca.certificate, timing=timing)
    async with serving(polite, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        hardened.connection.retry_now()
        await asyncio.sleep(0.3)
        assert hardened.is_up
        line.freeze()
        hardened.connection.retry_now()
        assert await hardened.trouble(1.0) is ConnectionLost
        line.thaw()
        await hardened.close()


# --- without a session ----------------------------------------------------------------------------


async def test_without_a_session_nothing_is_kept_for_later(hardened, certificate):
    """slixmpp would send all of it at the next start of a session, minutes or days later."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-1"))
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: server.peers and server.peers[0].encrypted)
        client = hardened.client
        with pytest.raises(Offline):
            client.send_message(mto="romeo@b.test", mbody="too early")
        with pytest.raises(Offline):
            client.send_presence()
        with pytest.raises(Offline):
            client.send(client.make_iq_get(queryxmlns="urn:question"))
    assert b"romeo" not in server.heard


async def test_n12_a_thousand_requests_fail_at_once_when_the_line_is_cut(hardened, certificate):
    """As soon as it is known that there is no resumption, in which the answers could still come.

    No control needed: S17 measured two minutes, slixmpp's time limit for each of them.
    """
    sessions = []

    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        sessions.append(peer)
        await peer.opens(BIND_OFFER, SM_OFFER if len(sessions) == 1 else "")
        await peer.binds()
        if len(sessions) == 1:
            await peer.element("enable")
            peer.say("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='s'/>")
        while True:
            await peer.element()

    async with serving(script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        client = hardened.client
        session = Session(hardened.settings.jid, hardened.connection)
        questions = [client.make_iq_get(queryxmlns="urn:question") for _ in range(1000)]
        requests = [asyncio.create_task(session.ask(question)) for question in questions]
        await asyncio.sleep(0.1)
        line.cut()
        done, pending = await asyncio.wait(requests, timeout=2.0)
        assert not pending
        assert len(done) == 1000
        assert {type(request.exception()) for request in done} == {Offline}
