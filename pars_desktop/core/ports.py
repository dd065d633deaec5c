"""What the core, and the windows, ask of outside; `xmpp` and `system` fit it by shape.

Everything here is spoken in domain objects. Methods that need a session raise `Offline` when
there is none, and requests still in flight when a session ends raise it then; requests to the
server raise `ServerRefused` or `ServerSilent`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pars_desktop.base.signal import Signal
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Presence, SubscriptionRequest
from pars_desktop.domain.errors import SignInTrouble, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.domain.settings import Settings


class Clock(Protocol):
    """The wall clock."""

    def now(self) -> datetime:
        """The time, UTC, aware."""


class Passwords(Protocol):
    """Where passwords are kept. Every call may take as long as a person thinks about a prompt."""

    async def get(self, jid: JID, keep: KeepPassword) -> str | None:
        """The password, or None if none is kept. Raises NoKeyring."""

    async def put(self, jid: JID, password: str, keep: KeepPassword) -> None:
        """Keep it, and read it back. KeepPassword.ASK keeps nothing. Raises NoKeyring."""

    async def forget(self, jid: JID) -> None:
        """Delete it wherever it is kept. Raises NoKeyring if it may still be there."""


class SettingsFile(Protocol):
    """What the program remembers about itself."""

    def load(self) -> Settings:
        """What was saved last, or the defaults. Raises StorageFailed."""

    def save(self, settings: Settings) -> None:
        """Replace it as a whole. Raises StorageFailed."""


class LinkHandler(Protocol):
    """Who opens xmpp: links on this desktop. Every call may block: use a thread."""

    def is_default(self) -> bool:
        """This program does."""

    def register(self) -> bool:
        """Do it from now on; False if the desktop still prefers another. Raises StorageFailed."""


class Connection(Protocol):
    """The line to one account's server, kept up with our own back-off and jitter."""

    connecting: Signal[()]
    online: Signal[bool]  # True: the stream was resumed (XEP-0198) and nothing was lost
    offline: Signal[SignInTrouble | None, float | None]  # why, and seconds until it tries again
    mechanism_used: Signal[str]  # the SASL mechanism that logged us in, to be pinned

    def start(self, settings: AccountSettings, password: str) -> None:
        """Connect, and reconnect until `close`."""

    def retry_now(self) -> None:
        """Do not wait for the back-off: the network may be back."""

    async def close(self) -> None:
        """Close the stream cleanly and stay offline."""


class Roster(Protocol):
    """The contact list on the server, subscriptions and presence (RFC 6121 §2 to §4)."""

    changed: Signal[Contact]  # a roster push
    removed: Signal[JID]  # a roster push with subscription='remove'
    requested: Signal[SubscriptionRequest]  # an incoming presence of type subscribe
    withdrawn: Signal[JID]  # an incoming presence of type unsubscribe: they no longer ask
    presence: Signal[Presence]  # a contact's availability; a new session says it all again

    @property
    def can_preapprove(self) -> bool:
        """The server offers urn:xmpp:features:pre-approval (RFC 6121 §3.4)."""

    async def fetch(self) -> Sequence[Contact]:
        """The whole roster. Raises if the server does not give it: never an empty list for that.

        Whatever the answer is, our initial presence follows it (RFC 6121 §2.2): then the server
        delivers the requests that wait for us.
        """

    async def set(self, jid: JID, name: str, groups: frozenset[str] = frozenset()) -> None:
        """Add or change an item (RFC 6121 §2.3)."""

    async def remove(self, jid: JID) -> None:
        """Remove an item; the server cancels both subscriptions (RFC 6121 §2.5)."""

    def approve(self, jid: JID) -> None:
        """Send presence of type subscribed: an approval, or a pre-approval."""

    def refuse(self, jid: JID) -> None:
        """Send presence of type unsubscribed: a refusal, or the end of an approval."""

    def subscribe(self, jid: JID, token: str | None = None, nick: str = "") -> None:
        """Send presence of type subscribe to the bare address, with the token (XEP-0379 §5)."""

    def unsubscribe(self, jid: JID) -> None:
        """Send presence of type unsubscribe: withdraw our request or subscription."""


class Messenger(Protocol):
    """Messages of one account, live."""

    # Live or by carbon; Direction.OUT: sent by another device of ours. Only a live message from
    # a peer has `wants_receipt`: a carbon was answered, or not, by the device it went to.
    received: Signal[Message]
    receipt: Signal[JID, str]  # a peer's device has our message: peer (bare), origin id
    acked: Signal[str]  # our server has our message (XEP-0198): origin id
    refused: Signal[JID, str, str]  # an error came back: peer (bare), origin id, condition

    def send(self, message: Message) -> None:
        """Hand a chat message to the stream, under its origin id. Raises Offline."""

    def send_receipt(self, to: JID, origin_id: str) -> None:
        """Say that a message arrived (XEP-0184). Raises Offline."""

    def give_back(self) -> None:
        """The message that is being received cannot be kept: the server has to keep it for us."""


class ArchiveGone(Trouble):
    """The archive does not know the id we asked to read on from (item-not-found)."""


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Some messages of the archive, oldest first."""

    messages: Sequence[Message]
    last: str | None  # the id to read on from; None if the page holds nothing
    complete: bool  # there is nothing after this page (`latest`: nothing before it)
    first: str | None = None  # the id to read back from; None if the page holds nothing


class Archive(Protocol):
    """Our own archive on the server (XEP-0313)."""

    async def page(
        self, *, after: str | None = None, start: datetime | None = None, limit: int = 50
    ) -> ArchivePage:
        """The page after an id, or from a time on. Raises ArchiveGone, ServerRefused."""

    async def latest(self, limit: int = 50, before: str | None = None) -> ArchivePage:
        """The newest page, or the newest before an id; oldest message first in either."""


class Network(Protocol):
    """Everything one account needs of the network."""

    @property
    def connection(self) -> Connection: ...

    @property
    def roster(self) -> Roster: ...

    @property
    def messenger(self) -> Messenger: ...

    @property
    def archive(self) -> Archive: ...
