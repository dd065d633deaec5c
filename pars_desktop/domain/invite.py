"""An invitation we handed out, and the rules for accepting it (XEP-0379 §6)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import sha256

from pars_desktop.domain.jid import JID

LIFETIME = timedelta(days=7)
SHORTEST_LIFETIME, LONGEST_LIFETIME = timedelta(hours=1), timedelta(days=31)
MOST_USES = 50
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # when an invitation without an end expires
CLOCK_SKEW = timedelta(minutes=5)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TOKEN_LENGTH = 24  # 24 * log2(62) = 142 bits
MAX_INCOMING_TOKEN = 128  # a longer one cannot be ours and is treated as absent


def new_token() -> str:
    """A secret of at least 128 bits, letters and digits only (XEP-0379 §6.1)."""
    import secrets  # not needed for the first picture

    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


def token_hash(token: str) -> bytes:
    """What we look a token up by, so that a copy of the table redeems nothing."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


class InviteState(Enum):
    """What became of an invitation, as far as the person had a hand in it."""

    OPEN = "open"
    REVOKED = "revoked"


class Via(Enum):
    """Who gave the invitation its token, and lets people in with it."""

    CLIENT = "client"  # we ourselves (XEP-0379)
    SERVER = "server"  # our server (XEP-0401): it cannot be revoked, extended or asked about
    SHARED = "shared"  # another device of ours, but somebody was let in by it here


class Purpose(Enum):
    """What an invitation is good for."""

    FRIEND = "friend"  # to become a friend of ours
    ACCOUNT = "account"  # to create an account on our server, made by an administrator


class Refusal(Enum):
    """Why one of our own tokens does not open the door."""

    UNKNOWN = "unknown"  # not ours, or malformed: shown like a request without a token
    EXPIRED = "expired"
    USED = "used"
    REVOKED = "revoked"
    BOUND = "bound"  # meant for somebody else
    CLOCK = "clock"  # made in the future by this clock


@dataclass(frozen=True, slots=True)
class InviteOptions:
    """What the person chose for an invitation. Raises ValueError for what cannot be chosen."""

    label: str = ""  # for whom it is: seen by our person alone
    lifetime: timedelta = LIFETIME
    uses: int = 1
    bound_to: JID | None = None  # the only address that may use it
    name: str | None = None  # what the friend is asked to save us under; None: as always

    def __post_init__(self) -> None:
        if not SHORTEST_LIFETIME <= self.lifetime <= LONGEST_LIFETIME:
            raise ValueError("an invitation lasts an hour to a month")
        if not 1 <= self.uses <= MOST_USES:
            raise ValueError(f"an invitation is used once to {MOST_USES} times")
        if self.bound_to is not None and (not self.bound_to.local or self.bound_to.resource):
            raise ValueError("an invitation is bound to the bare address of a person")

    @property
    def needs_own_token(self) -> bool:
        """A token of our server's can carry none of this; friends without an account then need
        one elsewhere."""
        return (self.lifetime, self.uses, self.bound_to) != (LIFETIME, 1, None)


@dataclass(frozen=True, slots=True)
class ServerInvite:
    """An invitation our server made for us (XEP-0401), checked: it leads to us or to our server."""

    jid: JID  # ours; of an account to be created the server, with the user name if it is fixed
    token: str = field(repr=False)
    expires: datetime | None  # None: it does not end by itself
    page: str | None = field(default=None, repr=False)  # the server's landing page, https
    ibr: bool = False  # friends can create an account on our server with it
    befriends: bool = True  # whoever uses it becomes our friend


@dataclass(frozen=True, slots=True)
class Invite:
    """One invitation we issued. The token itself is only in `link` and `page`, and only while it
    is open."""

    id: int
    account: JID
    created: datetime
    expires: datetime  # NEVER if it has no end: `ends` is for showing
    max_uses: int = 1
    uses: int = 0
    label: str = ""
    bound_to: JID | None = None
    state: InviteState = InviteState.OPEN
    link: str | None = field(default=None, repr=False)  # None once used up, revoked or expired
    via: Via = Via.CLIENT
    purpose: Purpose = Purpose.FRIEND
    page: str | None = field(default=None, repr=False)  # a web page of our server's for it
    ibr: bool = False  # a friend without an account can create one on our server with it
    befriends: bool = True  # whoever uses it becomes our friend: not always if it makes an account

    @property
    def ends(self) -> datetime | None:
        """When it ends; None: not by itself (P-15)."""
        return None if self.expires >= NEVER else self.expires

    @property
    def is_ours(self) -> bool:
        """The token is our own, not our server's: only such a one is ever revoked (R10)."""
        return self.via is not Via.SERVER

    def is_open(self, now: datetime) -> bool:
        """It could still be redeemed by somebody."""
        return self.refusal(now) is None

    def refusal(self, now: datetime, by: JID | None = None) -> Refusal | None:
        """Why this invitation would be refused now, or None if it is good."""
        if self.state is InviteState.REVOKED:
            return Refusal.REVOKED
        if self.uses >= self.max_uses:
            return Refusal.USED
        if now >= self.expires:
            return Refusal.EXPIRED
        if now < self.created - CLOCK_SKEW:
            return Refusal.CLOCK
        if by is not None and self.bound_to is not None and self.bound_to != by:
            return Refusal.BOUND
        return None
