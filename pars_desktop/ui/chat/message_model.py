"""The messages of one chat as a Qt model: a window of some pages over however many there are.

QListView asks every row for its height whenever one comes, so there are never more than MOST
rows; pages that leave at one end are read again when the person comes back.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Direction, Message
from pars_desktop.ui import when
from pars_desktop.ui.bind import bind
from pars_desktop.ui.chat.entry import Entry, delivery_word, entry_of
from pars_desktop.ui.gather import Gather

PAGE = 50
MOST = 200  # rows at a time
ENTRY = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

translate = QCoreApplication.translate


class MessageModel(QAbstractListModel):
    """What the message list shows now."""

    came = Signal(list)  # these messages of theirs came at the end, shown or not

    def __init__(
        self,
        conversations: Conversations,
        parent: QObject | None = None,
        now: Callable[[], datetime] = when.now,
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._now = now
        self._key: ChatKey | None = None
        self._sender = ""
        self._rows: list[Message] = []
        self._entries: dict[int, tuple[Message | None, Message | None, Entry]] = {}
        self._first_new = 0  # the id of the first message that was unread when the chat opened
        self._older = False  # there is more above the first row
        self._below: deque[Message] = deque()  # the first of each page let go below, nearest first
        self._last_size = 0  # how many messages the last of those pages has; the others have PAGE
        self._stale = False  # the archive brought something that may belong below
        self.follows = True  # the end is in sight: what comes shall be shown
        self._arriving = Gather(self, self._take_arriving)
        self._midnight = QTimer(self, singleShot=True)
        self._midnight.timeout.connect(self._on_midnight)
        bind(self, conversations.message_added, self._on_added)
        bind(self, conversations.message_changed, self._on_changed)
        bind(self, conversations.history_added, self._on_history)

    def open(self, key: ChatKey | None, sender: str = "", unread: int = 0) -> None:
        """Show the end of a chat, at least back to the first unread message (within MOST)."""
        self.beginResetModel()
        self._key, self._sender = key, sender
        self._arriving.forget()
        self._load_end(min(max(PAGE, unread + 10), MOST))
        self._first_new = self._find_first_new(unread)
        self._forget_entries()
        self.endResetModel()

    def rename(self, sender: str) -> None:
        """The person has another name now."""
        if sender != self._sender:
            self._sender = sender
            if self._rows:
                self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def show_end(self) -> None:
        """Make the newest message the last row."""
        if self._below or self._stale:
            self._reset_to_end(PAGE)

    @property
    def has_older(self) -> bool:
        """There are messages above the first row."""
        return self._older

    @property
    def has_newer(self) -> bool:
        """There are messages below the last row."""
        return bool(self._below)

    @property
    def first_new_row(self) -> int | None:
        """The row below the line "New messages"."""
        return self._row_of(self._first_new) if self._first_new else None

    def seen_new(self) -> None:
        """The person has written: what was new is not new any more."""
        row = self.first_new_row
        self._first_new = 0
        if row is not None:
            self._forget_entries()
            self._refresh(row)
            self._refresh(row - 1)

    def fetch_older(self) -> int:
        """Load a page above the first row; how many rows came."""
        if self._key is None or not self._older or not self._rows:
            return 0
        page = self._conversations.page(self._key, self._rows[0], PAGE)
        self._older = len(page) == PAGE
        if page:
            self.beginInsertRows(_ROOT, 0, len(page) - 1)
            self._rows[:0] = page
            self.endInsertRows()
            self._refresh(len(page))
            self._trim_end()
        return len(page)

    def fetch_newer(self) -> int:
        """Load the page below the last row that was let go before; how many rows came."""
        if self._key is None or not self._below:
            return 0
        if self._stale:
            self._reset_to_end(PAGE)
            return PAGE
        self._below.popleft()
        before, count = (self._below[0], PAGE) if self._below else (None, self._last_size)
        page = self._conversations.page(self._key, before, count)
        self._append(page)
        self._trim_start()
        return len(page)

    def message(self, row: int) -> Message:
        """The message of a row."""
        return self._rows[row]

    def entry(self, row: int) -> Entry:
        """A message with what its neighbours make of it; the same object until that changes."""
        message = self._rows[row]
        above = self._rows[row - 1] if row else None
        below = self._rows[row + 1] if row + 1 < len(self._rows) else None
        seen = self._entries.get(message.id)
        if (
            seen is not None
            and seen[0] is above
            and seen[1] is below
            and seen[2].message is message
        ):
            return seen[2]
        entry = entry_of(message, above, below, self._first_new, self._now())
        self._entries[message.id] = (above, below, entry)
        return entry

    def sender_of(self, message: Message) -> str:
        """Who wrote it, as a screen reader says it."""
        if message.direction is Direction.OUT:
            return translate("Messages", "You")
        return self._sender

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        message = self._rows[index.row()]
        if role == ENTRY:
            return self.entry(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return message.body
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(message)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return when.day(message.at, self._now())
        return None

    def _spoken(self, message: Message) -> str:
        text = f"{self.sender_of(message)}, {when.clock(message.at)}: {message.body}"
        if message.direction is Direction.IN:
            return text
        return f"{text} ({delivery_word(message.delivery)})"

    def _forget(self, messages: list[Message]) -> None:
        for message in messages:
            self._entries.pop(message.id, None)

    def _forget_entries(self) -> None:
        self._entries.clear()
        self._midnight.start(int(when.until_midnight(self._now()).total_seconds() * 1000))

    def _on_midnight(self) -> None:
        """Today is yesterday now."""
        self._forget_entries()
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    # --- loading ---------------------------------------------------------------------------------

    def _load_end(self, count: int) -> None:
        self._rows = self._conversations.page(self._key, None, count) if self._key else []
        self._older = len(self._rows) == count
        self._below.clear()
        self._stale = False

    def _reset_to_end(self, count: int) -> None:
        self.beginResetModel()
        self._load_end(count)
        self.endResetModel()

    def _find_first_new(self, unread: int) -> int:
        theirs = [message for message in self._rows if message.direction is Direction.IN]
        return theirs[-unread].id if 0 < unread <= len(theirs) else 0

    def _append(self, messages: list[Message]) -> None:
        if messages:
            first = len(self._rows)
            self.beginInsertRows(_ROOT, first, first + len(messages) - 1)
            self._rows += messages
            self.endInsertRows()
            self._refresh(first - 1)

    def _refresh(self, row: int) -> None:
        """A row has other neighbours now, and may look different."""
        if 0 <= row < len(self._rows):
            self.dataChanged.emit(self.index(row), self.index(row))

    def _trim_start(self) -> None:
        spare = len(self._rows) - MOST
        if spare > 0:
            self.beginRemoveRows(_ROOT, 0, spare - 1)
            self._forget(self._rows[:spare])
            del self._rows[:spare]
            self._older = True
            self.endRemoveRows()
            self._refresh(0)

    def _trim_end(self) -> None:
        while len(self._rows) > MOST:
            first = len(self._rows) - PAGE
            if not self._below:
                self._last_size = PAGE
            self._below.appendleft(replace(self._rows[first], body=""))
            self.beginRemoveRows(_ROOT, first, len(self._rows) - 1)
            self._forget(self._rows[first:])
            del self._rows[first:]
            self.endRemoveRows()
            self._refresh(first - 1)

    # --- listening -------------------------------------------------------------------------------

    def _on_added(self, key: ChatKey, message: Message) -> None:
        if key == self._key:
            self._arriving.add(message)
            if message.direction is Direction.OUT:
                self._arriving.flush()

    def _take_arriving(self, arrived: list[Message]) -> None:
        last = _order(self._rows[-1]) if self._rows else None
        known = {message.id for message in self._rows[-len(arrived) - 1 :]}
        came = sorted((each for each in arrived if each.id not in known), key=_order)
        if not came:
            return
        if self._below:
            self._note_below(came)
        elif self.follows and len(came) > PAGE:
            self._reset_to_end(PAGE)
        elif last is not None and _order(came[0]) < last:
            self._reset_to_end(min(MOST, len(self._rows) + len(came)))  # one comes late
        else:
            self._append(came)
            if self.follows:
                self._trim_start()
            else:
                self._trim_end()
        self.came.emit([message for message in came if message.direction is Direction.IN])

    def _note_below(self, came: list[Message]) -> None:
        """They belong to pages that are not loaded."""
        for message in came:
            if self._last_size == PAGE:
                self._below.append(replace(message, body=""))
                self._last_size = 0
            self._last_size += 1

    def _on_changed(self, key: ChatKey, message: Message) -> None:
        if key == self._key and (row := self._row_of(message.id)) is not None:
            self._rows[row] = message
            self.dataChanged.emit(self.index(row), self.index(row))
            self._refresh(row - 1)

    def _on_history(self, key: ChatKey) -> None:
        if key != self._key:
            return
        if self._below:
            self._stale = True
        else:
            self._reset_to_end(min(MOST, max(PAGE, len(self._rows))))

    def _row_of(self, message_id: int) -> int | None:
        rows = range(len(self._rows) - 1, -1, -1)
        return next((row for row in rows if self._rows[row].id == message_id), None)


def _order(message: Message) -> tuple[datetime, int]:
    return message.at, message.id
