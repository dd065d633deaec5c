"""The chats as a Qt model: newest first, searched by name and address."""

from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.contact import Availability, Progress
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.message import Delivery, Direction
from pars_desktop.ui import account_state, when
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.plain_text import one_line

CONVERSATION = Qt.ItemDataRole.UserRole
SECOND_LINE = CONVERSATION + 1
ACCOUNT = CONVERSATION + 2  # as whom one speaks there, in short; empty if there is one account

translate = QCoreApplication.translate

_Index = QModelIndex | QPersistentModelIndex
_FLOOD = 20  # this many changes at a time, and reading everything again is faster
_NEVER = datetime.min.replace(tzinfo=UTC)
_ROOT = QModelIndex()


class Standing(Enum):
    """What there is to say of a friendship that was asked for, beside how far it has come."""

    UNSENT = "unsent"  # it goes out with the next session
    DECLINED = "declined"  # they said no


class ChatListModel(QAbstractListModel):
    """One row per chat of all accounts."""

    def __init__(
        self,
        conversations: Conversations,
        parent: QObject | None = None,
        now: Callable[[], datetime] = when.now,
        standing_of: Callable[[Conversation], Standing | None] = lambda _: None,
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._now = now
        self._standing_of = standing_of
        self._all: dict[ChatKey, Conversation] = {}
        self._shown: list[Conversation] = []
        self._words: list[str] = []
        self._midnight = QTimer(self, singleShot=True)
        self._midnight.timeout.connect(self._on_midnight)
        self._on_midnight()
        self._changes = Gather(self, self._take_changes)
        bind(self, conversations.changed, self._changes.add)
        bind(self, conversations.removed, self._on_removed)
        bind(self, conversations.reset, self.reload)
        self.reload()

    def reload(self) -> None:
        """Read everything again."""
        self._changes.forget()
        self.beginResetModel()
        self._all = {row.key: row for row in self._conversations.rows()}
        self._arrange()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show only chats whose name or address holds every word of text."""
        words = text.casefold().split()
        if words != self._words:
            self.beginResetModel()
            self._words = words
            self._arrange()
            self.endResetModel()

    @property
    def has_chats(self) -> bool:
        """There is a chat, whether or not the search shows it."""
        return bool(self._all)

    @property
    def unread(self) -> int:
        """How many messages wait in all chats together."""
        return sum(chat.unread for chat in self._all.values())

    def refresh(self, key: ChatKey) -> None:
        """What stands in its row may be another now."""
        self._changes.add(key)

    def refresh_waiting(self) -> None:
        """An account went online or offline: what is waited for is another thing now."""
        for row, chat in enumerate(self._shown):
            if chat.is_waiting:
                self.dataChanged.emit(self.index(row), self.index(row))

    def index_of(self, key: ChatKey) -> QModelIndex:
        """Where a chat is in the list; an invalid index if it is not shown."""
        row = self._row_of(key)
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        chat = self._shown[index.row()]
        if role == CONVERSATION:
            return chat
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(chat.title)
        if role == SECOND_LINE:
            return self._last_line(chat) or (
                _as_account(chat) if self._has_several_accounts else ""
            )
        if role == ACCOUNT:
            return self._mark(chat)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = spoken(chat, self._now(), self._last_line(chat))
            return f"{said} ({_as_account(chat)})" if self._has_several_accounts else said
        if role == Qt.ItemDataRole.ToolTipRole:
            address = str(chat.key.peer)
            return f"{address}\n{_as_account(chat)}" if self._has_several_accounts else address
        return None

    @property
    def _has_several_accounts(self) -> bool:
        return len(self._conversations.accounts) > 1

    def _last_line(self, chat: Conversation) -> str:
        return last_line(chat, self._standing_of(chat))

    def _mark(self, chat: Conversation) -> str:
        """The same person can be here once for each of our accounts; where nothing was said yet,
        the second line tells which."""
        if not self._has_several_accounts or not self._last_line(chat):
            return ""
        return account_state.short(chat.key.account, self._conversations.accounts)

    def _arrange(self) -> None:
        self._shown = sorted(filter(self._matches, self._all.values()), key=_place)

    def _matches(self, chat: Conversation) -> bool:
        if not self._words:
            return True
        text = f"{chat.name} {chat.key.peer}".casefold()
        return all(word in text for word in self._words)

    def _row_of(self, key: ChatKey) -> int | None:
        return next((row for row, chat in enumerate(self._shown) if chat.key == key), None)

    def _take_changes(self, keys: list[ChatKey]) -> None:
        changed = dict.fromkeys(keys)
        if len(changed) > _FLOOD:
            self.reload()
        else:
            for key in changed:
                self._update(key)

    def _update(self, key: ChatKey) -> None:
        chat = self._conversations.row(key)
        if chat is None:
            self._on_removed(key)
            return
        old = self._row_of(key) if key in self._all else None
        self._all[key] = chat
        if not self._matches(chat):
            self._take_out(old)
        elif old is None:
            row = bisect_left(self._shown, _place(chat), key=_place)
            self.beginInsertRows(_ROOT, row, row)
            self._shown.insert(row, chat)
            self.endInsertRows()
        else:
            self._move(old, chat)

    def _on_removed(self, key: ChatKey) -> None:
        self._all.pop(key, None)
        self._take_out(self._row_of(key))

    def _take_out(self, row: int | None) -> None:
        if row is not None:
            self.beginRemoveRows(_ROOT, row, row)
            del self._shown[row]
            self.endRemoveRows()

    def _move(self, old: int, chat: Conversation) -> None:
        others = self._shown[:old] + self._shown[old + 1 :]
        new = bisect_left(others, _place(chat), key=_place)
        if new != old:
            # Qt counts the target before the row has left its place.
            self.beginMoveRows(_ROOT, old, old, _ROOT, new if new < old else new + 1)
            self._shown = [*others[:new], chat, *others[new:]]
            self.endMoveRows()
        self._shown[new] = chat
        self.dataChanged.emit(self.index(new), self.index(new))

    def _on_midnight(self) -> None:
        self._midnight.start(int(when.until_midnight(self._now()).total_seconds() * 1000))
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))


def _place(chat: Conversation) -> tuple[float, str, str]:
    return (-(chat.last_at or _NEVER).timestamp(), chat.title.casefold(), str(chat.key.peer))


def _as_account(chat: Conversation) -> str:
    return translate("ChatList", "as {account}").format(account=chat.key.account)


def last_line(chat: Conversation, standing: Standing | None = None) -> str:
    """The second line of a row: a draft, the last message, or how far the friendship is."""
    if chat.draft.strip():
        return translate("ChatList", "Draft: {text}").format(text=one_line(chat.draft))
    if chat.progress is Progress.ACCEPTED:
        return translate("ChatList", "They accepted")
    if chat.progress is Progress.EXPIRED:
        return translate("ChatList", "The invitation has probably ended")
    if chat.progress is not None and chat.progress.came_back:
        return translate("ChatList", "Cannot be reached")
    if standing is Standing.UNSENT:
        return translate("ChatList", "Not sent yet: you are offline")
    if chat.is_waiting:
        return translate("ChatList", "Waiting for their answer")
    if chat.is_estranged:
        declined = standing is Standing.DECLINED
        apart = translate("ChatList", "Declined your request") if declined else ""
        apart = apart or translate("ChatList", "Not friends now")
        return " · ".join(filter(None, (apart, _last_words(chat))))
    return _last_words(chat)


def _last_words(chat: Conversation) -> str:
    text = one_line(chat.last_text)
    if text and chat.last_direction is Direction.OUT:
        return translate("ChatList", "You: {text}").format(text=text)
    if not text and chat.is_newcomer:
        return translate("ChatList", "Came by invitation")
    return text


def availability_word(availability: Availability) -> str:
    """Whether somebody is around, in a word or two."""
    return {
        Availability.OFFLINE: translate("ChatList", "offline"),
        Availability.ONLINE: translate("ChatList", "online"),
        Availability.CHAT: translate("ChatList", "online"),
        Availability.AWAY: translate("ChatList", "away"),
        Availability.XA: translate("ChatList", "away for long"),
        Availability.DND: translate("ChatList", "do not disturb"),
    }[availability]


def spoken(chat: Conversation, today: datetime, line: str) -> str:
    """A row for a screen reader: the name first, then everything the row shows."""
    parts = [one_line(chat.title)]
    if chat.availability is not Availability.OFFLINE:
        parts.append(availability_word(chat.availability))
    if chat.unread:
        parts.append(translate("ChatList", "%n unread", None, chat.unread))
    if chat.last_delivery is Delivery.FAILED:
        parts.append(translate("ChatList", "not sent"))
    if chat.last_at is not None:
        parts.append(when.moment(chat.last_at, today))
    return ", ".join(parts) + (f": {line}" if line else "")
