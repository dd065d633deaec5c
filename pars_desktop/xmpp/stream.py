"""The stream: bytes to stanzas, and what is done with each before any handler sees it.

slixmpp handles a stanza whenever it comes, before TLS as well, answers requests of strangers, and
dies of a deep one. Here every element is asked whether it is due, and every stanza made safe.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from slixmpp import ClientXMPP
from slixmpp.exceptions import XMPPError
from slixmpp.jid import JID
from slixmpp.stanza import Iq
from slixmpp.xmlstream import StanzaBase
from slixmpp.xmlstream.xmlstream import NotConnectedError

from pars_desktop.domain.errors import (
    ConnectionLost,
    ForbiddenData,
    NothingKept,
    Offline,
    ServerSilent,
    SignInTrouble,
)
from pars_desktop.xmpp import errors, guard, names
from pars_desktop.xmpp.deadline import Deadline
from pars_desktop.xmpp.negotiation import Negotiation
from pars_desktop.xmpp.packets import hasten_rest
from pars_desktop.xmpp.parser import Event, Kind, StreamParser
from pars_desktop.xmpp.stream_management import InconsistentCount, StreamManagement
from pars_desktop.xmpp.tls import tls_context

_log = logging.getLogger(__name__)

# A server may send thousands of stanzas in one packet, and each may cost a write to the disk:
# then others have a turn in between, painting say.
_TURN = 0.01  # seconds of handling stanzas without a pause

# Features of the server after login, by the names slixmpp gives them in `client.features`.
_FEATURES = {
    "{urn:xmpp:features:rosterver}ver": "rosterver",
    "{urn:xmpp:features:pre-approval}sub": "preapproval",
}


class Stream(ClientXMPP):
    """One account's stream to its server, from the link to the session."""

    _run_out_filters: asyncio.Future[Any] | None = (
        None  # slixmpp's __del__ needs it even if the constructor raised
    )

    def __init__(
        self, jid: str, password: str, *, ca_file: str, best_mechanism: str, deadline: float
    ) -> None:
        super().__init__(jid, "", ssl_context=tls_context(ca_file))
        self.trouble: SignInTrouble | None = None
        self.last_heard = 0.0  # by the loop's clock
        self.sm = StreamManagement(self, lambda stanza: self.event("stanza_acked", stanza))
        self._domain: str = self.requested_jid.domain
        self._negotiation = Negotiation(self, self.requested_jid.local, password, best_mechanism)
        self._deadline = Deadline(deadline, lambda: self.give_up(ServerSilent()))
        self._addresses = guard.Addresses()
        self._reader: StreamParser | None = None
        self._unhandled: deque[Event] = deque()  # what the reader has read already
        self._paused = False  # nothing more is read before that is handled
        self._ready = False  # stanzas may come
        self._session_features: set[str] = set()

    def give_up(self, trouble: SignInTrouble, condition: str = "") -> None:
        """Drop the link; `trouble` is why, unless there was a reason before."""
        if self.transport is None:
            return
        if self.trouble is None:
            self.trouble = trouble
            if condition:
                self.send_raw(
                    f"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                    "</stream:error></stream:stream>"
                )
        self._reader = None  # nothing more is read, not even what came in the same packet
        self._unhandled.clear()
        self.transport.abort()

    def give_back(self) -> None:
        """The stanza that is being handled cannot be kept. It is not acknowledged, so that a
        resumed stream brings it again, and the archive of our server otherwise."""
        if self._reader is not None:
            self.sm.left()
            self.give_up(NothingKept())

    # --- the link --------------------------------------------------------------------------------

    def connection_made(self, transport: Any, send_event: bool = True) -> None:
        """The link stands, or TLS does (asyncio). Nothing is trusted before TLS stands."""
        ssl_object = transport.get_extra_info("ssl_object")
        self.transport = transport
        self._paused = False
        self.socket = ssl_object or transport.get_extra_info("socket")
        if send_event:
            self._deadline.start()
            self.event("connected")
        self.open_stream()
        self._negotiation.begin(encrypted=ssl_object is not None)

    def data_received(self, data: bytes | str) -> None:
        """Bytes came in (asyncio). Nothing that goes wrong with them leaves here."""
        reader = self._reader
        if reader is None:
            return
        self.last_heard = began = self.loop.time()
        if self._is_deaf():
            self._refuse("policy-violation")
            return
        others_first = bool(self._unhandled)
        self._unhandled.extend(reader.feed(data if isinstance(data, bytes) else data.encode()))
        if self.transport is not None and not reader.is_between_stanzas:
            hasten_rest(self.transport)
        if not others_first:
            self._handle(reader, began)

    def _handle(
        self, reader: StreamParser, began: float | None = None, *, in_turns: bool = True
    ) -> None:
        """Handle what was read, in order; in a session a part of it now, and the rest soon."""
        until = (self.loop.time() if began is None else began) + _TURN
        while self._unhandled and self._reader is reader:
            try:
                self._on_event(self._unhandled.popleft())
            except Exception as error:  # noqa: BLE001 - or one stanza would end the link (X-11)
                self.exception(error)
            if in_turns and self._ready and self.loop.time() > until:
                break
        if self._reader is not reader:
            return  # the stream was restarted or ended, and the rest is forgotten
        if self._unhandled:
            self._pause_reading()
            self.loop.call_soon(self._handle, reader)
        elif self._is_deaf() and not reader.is_between_stanzas:
            self._refuse("policy-violation")
        else:
            self._resume_reading()

    def handle_rest(self) -> None:
        """The link is gone: what came before its end counts."""
        if self._reader is not None:
            self._handle(self._reader, in_turns=False)

    def eof_received(self) -> None:
        """The server closed the connection (asyncio)."""

    def connection_lost(self, exception: BaseException | None) -> None:
        """The link is gone, whoever cut it (asyncio)."""
        if self.transport is None:
            return  # we know
        if self.trouble is None:
            self.trouble = errors.broken_link(exception)
        self._ready = False
        self._reader = None
        self._deadline.stop()
        self._negotiation.end()
        self.sm.stop()
        super().connection_lost(exception)

    def send_raw(self, data: str | bytes) -> None:
        """Write to the link, and not to the log."""
        if self.transport is None:
            raise NotConnectedError
        self.transport.write(data.encode() if isinstance(data, str) else data)

    def _pause_reading(self) -> None:
        if self.transport is not None and not self._paused:
            self._paused = True
            self.transport.pause_reading()

    def _resume_reading(self) -> None:
        if self.transport is not None and self._paused:
            self._paused = False
            self.transport.resume_reading()

    def _is_deaf(self) -> bool:
        """The next bytes must be a TLS handshake, which is not ours to read."""
        return not self._ready and not self._negotiation.due

    def _refuse(self, condition: str) -> None:
        self.give_up(ForbiddenData(condition), condition)

    # --- what comes in ---------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        element = event.element
        if event.kind is Kind.REFUSED:
            self._refuse(event.condition)
        elif event.kind is Kind.CLOSED:
            self.give_up(ConnectionLost())
        elif element is None:
            return
        elif event.kind is Kind.OPENED:
            if element.tag != f"{{{names.STREAM}}}stream":
                self._refuse("invalid-namespace")
            self.start_stream_handler(element)
        elif element.tag == f"{{{names.STREAM}}}error":
            condition = next((child.tag.rpartition("}")[2] for child in element), "")
            self.give_up(errors.stream_error(condition))
        elif element.tag in self._negotiation.due:
            self._negotiation.received(element)
        elif not self._ready:
            self._refuse("policy-violation")  # a stanza before TLS or before the login, say
        elif element.tag in names.STANZAS:
            self._on_stanza(element, too_deep=event.kind is Kind.TOO_DEEP)
        elif element.tag.startswith(f"{{{names.SM}}}"):
            self._on_stream_management(element)

    def _on_stream_management(self, element: Element) -> None:
        match element.tag.rpartition("}")[2]:
            case "r":
                self.sm.acknowledge()
            case "a":
                try:
                    self.sm.answered(element)
                except InconsistentCount:
                    self._refuse("undefined-condition")
            case _:
                self._refuse("unsupported-stanza-type")  # an answer to what we never asked

    def _on_stanza(self, xml: Element, *, too_deep: bool) -> None:
        self.sm.came()
        if guard.is_request(xml) and (self._is_foreign(xml) or too_deep or guard.is_ping(xml)):
            self._answer(xml, too_deep=too_deep)
        elif not too_deep and self._addresses.repair(xml):
            stanza = self._build_stanza(xml)
            # slixmpp's would tell the sender about it (RFC 6120 §8.3.1 forbids half of that).
            stanza.exception = self.exception  # type: ignore[method-assign, assignment]
            self.recv_stanza(stanza)

    def _build_stanza(self, xml: Element, default_ns: str | None = None) -> StanzaBase:
        """slixmpp's would make objects of all items of a roster at once; we read the XML itself."""
        rosters = xml.findall(names.ROSTER_QUERY)
        for roster in rosters:
            xml.remove(roster)
        stanza = super()._build_stanza(xml, default_ns)
        xml.extend(rosters)
        return stanza

    def _is_foreign(self, request: Element) -> bool:
        """Somebody else than our own account asks: our server speaks for it (RFC 6120 §8.1.2.1)."""
        return request.get("from", "") not in ("", self.boundjid.bare)

    def _answer(self, request: Element, *, too_deep: bool) -> None:
        """Answer in a way that tells a stranger nothing, not even that we are there."""
        sender = request.get("from", "")
        reply = Iq(self)
        reply.xml.set("id", request.get("id", ""))
        if sender:
            reply.xml.set("to", sender)
        if self._is_foreign(request) and sender != self._domain:
            condition = "service-unavailable"
        elif too_deep:
            condition = "policy-violation"
        elif guard.is_ping(request):
            condition = ""
        else:
            condition = "service-unavailable"
        reply["type"] = "error" if condition else "result"
        if condition:
            error = SubElement(reply.xml, names.ERROR, type="cancel")
            SubElement(error, f"{{{names.STANZA_ERRORS}}}{condition}")
        with suppress(Offline):
            self.send(reply)

    def exception(self, exception: Exception) -> None:
        """A handler failed. That is for our log; whoever sent the stanza hears nothing of it."""
        if isinstance(exception, XMPPError):
            _log.warning("an unhandled error answer: %s", exception.condition)
        else:
            _log.error("a handler failed", exc_info=exception)

    # --- what the negotiation does ---------------------------------------------------------------

    async def encrypt(self) -> None:
        """Do the TLS handshake and open a new stream within, or drop the link."""
        if self.transport is None:
            return
        try:
            encrypted = await asyncio.get_running_loop().start_tls(
                self.transport, self, self.ssl_context, server_hostname=self._domain
            )
        except OSError as error:
            encrypted = None
            self.give_up(errors.broken_link(error))
        if encrypted is None:
            # asyncio itself does not tell us about a link that is lost during the handshake.
            self.connection_lost(None)
        else:
            self.connection_made(encrypted, send_event=False)

    def open_stream(self) -> None:
        """Open a stream over the link that stands."""
        self._reader = StreamParser()
        self._unhandled.clear()
        self.send_raw(self.stream_header)

    def bound_to(self, jid: JID) -> bool:
        """Take this address, and stanzas from now on. False if it is not one of this account."""
        if not jid.resource or jid.bare != self.requested_jid.bare:
            return False
        self.boundjid = jid
        self.bound = self._ready = True
        self.event("session_bind", jid)
        self.session_bind_event.set()
        return True

    def take_back(self) -> None:
        """Take stanzas from now on, in the old session. What goes out waits for its turn."""
        self.bound = self._ready = True
        # slixmpp leaves this unset, and then anybody may answer our requests.
        self.session_bind_event.set()

    def lose_session(self) -> None:
        """The old session is gone; a new one will follow."""
        self.event("session_end")

    def start_session(self, features: frozenset[str]) -> None:
        """Everything is agreed upon."""
        self._session_features = {_FEATURES[tag] for tag in features if tag in _FEATURES}
        self._begin("session_start")

    def resume_session(self) -> None:
        """The old session goes on."""
        self._begin("session_resumed")

    def _begin(self, event: str) -> None:
        self._deadline.stop()
        self.features |= self._session_features
        self.authenticated = self.sessionstarted = True
        self.event(event)

    def abort(self) -> None:
        """Drop the link."""
        if self.transport is not None:
            self.transport.abort()
