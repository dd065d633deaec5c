"""The one way in: live, by carbon, from the archive. Each message is kept once."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Clock, Messenger
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import DatabaseDamaged, Offline, StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore

_log = logging.getLogger(__name__)


def _nothing_more() -> None:
    pass


class Inbox:
    """Keeps what comes in to one account, and tells whoever shows it."""

    def __init__(
        self,
        account: JID,
        db: Database,
        store: MessageStore,
        sees_us: Callable[[JID], bool],
        clock: Clock,
    ) -> None:
        self.arrived: Signal[Message] = Signal()  # one message, now
        self.history_added: Signal[JID] = Signal()  # some older ones, in the chat with this peer
        self.changed: Signal[Message] = Signal()  # a message of ours turned out to have arrived
        self._account = account
        self._db = db
        self._store = store
        self._sees_us = sees_us
        self._clock = clock
        self._read_until: datetime | None = None
        self._messenger: Messenger | None = None

    def attach(self, messenger: Messenger) -> None:
        """Listen to the server from now on."""
        self._messenger = messenger
        messenger.received.connect(self.accept)

    def now(self) -> datetime:
        """The time by the clock that `is_read_until` is held against."""
        return self._clock.now()

    def is_read_until(self, moment: datetime) -> None:
        """The archive was read up to this moment, so that what comes live is younger."""
        self._read_until = moment

    def accept(self, message: Message) -> None:
        """Keep a message and tell whoever shows it. A second copy changes nothing.

        One that cannot be kept is not acknowledged: our server may not forget it yet (L-3).
        """
        try:
            kept = self._store.add(self._account, self._in_order(message), live=True)
        except (StorageFailed, DatabaseDamaged) as trouble:
            _log.warning("a message was left with the server: %s", type(trouble).__name__)
            if self._messenger is not None:
                self._messenger.give_back()
            return
        if kept is None:
            return
        self._say_that_it_came(kept)
        self.arrived.emit(kept)

    def accept_all(
        self,
        messages: Iterable[Message],
        then: Callable[[], None] = _nothing_more,
        *,
        unread: bool = True,
    ) -> None:
        """Keep a page of the archive, with `then`, in one transaction.

        Each chat that got something is announced once. Nothing of it is answered.
        """
        kept: list[Message] = []
        advanced: list[Message] = []
        latest: dict[JID, datetime] = {}
        with self._db.transaction():
            for message in messages:
                if sent := self._known_to_have_left(message):
                    advanced.append(sent)
                # What came live has our clock's time, and some archives know whole seconds only:
                # the archive's order counts.
                at = max(message.at, latest.get(message.peer, message.at))
                new = self._store.add(self._account, replace(message, at=at), unread=unread)
                if new is not None:
                    kept.append(new)
                elif known := self._store.by_archive_id(
                    self._account, message.peer, message.archive_id
                ):
                    at = max(at, known.at)
                latest[message.peer] = at
            then()
        for message in advanced:
            self.changed.emit(message)
        for peer in dict.fromkeys(message.peer for message in kept):
            self.history_added.emit(peer)

    def _in_order(self, message: Message) -> Message:
        """A delayed message is no older than what was read before: anybody can write a stamp, and
        not every server takes out those that claim to be its own (XEP-0203 §5). And its time is in
        whole seconds: within that second it is the latest.
        """
        if self._read_until is not None and message.at < self._read_until <= self._clock.now():
            message = replace(message, at=self._read_until)
        newest = self._store.page(ChatKey(self._account, message.peer), limit=1)
        if message.at.microsecond or not newest:
            return message
        is_same_second = message.at < newest[0].at < message.at + timedelta(seconds=1)
        return replace(message, at=newest[0].at) if is_same_second else message

    def _known_to_have_left(self, message: Message) -> Message | None:
        """Our archive has a message that we still have as queued: then it was sent."""
        if message.direction is not Direction.OUT:
            return None
        return self._store.advance(self._account, message.peer, message.origin_id, Delivery.SENT)

    def _say_that_it_came(self, message: Message) -> None:
        """A receipt tells that we are here, so only those get one who may know (XEP-0184 §5.5)."""
        if (
            message.wants_receipt
            and message.direction is Direction.IN
            and message.origin_id
            and self._messenger is not None
            and self._sees_us(message.peer)
        ):
            with suppress(Offline):
                self._messenger.send_receipt(message.sender or message.peer, message.origin_id)
