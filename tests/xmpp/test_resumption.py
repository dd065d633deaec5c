"""A broken line: the session goes on, nothing lost, nothing doubled (N-2, N-3, X-12, S15)."""

import asyncio
import random

import pytest

from pars_desktop.domain.errors import ConnectionLost, NothingKept
from pars_desktop.xmpp.session import Session
from tests.xmpp import soak
from tests.xmpp.fault_proxy import faulty
from tests.xmpp.hostile import BIND_OFFER, BOUND, SM, SM_OFFER, message, serving
from tests.xmpp.memory import Memory, acknowledged, again, send
from tests.xmpp.victims import QUICK, Hardened, until

ROMEO = "romeo@b.test"


@pytest.fixture
def memory():
    return Memory()


# --- L-3: what comes and cannot be kept -----------------------------------------------------------


async def test_l3_a_message_that_is_given_back_is_not_acknowledged_and_comes_again(ca, certificate):
    """No control: slixmpp counts whatever came, kept or not."""
    hardened = Hardened(ca.certificate, deadline=15.0)  # a busy machine is not the subject
    counts, room = [], []

    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.opens(BIND_OFFER, SM_OFFER)
        first = await peer.element()
        if first.tag == f"{{{SM}}}resume":
            counts.append(first.get("h"))
            peer.say(f"<resumed xmlns='{SM}' h='0'/>")
            if len(counts) == 2:
                room.append(True)
        else:
            bound = f"<jid>{BOUND}</jid>"
            bind = f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{bound}</bind>"
            peer.say(f"<iq type='result' id='{first.get('id')}'>{bind}</iq>")
            await peer.element("enable")
            peer.say(f"<enabled xmlns='{SM}' resume='true' id='session-1'/>")
            peer.say(message("kept"))
        peer.say(message("one too many") + message("and another") + f"<r xmlns='{SM}'/>")
        counts.append((await peer.element("a")).get("h"))
        await peer.listen()

    async with serving(script, certificate) as server:

        def full(stanza):
            if stanza["body"] != "kept" and not room:
                hardened.client.give_back()

        hardened.connection.client_ready.connect(
            lambda client: client.add_event_handler("message", full)
        )
        hardened.connect(server.port)
        assert await until(lambda: len(counts) == 3, 15.0)
        await hardened.close()
    assert counts == ["1", "1", "3"]
    assert hardened.bodies[-2:] == ["one too many", "and another"]
    assert hardened.bodies.count("and another") == 1
    assert list(map(type, hardened.troubles[:2])) == [NothingKept, NothingKept]
    assert hardened.resumed == [False, True, True]


# --- N-3: what was on its way ---------------------------------------------------------------------


