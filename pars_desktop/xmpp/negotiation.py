"""From the first byte to the session: TLS, login, resumption or binding (RFC 6120 §4 to §7).

At every moment it is clear which elements may come next (`due`); slixmpp itself takes any element
at any time: a message before TLS, a session without a login, a <success/> nobody asked for.
"""

import base64
import binascii
from collections.abc import Callable, KeysView, Mapping
from typing import Protocol
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from slixmpp.jid import JID, InvalidJID

from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.errors import (
    ForbiddenData,
    NoEncryption,
    SessionRefused,
    SignInTrouble,
    UnsafeLogin,
)
from pars_desktop.xmpp import sasl
from pars_desktop.xmpp.names import IQ, SASL, SM, STREAM, TLS
from pars_desktop.xmpp.stream_management import InconsistentCount, StreamManagement

_BIND = "urn:ietf:params:xml:ns:xmpp-bind"
_SESSION = "urn:ietf:params:xml:ns:xmpp-session"
_FEATURES = f"{{{STREAM}}}features"

Steps = Mapping[str, Callable[[Element], None]]


class Line(Protocol):
    """What the negotiation does to the client."""

    sm: StreamManagement

    def new_id(self) -> str: ...

    def send_raw(self, data: str) -> None: ...

    def give_up(self, trouble: SignInTrouble) -> None:
        """Close the link for this reason."""

    async def encrypt(self) -> None:
        """Do the TLS handshake and open a new stream within, or drop the link."""

    def open_stream(self) -> None:
        """Open a new stream over the same link."""

    def bound_to(self, jid: JID) -> bool:
        """Take this address, and stanzas from now on. False if it is not one of this account."""

    def take_back(self) -> None:
        """Take stanzas from now on, in the old session."""

    def lose_session(self) -> None:
        """The old session is gone."""

    def start_session(self, features: frozenset[str]) -> None:
        """A new session stands; the server offers these features."""

    def resume_session(self) -> None:
        """The old session stands again."""


