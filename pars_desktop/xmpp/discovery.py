"""What a server offers, and which program it is (XEP-0030, XEP-0092)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

from slixmpp.stanza import Iq

from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import one_line
from pars_desktop.xmpp.names import DISCO_INFO
from pars_desktop.xmpp.reading import address
from pars_desktop.xmpp.session import Session

_ITEMS = "{http://jabber.org/protocol/disco#items}"
_INFO = f"{{{DISCO_INFO}}}"
_VERSION = "{jabber:iq:version}"
_MAX_ITEMS = 1000
_MAX_NODE = 1024


@dataclass(frozen=True, slots=True)
class Item:
    """Something that belongs to an entity."""

    jid: JID  # whom to ask about it
    node: str


class Discovery:
    """Asks servers. Every method raises Offline, ServerRefused and ServerSilent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def items(self, jid: JID, node: str) -> Sequence[Item]:
        """What belongs to a node of an entity (XEP-0030 section 4)."""
        found = await self._ask(jid, f"{_ITEMS}query", node)
        items = map(_item, islice(found.iterfind(f"{_ITEMS}item"), _MAX_ITEMS))
        return [item for item in items if item is not None]

    async def features(self, jid: JID) -> frozenset[str]:
        """What an entity understands (XEP-0030 section 3)."""
        found = await self._ask(jid, f"{_INFO}query")
        features = islice(found.iterfind(f"{_INFO}feature"), _MAX_ITEMS)
        return frozenset(each.get("var", "")[:_MAX_NODE] for each in features)

    async def version(self, jid: JID) -> tuple[str, str]:
        """The name and the version of a program (XEP-0092); empty if it does not say."""
        found = await self._ask(jid, f"{_VERSION}query")
        name, version = (found.findtext(f"{_VERSION}{each}") for each in ("name", "version"))
        return one_line(name or ""), one_line(version or "")

    async def _ask(self, jid: JID, tag: str, node: str = "") -> Element:
        request = self.request("get", jid)
        query = SubElement(request.xml, tag)
        if node:
            query.set("node", node)
        answer = (await self._session.ask(request)).xml.find(tag)
        return Element(tag) if answer is None else answer

    def request(self, kind: str, to: JID) -> Iq:
        """An empty request of type get or set."""
        client = self._session.client
        return client.make_iq_get(ito=str(to)) if kind == "get" else client.make_iq_set(ito=str(to))


def _item(xml: Element) -> Item | None:
    jid = address(xml.get("jid"))
    if jid is None:
        return None
    return Item(jid, xml.get("node", "")[:_MAX_NODE])
