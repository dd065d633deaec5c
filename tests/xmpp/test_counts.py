"""Counts of stanzas that cannot be true (battery X-9), and servers that do not count."""

import asyncio

import pytest

from pars_desktop.domain.errors import ForbiddenData
from tests.xmpp.fault_proxy import faulty
from tests.xmpp.hostile import BIND_OFFER, SM, SM_OFFER, serving
from tests.xmpp.memory import Memory, acknowledged, again, send
from tests.xmpp.victims import until


@pytest.fixture
def memory():
    return Memory()


# --- counts that cannot be true --------------------------------------------------------------

LIES = {
    "a negative count": f"<a xmlns='{SM}' h='minus'/>",
    "no count": f"<a xmlns='{SM}'/>",
    "more than we sent": f"<a xmlns='{SM}' h='5'/>",
    "far more": f"<a xmlns='{SM}' h='99999999999'/>",
    "resumed unasked": f"<resumed xmlns='{SM}' h='0'/>",
    "enabled twice": f"<enabled xmlns='{SM}' id='session-2' resume='true'/>",
    "failed unasked": f"<failed xmlns='{SM}' h='9'/>",
}


@pytest.mark.parametrize("kind", LIES)
async def test_x9_a_count_that_cannot_be_true_costs_the_link_but_no_message(
    hardened, certificate, memory, kind
):
    """The control: slixmpp takes "more than we sent" for an acknowledgement of everything."""
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        acked = acknowledged(hardened)
        line.freeze()
        send(hardened, "kept")
        await asyncio.sleep(0.02)
        assert not acked
        # The lie comes as if over the line, and the message has not gone over it.
        hardened.client._on_event(stanza(LIES[kind]))
        assert await hardened.trouble() is ForbiddenData
        line.thaw()
        assert await again(hardened)
        assert await until(lambda: acked == ["kept"])
    assert memory.bodies.count("kept") == 1
    assert hardened.resumed == [False, True]


def stanza(xml):
    from xml.etree.ElementTree import fromstring

    from pars_desktop.xmpp.parser import Event, Kind

    return Event(Kind.STANZA, fromstring(xml))


async def test_x9_the_control_slixmpp_believes_it(bare, certificate):
    async def script(peer):
        await peer.to_readiness(SM_OFFER)
        await peer.element("message")
        peer.say(f"<a xmlns='{SM}' h='5000'/>")
        await peer.listen()

    bare.client.register_plugin("xep_0198")
    acked = acknowledged(bare)
    async with serving(script, certificate) as server:
        bare.connect(server.port)
        assert await until(lambda: bare.client.plugin["xep_0198"].enabled_out)
        send(bare, "lost")
        assert await until(lambda: acked == ["lost"])


async def test_x9_a_resumption_that_lies_ends_in_a_new_session(hardened, certificate, memory):
    """No control: see above."""
    async with serving(memory.script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        memory.answer_to_resume = f"<resumed xmlns='{SM}' h='77'/>"
        line.cut()
        assert await until(lambda: ForbiddenData in map(type, hardened.troubles))
        assert await again(hardened)
    assert hardened.resumed == [False, False]


async def test_a_server_without_stream_management_will_do(hardened, certificate):
    """No control: not an attack."""

    async def script(peer):
        await peer.to_readiness()
        await peer.listen()

    async with serving(script, certificate) as server, faulty(server.port) as line:
        hardened.connect(line.port)
        assert await hardened.has_session()
        line.cut()
        assert await again(hardened)
    assert hardened.resumed == [False, False]


async def test_a_server_that_refuses_to_manage_the_stream_will_do(hardened, certificate):
    """No control: not an attack."""

    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.opens(BIND_OFFER, SM_OFFER)
        await peer.binds()
        await peer.element("enable")
        peer.say(f"<failed xmlns='{SM}'><internal-server-error/></failed>")
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        assert not hardened.client.sm.can_resume
