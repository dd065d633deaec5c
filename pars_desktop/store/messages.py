"""Messages, each kept once, however many ways it comes (live, carbon, archive, sent again)."""

from dataclasses import replace
from datetime import datetime, timedelta
from sqlite3 import Row

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.columns import moment, storable, ticks
from pars_desktop.store.conversations import chat_id
from pars_desktop.store.database import Database

_PREVIEW = 200  # characters of the last message that the chat list gets
# The same id and the same words from the same person are a copy, unless they lie further apart:
# some programs number their messages from 1 in every session.
_COPY_WINDOW = timedelta(days=1)

# From where a message of ours may come to each state (see Delivery).
_MAY_FOLLOW = {
    Delivery.QUEUED: (Delivery.FAILED,),
    Delivery.SENT: (Delivery.QUEUED,),
    Delivery.DELIVERED: (Delivery.QUEUED, Delivery.SENT, Delivery.FAILED),
    Delivery.FAILED: (Delivery.QUEUED, Delivery.SENT),
}


class MessageStore:
    """Every message is on disk before anything else happens with it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, account: JID, message: Message, *, unread: bool = True, live: bool = False
    ) -> Message | None:
        """Keep a message and return it with its id; None if it is a copy of one we have.

        Servers deliver in order, so one that comes live is no older than what the same person
        wrote before, whatever time it claims: anybody can write a stamp (XEP-0203 §5).

        The chat's last line and unread mark change in the same transaction: an incoming message
        counts unless `unread` is False, and an outgoing one that is the newest clears the count
        (whoever answers has read). A copy may still teach us something: its archive id, and, if
        it came from the archive, that our server has a message we thought was queued.
        """
        body = storable(message.body)
        with self._db.transaction():
            chat = chat_id(self._db, ChatKey(account, message.peer))
            if self._is_copy(chat, message, body):
                return None
            if live and message.direction is Direction.IN:
                message = replace(message, at=self._no_older(chat, message.at))
            added = self._db.run(
                """INSERT INTO message (chat, at, direction, body, origin_id, archive_id, sender,
                                        delivery, error, wants_receipt)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    chat,
                    ticks(message.at),
                    message.direction.value,
                    body,
                    storable(message.origin_id),
                    storable(message.archive_id) or None,
                    str(message.sender) if message.sender else None,
                    message.delivery.value,
                    message.error,
                    message.wants_receipt,
                ),
            )
            kept = replace(message, id=added.lastrowid or 0, body=body)
            self._show_as_last(chat, kept)
            if unread and message.direction is Direction.IN:
                self._db.run("UPDATE chat SET unread = unread + 1 WHERE id = ?", (chat,))
        return kept

    def advance(
        self,
        account: JID,
        peer: JID | None,
        origin_id: str,
        delivery: Delivery,
        error: str = "",
    ) -> Message | None:
        """A message of ours came further; None if it is not ours or already is that far.

        Without a peer (a server's acknowledgement names none) the id alone has to do.
        """
        with self._db.transaction():
            found = self._db.first(
                """SELECT chat.peer, message.* FROM message JOIN chat ON chat.id = chat
                   WHERE account = :account AND (:peer IS NULL OR peer = :peer)
                     AND origin_id = :origin_id AND origin_id <> '' AND direction = 'out'
                   ORDER BY message.id DESC LIMIT 1""",
                {
                    "account": str(account),
                    "peer": str(peer) if peer else None,
                    "origin_id": storable(origin_id),
                },
            )
            if found is None:
                return None
            message = _message(found)
            if message.delivery not in _MAY_FOLLOW[delivery]:
                return None
            self._set_delivery(message.id, delivery, error)
        return replace(message, delivery=delivery, error=error)

    def queued(self, account: JID) -> list[Message]:
        """What still has to leave, in the order in which it was written."""
        rows = self._db.select(
            """SELECT chat.peer, message.* FROM message JOIN chat ON chat.id = chat
               WHERE account = ? AND delivery = 'queued' ORDER BY message.id""",
            (str(account),),
        )
        return [_message(row) for row in rows]

    def page(self, key: ChatKey, before: Message | None = None, limit: int = 50) -> list[Message]:
        """The newest messages of a chat, or those before one of them; oldest first."""
        at, message_id = (ticks(before.at), before.id) if before else (1 << 62, 0)
        rows = self._db.select(
            """SELECT chat.peer, message.* FROM message JOIN chat ON chat.id = chat
               WHERE chat = (SELECT id FROM chat WHERE account = ? AND peer = ?)
                 AND (at, message.id) < (?, ?)
               ORDER BY at DESC, message.id DESC LIMIT ?""",
            (str(key.account), str(key.peer), at, message_id, limit),
        )
        return [_message(row) for row in reversed(rows)]

    def by_archive_id(self, account: JID, peer: JID, archive_id: str) -> Message | None:
        """The message that our archive knows under this id."""
        row = self._db.first(
            """SELECT chat.peer, message.* FROM message JOIN chat ON chat.id = chat
               WHERE account = ? AND peer = ? AND archive_id = ?""",
            (str(account), str(peer), storable(archive_id)),
        )
        return _message(row) if row else None

    def _no_older(self, chat: int, at: datetime) -> datetime:
        row = self._db.first(
            """SELECT at FROM message WHERE chat = ? AND direction = 'in'
               ORDER BY at DESC LIMIT 1""",
            (chat,),
        )
        return max(at, moment(row["at"])) if row else at

    def _is_copy(self, chat: int, message: Message, body: str) -> bool:
        """Whether we have it already; if so, note what this copy knows and ours does not."""
        archive_id = storable(message.archive_id)
        if archive_id and self._db.first(
            "SELECT 1 FROM message WHERE chat = ? AND archive_id = ?", (chat, archive_id)
        ):
            return True
        if not message.origin_id:
            return False
        ours = self._db.first(
            """SELECT id, archive_id, delivery FROM message
               WHERE origin_id = ? AND origin_id <> '' AND chat = ? AND direction = ? AND body = ?
                 AND (direction = 'out' OR abs(at - ?) < ?)
               ORDER BY id DESC LIMIT 1""",
            (
                storable(message.origin_id),
                chat,
                message.direction.value,
                body,
                ticks(message.at),
                _COPY_WINDOW // timedelta(microseconds=1),
            ),
        )
        if ours is None:
            return False
        if archive_id and ours["archive_id"] is None:
            self._db.run("UPDATE message SET archive_id = ? WHERE id = ?", (archive_id, ours["id"]))
        if archive_id and message.direction is Direction.OUT and ours["delivery"] == "queued":
            self._set_delivery(ours["id"], Delivery.SENT)
        return True

    def _show_as_last(self, chat: int, message: Message) -> None:
        self._db.run(
            """UPDATE chat SET last_message = :id, last_at = :at, last_text = :text,
                   last_direction = :direction, last_delivery = :delivery,
                   unread = CASE :direction WHEN 'out' THEN 0 ELSE unread END
               WHERE id = :chat AND (last_at IS NULL OR last_at <= :at)""",
            {
                "chat": chat,
                "id": message.id,
                "at": ticks(message.at),
                "text": message.body[:_PREVIEW],
                "direction": message.direction.value,
                "delivery": message.delivery.value,
            },
        )

    def _set_delivery(self, message_id: int, delivery: Delivery, error: str = "") -> None:
        self._db.run(
            "UPDATE message SET delivery = ?, error = ? WHERE id = ?",
            (delivery.value, error, message_id),
        )
        self._db.run(
            """UPDATE chat SET last_delivery = ?
               WHERE id = (SELECT chat FROM message WHERE id = ?) AND last_message = ?""",
            (delivery.value, message_id, message_id),
        )


def _message(row: Row) -> Message:
    return Message(
        peer=JID.trusted(row["peer"]),
        direction=Direction(row["direction"]),
        body=row["body"],
        at=moment(row["at"]),
        origin_id=row["origin_id"],
        archive_id=row["archive_id"] or "",
        sender=JID.trusted(row["sender"]) if row["sender"] else None,
        delivery=Delivery(row["delivery"]),
        error=row["error"],
        wants_receipt=bool(row["wants_receipt"]),
        id=row["id"],
    )
