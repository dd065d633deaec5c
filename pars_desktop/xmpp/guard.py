"""How stanzas from outside are made safe to handle: whom we answer, and odd addresses."""

import hashlib
from collections import OrderedDict
from xml.etree.ElementTree import Element

from slixmpp.jid import JID, InvalidJID

from pars_desktop.xmpp.names import IQ, PING, STANZAS

_MOST_REPLACED = 1000  # addresses; the one that was seen last longest ago is forgotten first


def is_request(stanza: Element) -> bool:
    """An IQ that has to be answered."""
    return stanza.tag == IQ and stanza.get("type") in ("get", "set")


def is_ping(stanza: Element) -> bool:
    """A request whose only purpose is to see whether we are there (XEP-0199)."""
    return stanza.get("type") == "get" and stanza.find(f"{{{PING}}}ping") is not None


class Addresses:
    """Makes addresses that slixmpp's tables (Unicode 3.2) refuse fit for them.

    An emoji in a resource is legal today, but slixmpp raises InvalidJID wherever it reads one.
    Such a resource is replaced by a stable hash; what we send there gets the real one back.
    """

    def __init__(self) -> None:
        self._real: OrderedDict[str, str] = OrderedDict()

    def real(self, address: str) -> str:
        """The address as its owner's server wrote it."""
        return self._real.get(address, address)

    def repair(self, stanza: Element) -> bool:
        """Repair the stanza and those it carries. False if its own addresses are beyond that."""
        for element in stanza.iter():
            if element.tag not in STANZAS:
                continue
            for attribute in ("from", "to"):
                if not self._repair(element, attribute):
                    if element is stanza:
                        return False
                    del element.attrib[attribute]
        return True

    def _repair(self, element: Element, attribute: str) -> bool:
        written = element.get(attribute)
        if written is None or _is_valid(written):
            return True
        bare, slash, resource = written.partition("/")
        if not (bare and slash and _is_valid(bare)):
            return False
        digest = hashlib.sha256(resource.encode()).hexdigest()[:20]
        repaired = f"{bare}/resource-{digest}"
        self._real[repaired] = written
        self._real.move_to_end(repaired)
        if len(self._real) > _MOST_REPLACED:
            self._real.popitem(last=False)
        element.set(attribute, repaired)
        return True


def _is_valid(address: str) -> bool:
    try:
        JID(address)
    except (InvalidJID, UnicodeError):
        return False
    return True
