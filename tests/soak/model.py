"""What must be: a small model of invitations and guests, which knows nothing of the program."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pars_desktop.domain.invite import Refusal
from pars_desktop.domain.jid import JID
from tests.server.prosody import Person


class Standing(Enum):
    """How a guest stands with the one who invites."""

    STRANGER = auto()
    WAITING = auto()  # asked, without a good token, and has no answer
    FRIEND = auto()
    AWAY = auto()  # was declined, or sent away again


@dataclass(eq=False)
class Guest:
    """Somebody with an account, and what they are by now."""

    person: Person
    standing: Standing = Standing.STRANGER
    card: "Card | None" = None  # by which they came

    @property
    def jid(self) -> JID:
        return self.person.jid


@dataclass(eq=False)
class Card:
    """An invitation that was handed out."""

    id: int
    token: str = field(repr=False)
    uses: int = 1
    bound_to: JID | None = None
    by_server: bool = False
    ended: Refusal | None = None  # revoked, or expired
    guests: set[JID] = field(default_factory=set)

    @property
    def left(self) -> int:
        """How many it lets in still."""
        return 0 if self.ended else self.uses - len(self.guests)

    def refusal(self, guest: Guest) -> Refusal | None:
        """Why it does not let this guest in; None: it does."""
        if self.ended is Refusal.REVOKED:
            return Refusal.REVOKED
        if len(self.guests) >= self.uses:
            return Refusal.USED
        if self.ended:
            return self.ended
        if self.bound_to not in (None, guest.jid):
            return Refusal.BOUND
        if guest.jid in self.guests:  # and was sent away since
            return Refusal.USED
        return None

    def lets_in(self, guest: Guest) -> None:
        assert self.refusal(guest) is None
        self.guests.add(guest.jid)
        guest.standing, guest.card = Standing.FRIEND, self
