"""What the chat list shows of one chat."""

from dataclasses import dataclass
from datetime import datetime

from pars_desktop.domain.contact import Availability, Progress, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction


@dataclass(frozen=True, slots=True)
class ChatKey:
    """Which chat: our own address, and theirs, both bare."""

    account: JID
    peer: JID


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of the chat list: a contact, or somebody we exchanged messages with, or both."""

    key: ChatKey
    name: str = ""  # the name in our roster; empty: show the address
    last_text: str = ""
    last_at: datetime | None = None
    last_direction: Direction | None = None
    last_delivery: Delivery | None = None
    unread: int = 0
    draft: str = ""
    in_roster: bool = False
    subscription: Subscription = Subscription.NONE  # who sees whom
    is_waiting: bool = False  # we asked, they have not answered
    progress: Progress | None = None  # of a friendship we wait for
    is_newcomer: bool = False  # came by invitation; the person has not said Keep yet
    availability: Availability = Availability.OFFLINE

    @property
    def is_friend(self) -> bool:
        """Both directions stand."""
        return self.subscription is Subscription.BOTH

    @property
    def is_estranged(self) -> bool:
        """In our list, but no friend, or no longer: at most one sees the other, nobody asks."""
        return self.in_roster and not self.is_friend and not self.is_waiting

    @property
    def title(self) -> str:
        """The name to show."""
        return self.name or str(self.key.peer)
