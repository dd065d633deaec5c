"""A person in the contact list, and whether they are around (RFC 6121 §2 to §4)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum

from pars_desktop.domain.jid import JID


class Subscription(StrEnum):
    """Whose presence reaches whom (RFC 6121 §2.1.2.5)."""

    NONE = "none"
    TO = "to"
    FROM = "from"
    BOTH = "both"


class Availability(Enum):
    """What a presence says (RFC 6121 §4.7.2.1)."""

    OFFLINE = "offline"
    ONLINE = "online"
    CHAT = "chat"
    AWAY = "away"
    XA = "xa"
    DND = "dnd"


@dataclass(frozen=True, slots=True)
class Contact:
    """One item of the roster, as the server last pushed it."""

    jid: JID  # bare
    name: str = ""
    subscription: Subscription = Subscription.NONE
    ask: bool = False  # our request is pending (ask='subscribe')
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_friend(self) -> bool:
        """Both directions stand."""
        return self.subscription is Subscription.BOTH

    @property
    def sees_us(self) -> bool:
        """They were approved: our presence reaches them."""
        return self.subscription in (Subscription.FROM, Subscription.BOTH)

    @property
    def is_seen(self) -> bool:
        """They approved us: their presence reaches us."""
        return self.subscription in (Subscription.TO, Subscription.BOTH)

    @property
    def is_waiting(self) -> bool:
        """We asked, and their answer is still missing."""
        return self.ask and not self.is_seen


class Progress(Enum):
    """How far a friendship has come that our person asked for."""

    WAITING = "waiting"  # for their device
    ACCEPTED = "accepted"  # they said yes; what is left happens by itself
    EXPIRED = "expired"  # the invitation has probably ended: servers never say so (R18)
    UNREACHABLE = "unreachable"  # our request came back: there is no such server, or it is away
    TURNED_AWAY = "turned away"  # it came back from their server: perhaps nobody is called that

    @property
    def came_back(self) -> bool:
        """The request did not get there, and would not if it were sent again now."""
        return self in (Progress.UNREACHABLE, Progress.TURNED_AWAY)


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a contact is around: the best of their resources."""

    jid: JID  # bare
    availability: Availability = Availability.OFFLINE


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """Somebody asks to see our presence (RFC 6121 §3.1), perhaps with a token of ours."""

    jid: JID  # bare
    # What <preauth/> carried, unchecked; None if absent or malformed.
    token: str | None = field(default=None, repr=False)
    nick: str = ""  # what they call themselves (XEP-0172): never a name we use by ourselves
    message: str = ""  # the status text, plain, cut
    at: datetime | None = None
