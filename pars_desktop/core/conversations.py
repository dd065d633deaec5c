"""What the chat list and the chat view show, over all accounts."""

from collections.abc import Mapping
from dataclasses import replace

from pars_desktop.base.signal import Signal
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Message
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore


class Conversations:
    """Chats as rows and pages: the store's facts, plus what is only known in memory."""

    def __init__(self, db: Database, accounts: Accounts) -> None:
        self.changed: Signal[ChatKey] = Signal()  # read the row again; it may be new
        self.removed: Signal[ChatKey] = Signal()  # the row is gone
        self.reset: Signal[()] = Signal()  # read everything again
        self.message_added: Signal[ChatKey, Message] = Signal()
        self.message_changed: Signal[ChatKey, Message] = Signal()
        self.history_added: Signal[ChatKey] = Signal()  # a batch of older ones: read the chat again
        self._accounts = accounts
        self._store = ConversationStore(db)
        self._messages = MessageStore(db)
        for account in accounts.all():
            self._listen(account)
        accounts.added.connect(self._on_account_added)
        accounts.removed.connect(self._on_account_removed)

    def rows(self) -> list[Conversation]:
        """Every contact and every chat, the latest first."""
        pending = {account.jid: account.friends.pending() for account in self._accounts.all()}
        return [self._dressed(row, pending.get(row.key.account, {})) for row in self._store.rows()]

    def row(self, key: ChatKey) -> Conversation | None:
        """One row; None if this is neither a contact nor a chat."""
        row = self._store.row(key)
        account = self._accounts.get(key.account)
        if row is None or account is None:
            return row
        return self._dressed(row, account.friends.pending())

    def page(self, key: ChatKey, before: Message | None = None, limit: int = 50) -> list[Message]:
        """The newest messages of a chat, or those before one of them; oldest first."""
        return self._messages.page(key, before, limit)

    def open(self, key: ChatKey) -> None:
        """Make sure that the chat is in the list."""
        self._store.open(key)
        self.changed.emit(key)

    def mark_read(self, key: ChatKey) -> None:
        """The person has seen everything in it."""
        row = self._store.row(key)
        if row is not None and row.unread:
            self._store.mark_read(key)
            self.changed.emit(key)

    def set_draft(self, key: ChatKey, text: str) -> None:
        """Keep what is typed but not sent; an empty text when there is nothing."""
        self._store.set_draft(key, text)
        self.changed.emit(key)

    def send(self, key: ChatKey, text: str) -> Message:
        """Write a message. Raises KeyError if there is no such account, and as Outbox.send does."""
        return self._account(key).outbox.send(key.peer, text)

    def retry(self, key: ChatKey, message: Message) -> None:
        """Send a message again that had failed."""
        self._account(key).outbox.retry(message)

    def _account(self, key: ChatKey) -> Account:
        account = self._accounts.get(key.account)
        if account is None:
            raise KeyError(str(key.account))
        return account

    def _dressed(self, row: Conversation, pending: Mapping[JID, str]) -> Conversation:
        """With what the store does not know: who is around, and whom we are about to ask."""
        account = self._accounts.get(row.key.account)
        if account is not None:
            availability = account.presence.of(row.key.peer).availability
            if availability is not row.availability:
                row = replace(row, availability=availability)
        name = pending.get(row.key.peer)
        if name is not None and not row.is_waiting:
            row = replace(row, name=row.name or name, is_waiting=not row.is_friend)
        return row

    def _listen(self, account: Account) -> None:
        """Everything that can change one of the account's rows, said with the chat's key."""

        def key(peer: JID) -> ChatKey:
            return ChatKey(account.jid, peer)

        def added(message: Message) -> None:
            self.message_added.emit(key(message.peer), message)
            self.changed.emit(key(message.peer))

        def advanced(message: Message) -> None:
            self.message_changed.emit(key(message.peer), message)
            self.changed.emit(key(message.peer))

        def history(peer: JID) -> None:
            self.history_added.emit(key(peer))
            self.changed.emit(key(peer))

        def removed(peer: JID) -> None:
            if self._store.row(key(peer)) is None:
                self.removed.emit(key(peer))
            else:
                self.changed.emit(key(peer))

        account.inbox.arrived.connect(added)
        account.inbox.changed.connect(advanced)
        account.inbox.history_added.connect(history)
        account.outbox.added.connect(added)
        account.outbox.changed.connect(advanced)
        for news in (account.friends.changed, account.friends.arrived, account.friends.befriended):
            news.connect(lambda contact: self.changed.emit(key(contact.jid)))
        account.friends.removed.connect(removed)
        account.friends.begun.connect(lambda peer: self.open(key(peer)))
        account.friends.reloaded.connect(self.reset.emit)
        account.presence.changed.connect(lambda peer: self.changed.emit(key(peer)))

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self.reset.emit()

    def _on_account_removed(self, jid: JID) -> None:
        self.reset.emit()
