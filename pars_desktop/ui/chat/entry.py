"""A message among its neighbours: what stands above it, and whether it shows its time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from pars_desktop.domain.message import Delivery, Message
from pars_desktop.ui import when

SHARED_TIME = timedelta(minutes=5)  # messages of one person this close share one time

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Entry:
    """A message, and what its neighbours make of it."""

    message: Message
    day: str  # the line between two days above it; empty if there is none
    is_first_new: bool  # the line "New messages" is above it
    joins_above: bool  # of the same person, soon after
    ends_group: bool  # the time is shown here


def entry_of(
    message: Message,
    above: Message | None,
    below: Message | None,
    first_new: int,
    today: datetime,
) -> Entry:
    """A message between its neighbours; `first_new` is the id of the first new one."""
    new_day = above is None or not when.same_day(above.at, message.at)
    is_first_new = message.id == first_new
    return Entry(
        message,
        when.day(message.at, today) if new_day else "",
        is_first_new,
        joins_above=not is_first_new and _joined(above, message),
        ends_group=below is None
        or below.id == first_new
        or below.delivery is not message.delivery
        or not _joined(message, below),
    )


def delivery_word(delivery: Delivery) -> str:
    """How far a message of ours has come, in a word."""
    return {
        Delivery.QUEUED: translate("Messages", "waiting"),
        Delivery.SENT: translate("Messages", "sent"),
        Delivery.DELIVERED: translate("Messages", "delivered"),
        Delivery.FAILED: translate("Messages", "not sent"),
    }[delivery]


def _joined(above: Message | None, below: Message) -> bool:
    """Of one person, on one day, soon after each other."""
    return (
        above is not None
        and above.direction is below.direction
        and below.at - above.at <= SHARED_TIME
        and when.same_day(above.at, below.at)
    )
