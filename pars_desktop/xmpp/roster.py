"""The contact list on the server, subscriptions and presence (RFC 6121 sections 2 to 4)."""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from xml.etree.ElementTree import Element, SubElement

import slixmpp
from slixmpp.stanza import Iq
from slixmpp.types import PresenceTypes
from slixmpp.xmlstream.stanzabase import StanzaBase

from pars_desktop.base.signal import Signal
from pars_desktop.domain.contact import Contact, Presence, Subscription, SubscriptionRequest
from pars_desktop.domain.errors import ServerRefused, ServerSilent
from pars_desktop.domain.invite import MAX_INCOMING_TOKEN
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import one_line, plain
from pars_desktop.xmpp import names
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.preauth import XEP_0379
from pars_desktop.xmpp.presence import Presences
from pars_desktop.xmpp.reading import address, refusal
from pars_desktop.xmpp.session import Session

_ITEM = f"{{{names.ROSTER}}}item"
_GROUP = f"{{{names.ROSTER}}}group"
_NICK = "{http://jabber.org/protocol/nick}nick"
_STATUS = f"{{{names.CLIENT}}}status"
_TOKEN = re.compile(rf"[A-Za-z0-9._~:+/=!$*,@-]{{1,{MAX_INCOMING_TOKEN}}}")
_SUBSCRIPTIONS = {each.value: each for each in Subscription}
_DISCO = f"{{{names.DISCO_INFO}}}"
_DISCO_PATIENCE = 3.0  # seconds for an answer that is only good to know
_MAX_GROUPS = 50
_PASSING = ("remote-server-timeout", "resource-constraint")  # RFC 6120 section 8.3.3
_MAX_STATUS = 500
_SLICE = 100  # items that are read before others have a turn


