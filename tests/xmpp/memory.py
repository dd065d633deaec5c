"""A scripted server that manages streams as XEP-0198 says, and remembers what arrived."""

import asyncio

from tests.xmpp.hostile import BIND_OFFER, SM, SM_OFFER
from tests.xmpp.victims import until

ROMEO = "romeo@b.test"


class Memory:
    """A server that manages streams as XEP-0198 says; sessions outlive connections."""

    def __init__(self) -> None:
        self.bodies: list[str] = []  # that arrived, in order, doubled if they came twice
        self.enabled = 0  # how many sessions there were
        self.resumed = 0
        self.handled = 0
        self.forgets = False  # refuse to resume
        self.answer_to_resume = ""
        self.peer = None
        self._peer_is_gone = asyncio.Event()
        self._peer_is_gone.set()

    async def script(self, peer) -> None:
        try:
            await peer.to_tls()
            await peer.to_login()
            await peer.opens(BIND_OFFER, SM_OFFER)
            await self._begin(peer)
            while True:
                await self._take(peer, await peer.element())
        finally:
            if self.peer is peer:
                self._peer_is_gone.set()

    async def _begin(self, peer) -> None:
        first = await peer.element()
        if first.tag == f"{{{SM}}}resume":
            await self._peer_is_gone.wait()
            if not self.forgets and first.get("previd") == f"session-{self.enabled}":
                self._own(peer)
                self.resumed += 1
                peer.say(self.answer_to_resume or f"<resumed xmlns='{SM}' h='{self.handled}'/>")
                return
            peer.say(f"<failed xmlns='{SM}' h='{self.handled}'><item-not-found/></failed>")
            first = await peer.element("iq")
        peer.say(
            f"<iq type='result' id='{first.get('id')}'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            "<jid>juliet@a.test/balcony</jid></bind></iq>"
        )
        await peer.element("enable")
        self._own(peer)
        self.enabled += 1
        self.handled = 0
        peer.say(f"<enabled xmlns='{SM}' resume='true' id='session-{self.enabled}'/>")

    def _own(self, peer) -> None:
        self.peer = peer
        self._peer_is_gone.clear()

    async def _take(self, peer, element) -> None:
        name = element.tag.rpartition("}")[2]
        if name in ("message", "presence", "iq"):
            self.handled += 1
        if name == "message":
            self.bodies.append(element.findtext("{jabber:client}body"))
        elif name == "iq" and element.find("{urn:xmpp:ping}ping") is not None:
            peer.say(f"<iq type='result' id='{element.get('id')}' from='a.test'/>")
        elif name == "r":
            peer.say(f"<a xmlns='{SM}' h='{self.handled}'/>")


# --- what tests do with it ----------------------------------------------------------------------


def send(victim, *bodies):
    for body in bodies:
        victim.client.send_message(mto=ROMEO, mbody=body)


def acknowledged(victim):
    acked = []
    victim.client.add_event_handler("stanza_acked", lambda stanza: acked.append(stanza["body"]))
    return acked


async def again(victim, count=2):
    return await until(lambda: len(victim.resumed) >= count and victim.is_up, 5.0)
