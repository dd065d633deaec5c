"""What the core, and the windows, ask of outside; `xmpp` and `system` fit it by shape.

Everything here is spoken in domain objects. Methods that need a session raise `Offline` when
there is none, and requests still in flight when a session ends raise it then; requests to the
server raise `ServerRefused` or `ServerSilent`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from pars_desktop.base.signal import Signal
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Presence, SubscriptionRequest
from pars_desktop.domain.errors import SignInTrouble, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.domain.settings import Settings

if TYPE_CHECKING:  # not needed for the first picture
    from collections.abc import Mapping

    from pars_desktop.domain.form import Answer
    from pars_desktop.domain.invite import ServerInvite
    from pars_desktop.domain.registration import Questions


class Clock(Protocol):
    """The wall clock."""

    def now(self) -> datetime:
        """The time, UTC, aware."""


class Passwords(Protocol):
    """Where passwords are kept. Every call may take as long as a person thinks about a prompt."""

    async def get(self, jid: JID, keep: KeepPassword) -> str | None:
        """The password, or None if none is kept. Raises NoKeyring."""

    async def put(self, jid: JID, password: str, keep: KeepPassword) -> None:
        """Keep it there alone, and read it back. KeepPassword.ASK keeps nothing.

        Raises NoKeyring, and StorageFailed for the file.
        """

    async def forget(self, jid: JID) -> None:
        """Delete it wherever it is kept. Raises StorageFailed, and NoKeyring if it may still be
        there."""


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


class Pages(Protocol):
    """The pages of invitations that have to be asked what they stand for (interop R44)."""

    async def link_of(self, page: str) -> str:
        """The xmpp: link of a page. Only if the person agreed: its server learns our address.

        Raises LookupTrouble.
        """


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
    acknowledged: Signal[JID]  # their server has got what we asked for, and says no more (R18)
    refused: Signal[JID, str]  # what we asked a contact for came back, and would again: condition
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

    async def is_room(self, jid: JID) -> bool:
        """It says that it is a group chat (XEP-0045). False if it says nothing. Raises Offline."""

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


class InvitationServer(Protocol):
    """Our server as one that makes invitations (XEP-0401).

    What it gives is checked: it leads to us, or to our server. Raises Offline, ServerSilent, and
    ServerRefused also for what could not be used.
    """

    async def friend(self) -> "ServerInvite":
        """An invitation to become a friend of ours. Never one with which the friend's request
        would get lost (R6)."""

    async def offers_accounts(self) -> bool:
        """This account may invite people to create an account on the server (R9)."""

    async def account(self, user_name: str, *, befriend: bool) -> "ServerInvite":
        """An invitation to create an account, under this name if it is not empty and the server
        asks for one; `befriend`: who takes it becomes our friend, if the server asks."""


class Blocking(Protocol):
    """Whom our server keeps away from us (XEP-0191); ServerRefused if it cannot."""

    blocked: Signal[frozenset[JID]]  # a push: these as well, perhaps by another device of ours
    unblocked: Signal[frozenset[JID]]  # a push: these no longer; an empty set means nobody is

    async def fetch(self) -> frozenset[JID]:
        """Everybody who is blocked; an address without a local part is a whole server."""

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Keep somebody away; `report`: tell the server that they send spam (XEP-0377)."""

    async def unblock(self, jid: JID) -> None:
        """Let somebody reach us again."""


class PrivateNode(Protocol):
    """Notes on our server that only this account's own devices can read (XEP-0223)."""

    async def is_offered(self) -> bool:
        """The server keeps such notes, for nobody else, and of several devices that retract one in
        the same moment it tells one alone that it did."""

    async def fetch(self) -> "Mapping[str, Mapping[str, str]]":
        """All notes as they are at one moment: the facts of each by its id."""

    async def publish(self, note: str, facts: "Mapping[str, str]") -> None:
        """Put a note there, or in place of the one with this id; never where others could read."""

    async def retract(self, note: str) -> bool:
        """Take a note away; False if there is none.

        After Offline or ServerSilent it may have happened, or not.
        """


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

    @property
    def blocking(self) -> Blocking: ...

    @property
    def invitations(self) -> InvitationServer: ...

    @property
    def private_node(self) -> PrivateNode: ...


class Registration(Protocol):
    """One stream to a server on which an account is created, over TLS only, and then signed in.

    Every step raises the SignInTrouble of the stream if it breaks or cannot be made; the next call
    then begins a new one. Nothing is ever fetched from anywhere else.
    """

    async def ask(self, token: str | None) -> "Questions":
        """Show the invitation, if there is one, and ask what the server wants to know.

        Raises InvitationsNotTaken, InvitationRejected, RegistrationNotOffered, NeedsWebPage.
        """

    async def create(self, jid: JID, password: str, answers: "Mapping[str, Answer]") -> None:
        """Create the account, after `ask`.

        Raises UserNameTaken, NotAccepted, ServerRefused and, if the stream was lost meanwhile,
        what `ask` raises, or QuestionsChanged if the answers do not fit any more: see
        `questions`.
        """

    @property
    def questions(self) -> "Questions":
        """What the server asked last: a new picture, say, after a wrong answer to the old one."""

    def network(self, settings: AccountSettings) -> Network:
        """The network of the account that was just created; it signs in on this very stream if
        that still stands (R30), and the stream is the network's from then on."""

    async def close(self) -> None:
        """Hang up, unless the stream is a network's by now."""
