"""Messages of one account, live: to our server, from it, and from our own other devices."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement

import slixmpp
from slixmpp.xmlstream.stanzabase import StanzaBase

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.domain.text import MAX_BODY, sendable
from pars_desktop.xmpp import names, reading
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.discovery import Discovery
from pars_desktop.xmpp.session import Session

_log = logging.getLogger(__name__)

_ENABLE_CARBONS = f"{reading.CARBONS}enable"
_STABLE_IDS = frozenset({names.STABLE_IDS, names.ARCHIVE})  # either promises checked ids


class Messenger:
    """Fits `core.ports.Messenger`. Everything comes in by plain functions, so order is kept."""

    def __init__(self, session: Session) -> None:
        self.received: Signal[Message] = Signal()
        self.receipt: Signal[JID, str] = Signal()
        self.acked: Signal[str] = Signal()
        self.refused: Signal[JID, str, str] = Signal()
        self._session = session
        self._discovery = Discovery(session)
        self._tasks = Tasks()
        self._under_way: dict[str, JID] = {}  # sent in this session, not yet acknowledged
        self._server_checks_ids = False
        session.new_client.connect(self._on_new_client)
        session.online.connect(self._on_online)
        session.listen("Messages", _is_message, self._on_message)

    def send(self, message: Message) -> None:
        """Hand a chat message to the stream, under its origin id. Raises Offline.

        One that is still under way in this session is not sent again: the stream itself repeats
        it when it is resumed. A text that no server would take is refused at once.
        """
        client = self._session.client
        if message.origin_id in self._under_way:
            return
        if len(message.body) > MAX_BODY:
            self.refused.emit(message.peer, message.origin_id, "policy-violation")
            return
        _chat(client, message).send()
        self._under_way[message.origin_id] = message.peer
        if not client.sm.is_on:
            self._tasks.spawn(self._confirm(message.origin_id), name="acknowledgement")

    def send_receipt(self, to: JID, origin_id: str) -> None:
        """Say that a message arrived (XEP-0184). Raises Offline."""
        stanza = _addressed(self._session.client, to)
        SubElement(stanza.xml, reading.RECEIPT, id=origin_id)
        stanza.send()

    def give_back(self) -> None:
        """Leave the message that is being received with the server, and the stream with it."""
        with suppress(Offline):
            self._session.client.give_back()

    # --- sessions -----------------------------------------------------------------------------

    def _on_new_client(self, client: Client) -> None:
        client.add_event_handler("stanza_acked", self._on_acked)

    def _on_online(self, resumed: bool) -> None:
        """A resumed stream repeats by itself what got lost; a new one knows of nothing."""
        if not resumed:
            self._under_way.clear()  # whoever keeps the messages sends them again
            self._server_checks_ids = False
            self._tasks.spawn(self._learn_features(), name="features of the account")
            self._tasks.spawn(self._enable_carbons(), name="carbons")

    async def _learn_features(self) -> None:
        """Asked before our first presence goes out, and so answered before any message comes."""
        with suppress(Trouble):
            features = await self._discovery.features(self._session.own)
            self._server_checks_ids = not features.isdisjoint(_STABLE_IDS)

    async def _enable_carbons(self) -> None:
        try:
            request = self._session.client.make_iq_set()
            SubElement(request.xml, _ENABLE_CARBONS)
            await self._session.ask(request)
        except Trouble as trouble:
            _log.info("no copies for our other devices: %r", trouble)

    # --- acknowledgements of our server ---------------------------------------------------------

    async def _confirm(self, name: str) -> None:
        """Without stream management: an answer to a ping says that all before it was read."""
        try:
            with suppress(ServerRefused):
                await self._session.ask(self._session.client.new_ping())
        except (Offline, ServerSilent):
            return
        self._acknowledge(name)

    def _on_acked(self, stanza: StanzaBase) -> None:
        if isinstance(stanza, slixmpp.Message):
            self._acknowledge(stanza["id"])

    def _acknowledge(self, name: str) -> None:
        if self._under_way.pop(name, None) is not None:
            self.acked.emit(name)

    # --- what comes in ------------------------------------------------------------------------

    def _on_message(self, stanza: StanzaBase) -> None:
        xml = stanza.xml
        if reading.is_wrapper(xml):
            self._on_carbon(xml)
        elif xml.get("type") == "error":
            self._on_error(xml)
        else:
            own = self._session.own
            now = datetime.now(UTC)
            at = reading.delayed_since(xml, (own, JID("", own.domain)), now)
            self._accept(xml, at or now, is_copy=False)

    def _on_carbon(self, xml: Element) -> None:
        """A copy of what another device of ours sent or got (XEP-0280).

        Only our own server makes these, in the name of our bare address; an archive result is
        none, and what lies deeper than one level is nobody's message.
        """
        now = datetime.now(UTC)
        if xml.get("from") is None or reading.address(xml.get("from")) != self._session.own:
            return
        for direction, whose in (("sent", "from"), ("received", "to")):
            copy = xml.find(f"{reading.CARBONS}{direction}")
            inner = None if copy is None else reading.forwarded(copy, now)
            if inner is not None:
                message, at = inner
                us = reading.address(message.get(whose))
                if us is not None and us.bare == self._session.own:
                    self._accept(message, at or now, is_copy=True)
                return

    def _accept(self, xml: Element, at: datetime, *, is_copy: bool) -> None:
        own = self._session.own
        sender = reading.address(xml.get("from"))
        if sender is not None and sender.bare != own and (name := reading.receipt(xml)):
            self.receipt.emit(sender.bare, name)
        archive_id = reading.archive_id(xml, own) if self._server_checks_ids else ""
        if message := reading.message(xml, own, at, archive_id):
            # The device that the message was sent to says that it arrived; a copy does not.
            self.received.emit(replace(message, wants_receipt=False) if is_copy else message)

    def _on_error(self, xml: Element) -> None:
        sender = reading.address(xml.get("from"))
        if sender is not None and (name := xml.get("id")):
            if self._under_way.get(name) == sender.bare:
                del self._under_way[name]  # it may be sent again
            self.refused.emit(sender.bare, name, reading.refusal(xml).condition)


def _is_message(stanza: StanzaBase) -> bool:
    return stanza.xml.tag == names.MESSAGE


def _addressed(client: Client, to: JID) -> slixmpp.Message:
    """A chat stanza. The address is set as it is: a peer's odd resource must not stop a reply."""
    stanza = client.Message()
    stanza["type"] = "chat"
    stanza.xml.set("to", str(to))
    return stanza


def _chat(client: Client, message: Message) -> slixmpp.Message:
    """Under one id everywhere: of the stanza, of the receipt, of the archive (XEP-0359)."""
    stanza = _addressed(client, message.peer)
    stanza["id"] = message.origin_id
    stanza["body"] = sendable(message.body)
    SubElement(stanza.xml, reading.RECEIPT_REQUEST)
    SubElement(stanza.xml, reading.ORIGIN_ID, id=message.origin_id)
    return stanza
