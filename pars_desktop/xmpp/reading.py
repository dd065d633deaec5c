"""From XML to what the program speaks of, without trusting any of it.

Plain functions over elements: slixmpp's own readers raise on an odd address or time stamp, and an
exception in the middle of a stanza would cost the whole stanza.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element

from pars_desktop.domain.errors import BadAddress, ServerRefused
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Direction, Message
from pars_desktop.domain.text import one_line, plain
from pars_desktop.xmpp import names

DELAY = "{urn:xmpp:delay}delay"
FORWARDED = "{urn:xmpp:forward:0}forwarded"
CARBONS = "{urn:xmpp:carbons:2}"
ARCHIVE_RESULT = f"{{{names.ARCHIVE}}}result"
RECEIPT_REQUEST = "{urn:xmpp:receipts}request"
RECEIPT = "{urn:xmpp:receipts}received"

_BODY = f"{{{names.CLIENT}}}body"
ORIGIN_ID = f"{{{names.STABLE_IDS}}}origin-id"
_STANZA_ID = f"{{{names.STABLE_IDS}}}stanza-id"
_WRAPPERS = (f"{CARBONS}sent", f"{CARBONS}received", ARCHIVE_RESULT)
_NO_CHAT = frozenset({"groupchat", "error", "headline"})
_CONDITIONS = f"{{{names.STANZA_ERRORS}}}"
_MAX_ID = 1024
_MAX_TEXT = 500  # of what a server says about an error
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # XMPP is from 1999
_CLOCK_SKEW = timedelta(days=1)


def address(text: str | None) -> JID | None:
    """An address in a stanza. The resource stays as it came: it is only ever sent back."""
    bare, slash, resource = (text or "").partition("/")
    try:
        jid = JID.parse(bare)
    except BadAddress:
        return None
    return JID(jid.local, jid.domain, resource[:_MAX_ID]) if slash and resource else jid


def stamp(text: str | None, now: datetime) -> datetime | None:
    """A time of XEP-0082, never later than now; None if it cannot be true."""
    try:
        time = datetime.fromisoformat(text or "")
        if time.tzinfo is None:  # XEP-0082 demands a zone; without it a time could mean anything
            return None
        time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(time, now) if _EARLIEST <= time <= now + _CLOCK_SKEW else None


def delayed_since(xml: Element, vouchers: Iterable[JID], now: datetime) -> datetime | None:
    """When a delayed stanza was sent (XEP-0203), if one of `vouchers` says so."""
    trusted = {str(jid) for jid in vouchers}
    for delay in xml.findall(DELAY):
        if delay.get("from") in trusted and (time := stamp(delay.get("stamp"), now)):
            return time
    return None


def forwarded(wrapper: Element, now: datetime) -> tuple[Element, datetime | None] | None:
    """The message inside a carbon or an archive result, and when it was sent (XEP-0297)."""
    envelope = wrapper.find(FORWARDED)
    inner = None if envelope is None else envelope.find(names.MESSAGE)
    if envelope is None or inner is None:
        return None
    delay = envelope.find(DELAY)
    return inner, None if delay is None else stamp(delay.get("stamp"), now)


def is_wrapper(xml: Element) -> bool:
    """It carries another message, or pretends to."""
    return any(xml.find(tag) is not None for tag in _WRAPPERS)


def origin_id(xml: Element) -> str:
    """The sender's own name for a message; empty if it has none we could keep."""
    element = xml.find(ORIGIN_ID)
    found = xml.get("id", "") or ("" if element is None else element.get("id", ""))
    return found if len(found) <= _MAX_ID else ""


def archive_id(xml: Element, own: JID) -> str:
    """The id our own archive gave a message (XEP-0359). Only for a server known to check them."""
    ids = [each.get("id", "") for each in xml.findall(_STANZA_ID) if each.get("by") == str(own)]
    return ids[0] if len(ids) == 1 and len(ids[0]) <= _MAX_ID else ""


def receipt(xml: Element) -> str:
    """The id of the message whose arrival is acknowledged (XEP-0184), or empty."""
    found = xml.find(RECEIPT)
    return "" if found is None or xml.get("type") in _NO_CHAT else found.get("id", "")


def refusal(xml: Element) -> ServerRefused:
    """What a stanza of type error says (RFC 6120 section 8.3)."""
    error = xml.find(names.ERROR)
    said = [] if error is None else [each for each in error if each.tag.startswith(_CONDITIONS)]
    condition = next((each.tag for each in said if each.tag != f"{_CONDITIONS}text"), "")
    text = next((each.text or "" for each in said if each.tag == f"{_CONDITIONS}text"), "")
    return ServerRefused(
        condition.removeprefix(_CONDITIONS) or "undefined-condition", one_line(text, _MAX_TEXT)
    )


def message(xml: Element, own: JID, at: datetime, archive_id: str = "") -> Message | None:
    """A chat message of ours or to us; None if it is none, or has nothing to show."""
    body = plain(_body(xml))
    sender, recipient = (address(xml.get(name)) for name in ("from", "to"))
    if not body or not sender or xml.get("type") in _NO_CHAT or is_wrapper(xml):
        return None
    if sender.bare == own and recipient:
        peer, direction = recipient.bare, Direction.OUT
    elif sender.bare != own and (recipient.bare if recipient else own) == own:
        peer, direction = sender.bare, Direction.IN
    else:
        return None
    name = origin_id(xml)
    return Message(
        peer=peer,
        direction=direction,
        body=body,
        at=at,
        origin_id=name,
        archive_id=archive_id,
        sender=sender,
        wants_receipt=direction is Direction.IN
        and name != ""
        and xml.find(RECEIPT_REQUEST) is not None,
    )


def _body(xml: Element) -> str:
    """The body, if there are several that of no language in particular (RFC 6121 §5.2.3)."""
    bodies = xml.findall(_BODY)
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    bodies.sort(key=lambda body: language in body.attrib)
    return bodies[0].text or "" if bodies else ""
