"""What TCP would keep us waiting for (journey (e): each page of the archive is a long answer)."""

import asyncio
import socket

from tests.xmpp.hostile import message, serving
from tests.xmpp.victims import until


async def test_the_beginning_of_a_stanza_is_acknowledged_at_once(hardened, certificate):
    """A server that follows Nagle holds the rest back until then."""
    told, is_slow = [], asyncio.Event()

    async def script(peer):
        await peer.to_readiness()
        await is_slow.wait()
        told.append(quick(hardened))
        text = message("whole")
        peer.say(message("first") + text[:50])
        await asyncio.sleep(0.1)
        told.append(quick(hardened))
        peer.say(text[50:])
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
        be_slow(hardened)
        is_slow.set()
        assert await until(lambda: hardened.bodies == ["first", "whole"])
    assert told == [0, 1]


def link(victim):
    return victim.client.transport.get_extra_info("socket")


def quick(victim):
    """0: Linux waits for something to say before it acknowledges."""
    return link(victim).getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK)


def be_slow(victim):
    link(victim).setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)