async def test_a_single_message_is_acknowledged_at_once(hardened, certificate, memory):
    """slixmpp asks after every fifth stanza, and before the one it should cover."""
    async with serving(memory.script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        send(hardened, "one")
        assert await until(lambda: acked == ["one"], 1.0)


async def test_n3_twenty_messages_and_a_cut_arrive_once_and_in_order(hardened, certificate, memory):
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        wanted = [str(number) for number in range(20)]
        send(hardened, *wanted)
        line.cut()
        assert await again(hardened)
        send(hardened, "last")
        assert await until(lambda: acked[-1:] == ["last"])
    assert memory.bodies == [*wanted, "last"]
    assert acked == [*wanted, "last"]
    assert hardened.resumed == [False, True]
    assert memory.enabled == 1


async def test_n3_what_was_frozen_arrives_once_and_in_order(ca, certificate, memory):
    """Some of it is in the socket, some in the queue, when the line is given up."""

    timing = type(QUICK)(**{**QUICK.__dict__, "ping_after": 0.1, "ping_answer": 0.1})
    hardened = Hardened(ca.certificate, timing=timing)
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        line.freeze()
        wanted = [str(number) for number in range(20)]
        for body in wanted:
            send(hardened, body)
            await asyncio.sleep(0.005)
        assert await hardened.trouble() is ConnectionLost
        line.thaw()
        assert await again(hardened)
        assert await until(lambda: len([body for body in acked if body]) == 20)
        await hardened.close()
    assert memory.bodies == wanted


async def test_n3_a_stanza_still_in_the_queue_is_not_lost(hardened, certificate, memory):
    """S12: in slixmpp it is gone with a line in the log."""
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked, client = acknowledged(hardened), hardened.client
        connection_lost = client.connection_lost

        def at_the_last_moment(error):
            send(hardened, "last")  # the task that writes has no turn any more
            connection_lost(error)

        client.connection_lost = at_the_last_moment
        send(hardened, "first", "second")
        client.abort()
        assert await again(hardened)
        client.connection_lost = connection_lost
        assert await until(lambda: len(acked) == 3)
    assert memory.bodies == acked == ["first", "second", "last"]


async def test_n3_a_refused_resumption_begins_a_new_session_and_says_so(
    hardened, certificate, memory
):
    """S11: what the server had is acknowledged; the rest is for whoever keeps the messages."""
    ended = []
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        hardened.client.add_event_handler("session_end", ended.append)
        send(hardened, "had")
        assert await until(lambda: memory.bodies == ["had"])
        memory.forgets = True
        line.freeze()
        send(hardened, "lost")
        await asyncio.sleep(0.05)
        line.cut()
        line.thaw()
        assert await again(hardened)
        send(hardened, "new")
        assert await until(lambda: "new" in acked)
    assert hardened.resumed == [False, False]
    assert len(ended) == 1
    assert memory.bodies == ["had", "new"]
    assert acked == ["had", "new"]


async def test_n3_what_arrived_without_our_knowledge_is_not_sent_again(
    hardened, certificate, memory
):
    """The acknowledgement was lost with the line; `h` in <failed/> tells (XEP-0198 §5)."""
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        memory.forgets = True
        line.freeze()
        send(hardened, "frozen")
        await asyncio.sleep(0.05)
        memory.handled = 1  # as if it had come through, and its acknowledgement had not
        line.cut()
        line.thaw()
        assert await again(hardened)
    assert acked == ["frozen"]


# --- N-2: cut anywhere ----------------------------------------------------------------------------


async def test_n2_a_cut_at_any_byte_costs_nothing(ca):
    """No control: slixmpp does not reconnect. `make soak` cuts more often."""
    seed = random.randrange(1_000_000)
    assert await soak.cut_anywhere(ca, seed, count=10) == 10, f"seed {seed}"


# --- what comes in --------------------------------------------------------------------------------


async def test_what_was_dropped_counts_as_handled(hardened, certificate):
    """Or the server would send a poisoned stanza again at every resumption."""
    counts = []

    async def script(peer):
        await peer.to_readiness(SM_OFFER)
        peer.say(message("one") + "<iq type='get' id='d' from='x@evil.test'>" + "<a>" * 600)
        peer.say("</a>" * 600 + "</iq>" + message("three") + f"<r xmlns='{SM}'/>")
        counts.append((await peer.element("a")).get("h"))
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: counts)
    assert counts == ["3"]


async def test_messages_right_behind_the_resumption_are_taken(hardened, certificate, memory):
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        memory.answer_to_resume = f"<resumed xmlns='{SM}' h='0'/>" + message("missed")
        online = []
        hardened.connection.online.connect(lambda resumed: online.append(list(hardened.bodies)))
        line.cut()
        assert await again(hardened)
        assert await until(lambda: hardened.bodies == ["missed"])
    assert online == [[]]  # whoever hears of messages has heard of the session before


# --- S15, X-12: answers after a resumption --------------------------------------------------------


async def test_s15_x12_after_a_resumption_only_whoever_was_asked_can_answer(
    hardened, certificate, memory
):
    """S15 measured the control: slixmpp matches ids alone from then on."""
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        line.cut()
        assert await again(hardened)
        request = hardened.client.make_iq_get(queryxmlns="urn:question", ito=ROMEO)
        session = Session(hardened.settings.jid, hardened.connection)
        answer = asyncio.create_task(session.ask(request))
        await asyncio.sleep(0.05)
        memory.peer.say(f"<iq type='result' id='{request['id']}' from='mallory@evil.test/x'/>")
        memory.peer.say(message("after"))
        assert await until(lambda: hardened.bodies == ["after"])
        assert not answer.done()
        memory.peer.say(f"<iq type='result' id='{request['id']}' from='{ROMEO}'/>")
        assert (await answer)["from"] == ROMEO


async def test_the_features_of_the_server_are_known_after_a_resumption(hardened, certificate):
    offer = "<sub xmlns='urn:xmpp:features:pre-approval'/>"
    seen = []

    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        if seen:
            await peer.opens(BIND_OFFER, SM_OFFER)
            await peer.element("resume")
            peer.say(f"<resumed xmlns='{SM}' h='0'/>")
            await peer.listen()
        seen.append(peer)
        await peer.to_session(SM_OFFER, offer)

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await again(hardened)
        assert hardened.resumed == [False, True]
        assert "preapproval" in hardened.client.features
