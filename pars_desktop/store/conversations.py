"""Chats: the rows of the chat list, unread marks and drafts."""

from sqlite3 import Row

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction
from pars_desktop.store.columns import moment, storable
from pars_desktop.store.database import Database

# Contacts with their chats if they have one, then chats with people who are no contacts; with
# whether our person wants them as a friend (`intent`), and the name chosen for them.
_ROWS = """
SELECT contact.account, contact.jid AS peer, contact.name, subscription, ask,
       newcomer.jid AS newcomer, intent.name AS wanted,
       unread, draft, last_at, last_text, last_direction, last_delivery
FROM contact
LEFT JOIN chat ON chat.account = contact.account AND chat.peer = contact.jid
LEFT JOIN newcomer ON newcomer.account = contact.account AND newcomer.jid = contact.jid
LEFT JOIN intent ON intent.account = contact.account AND intent.jid = contact.jid
UNION ALL
SELECT chat.account, chat.peer, '', NULL, 0, NULL, intent.name,
       unread, draft, last_at, last_text, last_direction, last_delivery
FROM chat
LEFT JOIN intent ON intent.account = chat.account AND intent.jid = chat.peer
WHERE NOT EXISTS (SELECT 1 FROM contact WHERE account = chat.account AND jid = chat.peer)
ORDER BY last_at DESC, contact.name, peer
LIMIT ?
"""
_ROW = """
SELECT key.account, key.peer, coalesce(contact.name, '') AS name, subscription,
       coalesce(ask, 0) AS ask, newcomer.jid AS newcomer, intent.name AS wanted,
       unread, draft, last_at, last_text, last_direction, last_delivery
FROM (SELECT ? AS account, ? AS peer) AS key
LEFT JOIN contact ON contact.account = key.account AND contact.jid = key.peer
LEFT JOIN chat ON chat.account = key.account AND chat.peer = key.peer
LEFT JOIN newcomer ON newcomer.account = key.account AND newcomer.jid = contact.jid
LEFT JOIN intent ON intent.account = key.account AND intent.jid = key.peer
WHERE contact.jid IS NOT NULL OR chat.id IS NOT NULL
"""
_DIRECTIONS = {direction.value: direction for direction in Direction}
_DELIVERIES = {delivery.value: delivery for delivery in Delivery}
_SUBSCRIPTIONS = {subscription.value: subscription for subscription in Subscription}


class ConversationStore:
    """What the chat list shows, over all accounts. Availability is not kept: always OFFLINE."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def rows(self, limit: int | None = None) -> list[Conversation]:
        """Every contact and every chat, the latest message first, then those without any."""
        rows = self._db.select(_ROWS, (-1 if limit is None else limit,))
        accounts = {text: JID.trusted(text) for text in {row["account"] for row in rows}}
        return [_conversation(row, accounts[row["account"]]) for row in rows]

    def row(self, key: ChatKey) -> Conversation | None:
        """One row of the list; None if this is neither a contact nor a chat."""
        row = self._db.first(_ROW, _columns(key))
        return _conversation(row, key.account) if row else None

    def open(self, key: ChatKey) -> None:
        """Make sure that the chat is in the list."""
        chat_id(self._db, key)

    def drop_empty(self, key: ChatKey) -> None:
        """Take a chat out of the list in which nothing was ever said, unless they are a contact."""
        self._db.run(
            "DELETE FROM chat WHERE account = ? AND peer = ? AND last_at IS NULL AND draft = '' "
            "AND NOT EXISTS (SELECT 1 FROM contact "
            "WHERE contact.account = chat.account AND contact.jid = chat.peer)",
            _columns(key),
        )

    def mark_read(self, key: ChatKey) -> None:
        """The person has seen everything in it."""
        self._db.run(
            "UPDATE chat SET unread = 0 WHERE account = ? AND peer = ? AND unread > 0",
            _columns(key),
        )

    def set_draft(self, key: ChatKey, text: str) -> None:
        """Keep what is typed but not sent; an empty text when there is nothing."""
        with self._db.transaction():
            self._db.run(
                "UPDATE chat SET draft = ? WHERE id = ?", (storable(text), chat_id(self._db, key))
            )


def chat_id(db: Database, key: ChatKey) -> int:
    """The row of a chat, made if there is none yet."""
    found = db.first("SELECT id FROM chat WHERE account = ? AND peer = ?", _columns(key))
    if found:
        return int(found["id"])
    made = db.run("INSERT INTO chat (account, peer) VALUES (?, ?)", _columns(key))
    return made.lastrowid or 0


def _columns(key: ChatKey) -> tuple[str, str]:
    return str(key.account), str(key.peer)


def _conversation(row: Row, account: JID) -> Conversation:
    _, peer, name, subscription, ask, newcomer, wanted, unread, draft, *last = row
    last_at, last_text, last_direction, last_delivery = last
    jid = JID.trusted(peer)
    standing = _SUBSCRIPTIONS[subscription or "none"]
    is_asked = bool(ask) and Contact(jid, name, standing, ask=True).is_waiting
    return Conversation(
        key=ChatKey(account, jid),
        name=name or wanted or "",
        last_text=last_text or "",
        last_at=moment(last_at) if last_at is not None else None,
        last_direction=_DIRECTIONS[last_direction] if last_direction else None,
        last_delivery=_DELIVERIES[last_delivery] if last_delivery else None,
        unread=unread or 0,
        draft=draft or "",
        in_roster=subscription is not None,
        subscription=standing,
        is_waiting=is_asked or (wanted is not None and standing is not Subscription.BOTH),
        is_newcomer=newcomer is not None,
    )
