"""The one way out: a message is a row before it is a stanza, and leaves exactly once."""

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Clock, Messenger
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.messages import MessageStore


class Outbox:
    """Queue, send, and follow the messages of one account.

    The stream itself sends again what was not acknowledged when it is resumed (XEP-0198), so a
    message is handed over once per stream. Only a new stream gets everything that is still
    queued, in order and under the same ids, after the archive has told which of it had arrived.
    """

    def __init__(self, account: JID, store: MessageStore, clock: Clock) -> None:
        self.added: Signal[Message] = Signal()  # written, on disk
        self.changed: Signal[Message] = Signal()  # came further, or failed
        self._account = account
        self._store = store
        self._clock = clock
        self._messenger: Messenger | None = None
        self._open = False
        self._handed_over: set[int] = set()  # rows given to the stream that lives now

    def attach(self, messenger: Messenger) -> None:
        """Listen to the server from now on."""
        self._messenger = messenger
        messenger.acked.connect(self._on_acked)
        messenger.receipt.connect(self._on_receipt)
        messenger.refused.connect(self._on_refused)

    def send(self, peer: JID, text: str) -> Message:
        """Write a message; it leaves now, or as soon as there is a session.

        Raises ValueError for a text without anything in it, StorageFailed if it cannot be kept:
        then nothing was sent.
        """
        from uuid import uuid4

        if not text.strip():
            raise ValueError("an empty message")
        written = Message(
            peer=peer.bare,
            direction=Direction.OUT,
            body=text,
            at=self._clock.now(),
            origin_id=str(uuid4()),
            delivery=Delivery.QUEUED,
        )
        message = self._store.add(self._account, written)
        if message is None:
            raise AssertionError("a new id cannot be a copy")
        self.added.emit(message)
        self.flush()
        return message

    def retry(self, message: Message) -> None:
        """Send a failed message again, under the same id."""
        queued = self._advance(message.peer, message.origin_id, Delivery.QUEUED)
        if queued is not None:
            self._handed_over.discard(queued.id)
            self.flush()

    def hold(self) -> None:
        """A new stream begins: it was given nothing yet, and gets nothing before `release`."""
        self._open = False
        self._handed_over.clear()

    def close(self) -> None:
        """There is no session: what is written now only waits."""
        self._open = False

    def release(self) -> None:
        """The session is ready, new or resumed: everything that waits leaves, in order."""
        self._open = True
        self.flush()

    def flush(self) -> None:
        """Hand over, oldest first, what this stream was not given yet."""
        if not self._open or self._messenger is None:
            return
        for message in self._store.queued(self._account):
            if message.id in self._handed_over:
                continue
            try:
                self._messenger.send(message)
            except Offline:
                self._open = False
                return
            self._handed_over.add(message.id)

    def _on_acked(self, origin_id: str) -> None:
        self._advance(None, origin_id, Delivery.SENT)

    def _on_receipt(self, peer: JID, origin_id: str) -> None:
        # The peer is part of the question: nobody can confirm another's message (C-17).
        self._advance(peer.bare, origin_id, Delivery.DELIVERED)

    def _on_refused(self, peer: JID, origin_id: str, condition: str) -> None:
        self._advance(peer.bare, origin_id, Delivery.FAILED, condition)

    def _advance(
        self, peer: JID | None, origin_id: str, delivery: Delivery, error: str = ""
    ) -> Message | None:
        message = self._store.advance(self._account, peer, origin_id, delivery, error)
        if message is not None:
            self.changed.emit(message)
        return message
