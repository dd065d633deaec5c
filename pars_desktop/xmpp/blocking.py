"""Whom our server keeps away from us (XEP-0191), and reports of spam to it (XEP-0377)."""

from xml.etree.ElementTree import Element, SubElement

from slixmpp.stanza import Iq
from slixmpp.xmlstream.stanzabase import StanzaBase

from pars_desktop.base.signal import Signal
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.reading import address
from pars_desktop.xmpp.session import Session

_BLOCKING = "{urn:xmpp:blocking}"
_ITEM = f"{_BLOCKING}item"
_CHANGES = (f"{_BLOCKING}block", f"{_BLOCKING}unblock")
_REPORT = "{urn:xmpp:reporting:1}report"
_SPAM = "urn:xmpp:reporting:spam"


class Blocking:
    """Fits `core.ports.Blocking`."""

    def __init__(self, session: Session) -> None:
        self.blocked: Signal[frozenset[JID]] = Signal()
        self.unblocked: Signal[frozenset[JID]] = Signal()
        self._session = session
        session.listen("block list push", self._is_push, self._on_push)

    async def fetch(self) -> frozenset[JID]:
        """Everybody who is blocked. Raises Offline, ServerRefused, ServerSilent."""
        request = self._session.client.make_iq_get()
        request.xml.append(Element(f"{_BLOCKING}blocklist"))
        answer = await self._session.ask(request)
        return _named_in(answer.xml.find(f"{_BLOCKING}blocklist"))

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Have the server keep somebody away, and tell it that they send spam. Raises as `fetch`.

        A server without XEP-0377 blocks all the same.
        """
        item = Element(_ITEM, jid=str(jid.bare))
        if report:
            SubElement(item, _REPORT, reason=_SPAM)
        await self._change("block", item)

    async def unblock(self, jid: JID) -> None:
        """Let somebody reach us again. Raises as `fetch`."""
        await self._change("unblock", Element(_ITEM, jid=str(jid.bare)))

    async def _change(self, what: str, item: Element) -> None:
        request = self._session.client.make_iq_set()
        SubElement(request.xml, f"{_BLOCKING}{what}").append(item)
        await self._session.ask(request)

    def _is_push(self, stanza: StanzaBase) -> bool:
        is_ours = self._session.is_own_push(stanza)
        return is_ours and any(child.tag in _CHANGES for child in stanza.xml)

    def _on_push(self, push: Iq) -> None:
        self._session.acknowledge(push)
        for child in push.xml:
            if child.tag == f"{_BLOCKING}block":
                self.blocked.emit(_named_in(child))
            elif child.tag == f"{_BLOCKING}unblock":
                self.unblocked.emit(_named_in(child))


def _named_in(xml: Element | None) -> frozenset[JID]:
    """The addresses of a list; what is none is left out. Empty in `unblock`: everybody."""
    found = (address(item.get("jid")) for item in (xml if xml is not None else ()))
    return frozenset(jid.bare for jid in found if jid is not None)