class Negotiation:
    """Takes one client from the stream's header to the session, as often as it connects."""

    def __init__(self, line: Line, username: str, password: str, pinned: str) -> None:
        self.pinned = pinned  # the strongest login chosen so far; nothing weaker is used again
        self.mechanism = ""  # the one that logged us in
        # Waits before the login, on the encrypted stream, with what is offered there (XEP-0077).
        self.before_login: Callable[[Element], None] | None = None
        self.waits = False  # it was called, and `log_in` was not
        self._line = line
        self._username = username
        self._password = password
        self._tasks = Tasks()
        self._due: Steps = {}
        self._login: sasl.Mechanism | None = None
        self._features = Element(_FEATURES)

    @property
    def due(self) -> KeysView[str]:
        """The elements that may come next."""
        return self._due.keys()

    def begin(self, *, encrypted: bool) -> None:
        """A link stands and the stream's header is sent."""
        self._login = None
        self.waits = False
        self._due = {_FEATURES: self._secured if encrypted else self._offered_encryption}

    def received(self, element: Element) -> None:
        """One of the elements that are due came in."""
        self._due[element.tag](element)

    def end(self) -> None:
        """The link is gone."""
        self._due = {}
        self._login = None
        self.waits = False

    async def close(self) -> None:
        """End what is under way."""
        await self._tasks.close()

    # --- TLS (RFC 6120 §5) -----------------------------------------------------------------------

    def _offered_encryption(self, features: Element) -> None:
        if features.find(f"{{{TLS}}}starttls") is None:
            self._line.give_up(NoEncryption())
            return
        self._due = {
            f"{{{TLS}}}proceed": self._may_encrypt,
            f"{{{TLS}}}failure": lambda _: self._line.give_up(NoEncryption()),
        }
        self._line.send_raw(f"<starttls xmlns='{TLS}'/>")

    def _may_encrypt(self, proceed: Element) -> None:
        self._due = {}  # what comes now must be TLS
        self._tasks.spawn(self._line.encrypt(), name="TLS handshake")

    # --- what a newcomer asks before there is an account (XEP-0077, XEP-0445) --------------------

    def _secured(self, features: Element) -> None:
        self._features = features
        if self.before_login is None:
            self._offered_logins(features)
        else:
            self._due = {IQ: lambda _: None}  # nothing was asked; it changes nothing
            self.waits = True
            self.before_login(features)

    def request(
        self, payload: str, answered: Callable[[Element], None], *, kind: str = "set", to: str = ""
    ) -> None:
        """Ask the server before there is a session; `answered` gets the result or the error."""

        def take(answer: Element) -> None:
            if answer.get("id") == name and answer.get("type") in ("result", "error"):
                self._due = {IQ: lambda _: None}
                answered(answer)

        name = self._line.new_id()
        self._due = {IQ: take}
        receiver = f" to={quoteattr(to)}" if to else ""
        self._line.send_raw(f"<iq type='{kind}' id='{name}'{receiver}>{payload}</iq>")

    def log_in(self, username: str, password: str) -> bool:
        """Be this user from now on, and go on if the link `waits`. False: the next one will."""
        self._username, self._password = username, password
        self.before_login = None
        was_waiting, self.waits = self.waits, False
        if was_waiting:
            self._offered_logins(self._features)
        return was_waiting

    # --- login (RFC 6120 §6) ---------------------------------------------------------------------

    def _offered_logins(self, features: Element) -> None:
        names = features.iterfind(f"{{{SASL}}}mechanisms/{{{SASL}}}mechanism")
        try:
            mechanism = sasl.choose((name.text or "" for name in names), self.pinned)
        except SignInTrouble as trouble:
            self._line.give_up(trouble)
            return
        if sasl.rank(mechanism) > sasl.rank(self.pinned):
            self.pinned = mechanism
        self._login = login = sasl.start(mechanism, self._username, self._password)
        self._due = {
            f"{{{SASL}}}challenge": self._challenged,
            f"{{{SASL}}}success": self._accepted,
            f"{{{SASL}}}failure": self._refused,
        }
        first = base64.b64encode(login.first()).decode()
        self._line.send_raw(f"<auth xmlns='{SASL}' mechanism='{mechanism}'>{first}</auth>")

    def _challenged(self, challenge: Element) -> None:
        self._tasks.spawn(self._answer(challenge), name="answer to the login challenge")

    async def _answer(self, challenge: Element) -> None:
        login = self._login
        if login is None:
            return
        try:
            answer = await login.answer(_payload(challenge))
        except UnsafeLogin as trouble:
            self._line.give_up(trouble)
            return
        if login is self._login:
            text = base64.b64encode(answer).decode()
            self._line.send_raw(f"<response xmlns='{SASL}'>{text}</response>")

    def _accepted(self, success: Element) -> None:
        login = self._login
        if login is None:
            return
        try:
            login.finish(_payload(success))
        except UnsafeLogin as trouble:
            self._line.give_up(trouble)
            return
        self.mechanism = login.name
        self._login = None
        self._due = {_FEATURES: self._offered_session}
        self._line.open_stream()

    def _refused(self, failure: Element) -> None:
        """One attempt was made; there is no second one with something weaker."""
        conditions = [child.tag.rpartition("}")[2] for child in failure]
        named = [condition for condition in conditions if condition != "text"]
        self._line.give_up(sasl.refusal(named[0] if named else ""))

    # --- resumption, or a new session (XEP-0198 §5, RFC 6120 §7) ---------------------------------

    def _offered_session(self, features: Element) -> None:
        self._features = features
        if self._line.sm.can_resume and self._offers(f"{{{SM}}}sm"):
            self._due = {f"{{{SM}}}resumed": self._resumed, f"{{{SM}}}failed": self._not_resumed}
            self._line.sm.resume()
        else:
            self._bind()

    def _resumed(self, answer: Element) -> None:
        self._due = {}
        self._line.take_back()
        try:
            self._line.sm.resumed(answer)
        except InconsistentCount:
            self._line.sm.forget()  # or it would go wrong the same way next time
            self._line.give_up(ForbiddenData("stream management"))
            return
        self._line.resume_session()

    def _not_resumed(self, answer: Element) -> None:
        self._line.sm.refused(answer)
        self._line.lose_session()
        self._bind()

    def _bind(self) -> None:
        self._ask(f"<bind xmlns='{_BIND}'/>", self._bound)

    def _bound(self, answer: Element) -> None:
        text = answer.findtext(f"{{{_BIND}}}bind/{{{_BIND}}}jid", "")
        try:
            jid = JID(text)
        except (InvalidJID, UnicodeError):
            jid = JID("")
        session = self._features.find(f"{{{_SESSION}}}session")
        if not self._line.bound_to(jid):
            self._line.give_up(SessionRefused())
        elif session is not None and session.find(f"{{{_SESSION}}}optional") is None:
            self._ask(f"<session xmlns='{_SESSION}'/>", lambda _: self._manage())
        else:
            self._manage()

    def _ask(self, payload: str, step: Callable[[Element], None]) -> None:
        def answered(answer: Element) -> None:
            self._due = {}
            if answer.get("type") == "result":
                step(answer)
            else:
                self._line.give_up(SessionRefused())

        self.request(payload, answered)

    def _manage(self) -> None:
        """Have the new session managed before anything is sent in it (XEP-0198 §3)."""
        if not self._offers(f"{{{SM}}}sm"):
            self._line.sm.forget()
            self._start()
            return
        self._due = {f"{{{SM}}}enabled": self._managed, f"{{{SM}}}failed": self._not_managed}
        self._line.sm.enable()

    def _managed(self, answer: Element) -> None:
        self._line.sm.enabled(answer)
        self._start()

    def _not_managed(self, _: Element) -> None:
        self._line.sm.forget()
        self._start()

    def _start(self) -> None:
        self._due = {}
        self._line.start_session(frozenset(feature.tag for feature in self._features))

    def _offers(self, tag: str) -> bool:
        return self._features.find(tag) is not None


def _payload(element: Element) -> bytes:
    """The base64 a SASL element carries; "=" stands for empty (RFC 6120 §6.4.2)."""
    text = (element.text or "").strip()
    try:
        return b"" if text == "=" else base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnsafeLogin("unreadable base64") from error
