"""Acknowledgements and resumption (XEP-0198): what is still on its way survives a broken link.

slixmpp's own plugin takes any `h` for granted (and forgets messages by it), asks for an
acknowledgement before the stanza it should cover, only every fifth time, and never again after a
resumption. This one is told by `client.Client` about every stanza that comes and goes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from slixmpp.stanza import Message
from slixmpp.stanza.rootstanza import RootStanza

from pars_desktop.xmpp.names import SM

_MODULUS = 2**32
_ASK_AFTER = 10  # presences and requests; a message is asked for at once


class Wire(Protocol):
    """What stream management needs of the client."""

    def send_raw(self, data: str) -> None: ...

    def send(self, data: RootStanza, use_filters: bool) -> None: ...


class InconsistentCount(Exception):
    """The server's count of stanzas cannot be true."""


class StreamManagement:
    """One session's counters, and the stanzas our server has not acknowledged."""

    def __init__(self, wire: Wire, acknowledged: Callable[[RootStanza], None]) -> None:
        self._wire = wire
        self._acknowledged = acknowledged
        self._unacked: deque[RootStanza] = deque()
        self._session = ""  # the server's name for a session that can be resumed
        self._handled = 0  # stanzas that came
        self._acked = 0  # the server's last count of stanzas that went
        self._counting_in = False
        self._counting_out = False
        self._asking: asyncio.Handle | None = None

    @property
    def can_resume(self) -> bool:
        """There is a session to go back to."""
        return bool(self._session)

    @property
    def is_on(self) -> bool:
        """The server acknowledges what we send."""
        return self._counting_out

    # --- negotiation -----------------------------------------------------------------------------

    def enable(self) -> None:
        """Ask for a new managed session. What is sent from here on is counted."""
        self.forget()
        self._counting_out = True
        self._wire.send_raw(f"<enable xmlns='{SM}' resume='true'/>")

    def enabled(self, answer: Element) -> None:
        """The server agreed. What comes from here on is counted."""
        self._counting_in = True
        if answer.get("resume", "").lower() in ("true", "1"):
            self._session = answer.get("id", "")
        if self._unacked:
            self._ask_soon()

    def resume(self) -> None:
        """Ask for the old session back."""
        previous = quoteattr(self._session)
        self._wire.send_raw(f"<resume xmlns='{SM}' h='{self._handled}' previd={previous}/>")

    def resumed(self, answer: Element) -> None:
        """We have it back: send again what got lost, in the old order."""
        self._counting_in = self._counting_out = True
        self._count_acked(answer)
        for stanza in self._unacked:
            self._wire.send(stanza, False)
        if self._unacked:
            self._ask_soon()

    def refused(self, answer: Element) -> None:
        """There is no managed session, neither old nor new; `h` may tell what arrived (§5)."""
        if answer.get("h") is not None and self._unacked:
            with suppress(InconsistentCount):
                self._count_acked(answer)
        self.forget()

    def forget(self) -> None:
        """Forget the session; whoever needs a stanza to arrive has it on disk."""
        self.stop()
        self._unacked.clear()
        self._session = ""
        self._handled = self._acked = 0

    def stop(self) -> None:
        """The link is gone. Nothing is counted until a session is enabled or resumed."""
        self._counting_in = self._counting_out = False
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    # --- the session -----------------------------------------------------------------------------

    def came(self) -> None:
        """A stanza came in, whatever becomes of it."""
        if self._counting_in:
            self._handled = (self._handled + 1) % _MODULUS

    def left(self) -> None:
        """The stanza that came last was not taken."""
        if self._counting_in:
            self._handled = (self._handled - 1) % _MODULUS

    def goes(self, stanza: RootStanza) -> None:
        """A stanza is about to be written."""
        if not self._counting_out:
            return
        self._unacked.append(stanza)
        if isinstance(stanza, Message) or len(self._unacked) >= _ASK_AFTER:
            self._ask_soon()

    def acknowledge(self) -> None:
        """Tell the server what came (<r/> came, or we are about to leave)."""
        if self._counting_in:
            self._wire.send_raw(f"<a xmlns='{SM}' h='{self._handled}'/>")

    def answered(self, answer: Element) -> None:
        """<a/> came. Raises InconsistentCount and keeps everything if it cannot be true."""
        if self._counting_out:
            self._count_acked(answer)

    def _count_acked(self, answer: Element) -> None:
        text = answer.get("h", "")
        if not (text.isascii() and text.isdigit() and len(text) <= 10):
            raise InconsistentCount(text[:20])
        arrived = (int(text) - self._acked) % _MODULUS
        if int(text) >= _MODULUS or arrived > len(self._unacked):
            raise InconsistentCount(text)
        self._acked = int(text)
        for _ in range(arrived):
            self._acknowledged(self._unacked.popleft())

    def _ask_soon(self) -> None:
        """Once for all that is written in this turn of the loop, and after it."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().call_soon(self._ask)

    def _ask(self) -> None:
        self._asking = None
        if self._counting_out:
            self._wire.send_raw(f"<r xmlns='{SM}'/>")