class Roster:
    """Fits `core.ports.Roster`.

    slixmpp's own roster is taken out of the way: it remembers every stranger, forgets everybody
    at each lost connection, and answers roster pushes that are forged.
    """

    def __init__(self, session: Session) -> None:
        self.changed: Signal[Contact] = Signal()
        self.removed: Signal[JID] = Signal()
        self.requested: Signal[SubscriptionRequest] = Signal()
        self.withdrawn: Signal[JID] = Signal()
        self.acknowledged: Signal[JID] = Signal()
        self.refused: Signal[JID, str] = Signal()
        self.presence: Signal[Presence] = Signal()
        self._session = session
        self._known: set[JID] = set()
        self._presences = Presences()
        self._pushed: deque[Element] = deque()
        self._is_announced = False
        session.new_client.connect(self._on_new_client)
        session.online.connect(self._on_online)
        session.listen("Roster push", self._is_push, self._on_push)
        session.listen("Presence of others", _is_presence, self._on_presence)

    @property
    def can_preapprove(self) -> bool:
        """The server takes an approval before the request (RFC 6121 section 3.4)."""
        return "preapproval" in self._session.client.features

    async def fetch(self) -> Sequence[Contact]:
        """The whole roster. Raises if the server does not give it: never an empty list for that.

        The first call of a session also sends our initial presence, after the answer whatever it
        is: RFC 6121 section 2.2 wants them in this order, and only then do requests come in.
        """
        request = self._session.client.make_iq_get(queryxmlns=names.ROSTER)
        try:
            answer = await self._session.ask(request)
        except (ServerRefused, ServerSilent):
            self._announce()
            raise
        # slixmpp invents an empty <query/> as soon as somebody asks it for one: look at the XML.
        query = answer.xml.find(names.ROSTER_QUERY)
        if query is None:
            self._announce()
            raise ServerRefused("undefined-condition", "the answer holds no roster")
        contacts: dict[JID, Contact] = {}
        before = frozenset(self._known)
        for start in range(0, len(query), _SLICE):
            read = filter(None, map(_contact, query[start : start + _SLICE]))
            contacts.update((contact.jid, contact) for contact in read)
            await asyncio.sleep(0)  # others have a turn: some lists are very long
        pushed = self._known - before
        self._known = set(contacts) | pushed
        self._announce()
        return list(contacts.values())

    async def set(self, jid: JID, name: str, groups: frozenset[str] = frozenset()) -> None:
        """Add or change an item. Raises Offline, ServerRefused, ServerSilent."""
        item = Element(_ITEM, jid=str(jid.bare))
        if name := one_line(name):
            item.set("name", name)
        for group in sorted(groups):
            SubElement(item, _GROUP).text = plain(group)
        await self._session.ask(self._change(item))

    async def remove(self, jid: JID) -> None:
        """Remove an item. Raises Offline, ServerRefused, ServerSilent."""
        await self._session.ask(
            self._change(Element(_ITEM, jid=str(jid.bare), subscription="remove"))
        )

    async def is_room(self, jid: JID) -> bool:
        """It says that it is a group chat (XEP-0045). False if it says nothing. Raises Offline."""
        request = self._session.client.make_iq_get(queryxmlns=names.DISCO_INFO, ito=str(jid.bare))
        try:
            async with asyncio.timeout(_DISCO_PATIENCE):
                answer = await self._session.ask(request)
        except (TimeoutError, ServerRefused, ServerSilent):
            return False
        identities = answer.xml.iterfind(f"{_DISCO}query/{_DISCO}identity")
        return any(each.get("category") == "conference" for each in identities)

    def approve(self, jid: JID) -> None:
        """Send presence of type subscribed. Raises Offline."""
        self._send("subscribed", jid)

    def refuse(self, jid: JID) -> None:
        """Send presence of type unsubscribed. Raises Offline."""
        self._send("unsubscribed", jid)

    def unsubscribe(self, jid: JID) -> None:
        """Send presence of type unsubscribe. Raises Offline."""
        self._send("unsubscribe", jid)

    def subscribe(self, jid: JID, token: str | None = None, nick: str = "") -> None:
        """Ask to see the presence of jid, with the token of an invitation. Raises Offline."""
        plugin = self._session.client.plugin["xep_0379"]  # type: ignore[typeddict-item]  # ours
        plugin.subscribe(str(jid.bare), token, one_line(nick) or None)

    # --- what comes in ------------------------------------------------------------------------

    def _on_new_client(self, client: Client) -> None:
        client.register_plugin("xep_0379")
        client.remove_handler("Roster Update")
        client.remove_handler("Presence")

    def _on_online(self, resumed: bool) -> None:
        """A resumed session goes on; in a new one the server tells us again who is around."""
        if not resumed:
            self._is_announced = False
            self._presences.clear()

    def _announce(self) -> None:
        if not self._is_announced:
            self._session.client.make_presence().send()
            self._is_announced = True

    def _is_push(self, stanza: StanzaBase) -> bool:
        return self._session.is_own_push(stanza) and stanza.xml.find(names.ROSTER_QUERY) is not None

    def _on_push(self, push: Iq) -> None:
        self._session.acknowledge(push)
        was_idle = not self._pushed
        self._pushed.extend(push.xml.iterfind(f"{names.ROSTER_QUERY}/{_ITEM}"))
        if was_idle:
            self._apply_pushed()

    def _apply_pushed(self) -> None:
        """Take what was pushed, in order, and let others have a turn if it is too much (R-3)."""
        items = [self._pushed.popleft() for _ in range(min(_SLICE, len(self._pushed)))]
        for item in items:
            jid = _jid(item)
            if jid is not None and item.get("subscription") == "remove":
                self._known.discard(jid)
                self._presences.forget(jid)
                self.removed.emit(jid)
            elif contact := _contact(item):
                self._known.add(contact.jid)
                self.changed.emit(contact)
        if self._pushed:
            asyncio.get_running_loop().call_soon(self._apply_pushed)

    def _on_presence(self, stanza: slixmpp.Presence) -> None:
        sender = address(stanza.xml.get("from"))
        if sender is None or sender.bare == self._session.own:
            return
        if stanza.xml.get("type") == "subscribe":
            self.requested.emit(_request(sender.bare, stanza))
        elif stanza.xml.get("type") == "unsubscribe":
            self.withdrawn.emit(sender.bare)
        elif sender.bare in self._known:
            self._on_availability(sender, stanza)

    def _on_availability(self, sender: JID, stanza: slixmpp.Presence) -> None:
        if sender.is_bare and stanza.xml.get("type") == "unavailable":
            self.acknowledged.emit(sender)  # a device has a resource: this is their server
        if now := self._presences.update(sender, stanza.xml):
            self.presence.emit(now)
        if sender.is_bare and stanza.xml.get("type") == "error":
            self._on_error(sender, stanza)

    def _on_error(self, sender: JID, stanza: slixmpp.Presence) -> None:
        """A request that came back (RFC 6121 section 3.1.3); ours go to bare addresses alone."""
        error = stanza.xml.find(names.ERROR)
        condition = refusal(stanza.xml).condition
        may_pass = error is None or error.get("type") == "wait" or condition in _PASSING
        if not may_pass:
            self.refused.emit(sender, condition)

    # --- what goes out ------------------------------------------------------------------------

    def _send(self, kind: PresenceTypes, jid: JID) -> None:
        self._session.client.make_presence(ptype=kind, pto=str(jid.bare)).send()

    def _change(self, item: Element) -> Iq:
        request = self._session.client.make_iq_set()
        SubElement(request.xml, names.ROSTER_QUERY).append(item)
        return request


def _is_presence(stanza: StanzaBase) -> bool:
    return stanza.xml.tag == names.PRESENCE


def _contact(item: Element) -> Contact | None:
    """One item; None if its address or its subscription means nothing."""
    jid = _jid(item)
    subscription = _SUBSCRIPTIONS.get(item.get("subscription", "none"))
    if jid is None or subscription is None:
        return None
    names = (one_line(each.text or "") for each in islice(item.iterfind(_GROUP), _MAX_GROUPS))
    return Contact(
        jid,
        name=one_line(item.get("name", "")),
        subscription=subscription,
        ask=item.get("ask") == "subscribe",
        groups=frozenset(filter(None, names)),
    )


def _jid(item: Element) -> JID | None:
    jid = address(item.get("jid")) if item.tag == _ITEM else None
    return None if jid is None else jid.bare


def _request(jid: JID, stanza: slixmpp.Presence) -> SubscriptionRequest:
    token = XEP_0379.token_of(stanza)
    return SubscriptionRequest(
        jid,
        token=token if token and _TOKEN.fullmatch(token) else None,
        nick=one_line(stanza.xml.findtext(_NICK) or ""),
        message=plain(stanza.xml.findtext(_STATUS) or "", _MAX_STATUS),
        at=datetime.now(UTC),
    )
