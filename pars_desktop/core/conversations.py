"""What the chat list and the chat view show, over all accounts."""

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

SCREENFUL = 40  # rows; more than any screen shows of the list


class Conversations:
    """Chats as rows and pages: the store's facts, plus what is only known in memory."""

    def __init__(self, db: Database, accounts: Accounts) -> None:
        self.changed: Signal[ChatKey] = Signal()  # read the row again; it may be new
        self.removed: Signal[ChatKey] = Signal()  # the row is gone
        self.reset: Signal[()] = Signal()  # read everything again
        self.message_added: Signal[ChatKey, Message] = Signal()
        self.message_changed: Signal[ChatKey, Message] = Signal()
        self.history_added: Signal[ChatKey] = Signal()  # a batch of older ones: read the chat again
        self._screenful: int | None = SCREENFUL
        self._accounts = accounts
        self._store = ConversationStore(db)
        self._messages = MessageStore(db)
        accounts.added.connect(self._on_account_added)
        accounts.removed.connect(self._on_account_removed)

    def follow(self) -> None:
        """Give all rows from now on, and tell what changes. Called once, after the first picture.

        Until then there is no more than a screenful, and of a friendship that waits not how far it
        has come: the first picture is painted from here, and must not wait for `core.friends`.
        """
        for account in self._accounts.all():
            self._listen(account)
        self._screenful = None
        self.reset.emit()

    @property
    def accounts(self) -> tuple[JID, ...]:
        """Our own addresses whose chats these are."""
        return tuple(account.jid for account in self._accounts.all())

    def rows(self) -> list[Conversation]:
        """Every contact and every chat, the latest first."""
        return [self._dressed(row) for row in self._store.rows(self._screenful)]

    def row(self, key: ChatKey) -> Conversation | None:
        """One row; None if this is neither a contact nor a chat."""
        row = self._store.row(key)
        return self._dressed(row) if row else None

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
        """Keep what is typed but not sent; an empty text when there is nothing.

        Not if the account was removed meanwhile: its chats are gone.
        """
        if self._accounts.get(key.account) is not None:
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

    def _dressed(self, row: Conversation) -> Conversation:
        """With what the store does not know: who is around, and how far a friendship has come."""
        account = self._accounts.get(row.key.account)
        if account is not None:
            availability = account.presence.of(row.key.peer).availability
            if availability is not row.availability:
                row = replace(row, availability=availability)
            if row.is_waiting and self._screenful is None:
                row = replace(row, progress=account.friends.progress(row.key.peer))
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
            self._store.drop_empty(key(peer))
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
        account.friends.progressed.connect(lambda peer: self.changed.emit(key(peer)))
        account.friends.reloaded.connect(self.reset.emit)
        account.presence.changed.connect(lambda peer: self.changed.emit(key(peer)))

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self.reset.emit()

    def _on_account_removed(self, jid: JID) -> None:
        self.reset.emit()
