"""A message, which way it went, and how far it has come."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from pars_desktop.domain.jid import JID


class Direction(Enum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


class Delivery(Enum):
    """How far a message of ours has come; it only ever moves forward.

    FAILED may follow QUEUED or SENT (the peer's server refused it) and QUEUED may follow FAILED
    when the person sends it again.
    """

    QUEUED = "queued"  # on disk, not yet acknowledged by our server
    SENT = "sent"  # acknowledged by our server (XEP-0198) or seen in our archive
    DELIVERED = "delivered"  # acknowledged by the peer's device (XEP-0184)
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """One line of a conversation, ours or theirs.

    `id` is the row in our store: 0 until it has one; rows of one chat sort by (at, id).
    `origin_id` is the stanza's own id attribute (XEP-0359 origin-id carries the same value).
    `archive_id` is the id our own archive gave it (XEP-0359 stanza-id by our bare address).
    """

    peer: JID  # bare: whose chat it belongs to
    direction: Direction
    body: str = field(repr=False)
    at: datetime  # UTC
    origin_id: str = ""
    archive_id: str = ""
    sender: JID | None = None  # full address of an incoming message's sender, where known
    delivery: Delivery = Delivery.SENT
    error: str = ""  # a condition (RFC 6120 §8.3.3) if FAILED
    wants_receipt: bool = False  # the sender asked for an XEP-0184 receipt
    id: int = 0
