"""An invitation we handed out, and the rules for accepting it (XEP-0379 §6)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from pars_desktop.domain.jid import JID

LIFETIME = timedelta(days=7)
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


class Refusal(Enum):
    """Why one of our own tokens does not open the door."""

    UNKNOWN = "unknown"  # not ours, or malformed: shown like a request without a token
    EXPIRED = "expired"
    USED = "used"
    REVOKED = "revoked"
    BOUND = "bound"  # meant for somebody else
    CLOCK = "clock"  # made in the future by this clock


@dataclass(frozen=True, slots=True)
class Invite:
    """One invitation we issued. The token itself is only in `link`, and only while it is open."""

    id: int
    account: JID
    created: datetime
    expires: datetime
    max_uses: int = 1
    uses: int = 0
    label: str = ""
    bound_to: JID | None = None
    state: InviteState = InviteState.OPEN
    link: str | None = field(default=None, repr=False)  # None once used up, revoked or expired

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
