"""The list "Chats": a chat opens when its row becomes selected, by whatever means."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QWidget,
)

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.ui.contacts.chat_model import CONVERSATION, ChatListModel
from pars_desktop.ui.contacts.chat_row import ChatRowDelegate

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect


class ChatList(QListView):
    """The chats of all accounts, one below the other."""

    chosen = Signal(ChatKey)
    writing_wanted = Signal()  # Enter on the chosen chat
    menu_wanted = Signal(ChatKey, QPoint)  # of the friend in a row, at a place on the screen

    def __init__(self, model: ChatListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chats = model
        self._open: ChatKey | None = None
        self.setAccessibleName(self.tr("Chats"))
        self.setItemDelegate(ChatRowDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # It takes what is left, and asks for no more than its least.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setModel(model)  # last: every setting above would lay it out again
        self.selectionModel().selectionChanged.connect(self._on_selection)
        model.modelReset.connect(self._on_reset)
        model.rowsInserted.connect(self._on_reset)

    def select(self, key: ChatKey | None) -> None:
        """Show which chat is open, without saying that the person chose it."""
        self._open = key
        self._mark_open()

    def step(self, rows: int) -> None:
        """Choose the chat so many rows further down."""
        count = self._chats.rowCount()
        if count:
            at = self.currentIndex().row()
            row = min(max(at + rows, 0), count - 1)
            self.selectionModel().setCurrentIndex(self._chats.index(row), _SELECT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(0)  # the row with the ring may not be open yet
            self.writing_wanted.emit()
        elif event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        ):
            self._want_menu(self.currentIndex(), self.visualRect(self.currentIndex()).center())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The right button shows the menu of a friend, and does not open their chat."""
        if event.button() != Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is not QContextMenuEvent.Reason.Keyboard:  # see keyPressEvent
            self._want_menu(self.indexAt(event.pos()), event.pos())

    def _want_menu(self, index: QModelIndex, at: QPoint) -> None:
        if index.isValid():
            key = index.data(CONVERSATION).key
            self.menu_wanted.emit(key, self.viewport().mapToGlobal(at))

    def rowsAboutToBeRemoved(  # noqa: N802 (Qt's name)
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Qt would select a neighbour: a chat that nobody chose would be open."""
        if start <= self.currentIndex().row() <= end:
            self.selectionModel().clear()
        super().rowsAboutToBeRemoved(parent, start, end)

    def _on_selection(self, added: QItemSelection, _removed: QItemSelection) -> None:
        if not added.indexes():
            return
        index = added.indexes()[0]
        # Assistive tools add to the selection; with us, one chat is open at a time.
        self.selectionModel().setCurrentIndex(index, _SELECT)
        key = index.data(CONVERSATION).key
        if key != self._open:
            self._open = key
            self.chosen.emit(key)

    def _on_reset(self) -> None:
        if not self.selectionModel().hasSelection():
            self._mark_open()

    def _mark_open(self) -> None:
        index = self._chats.index_of(self._open) if self._open is not None else None
        if index is not None and index.isValid():
            self.selectionModel().setCurrentIndex(index, _SELECT)
        else:
            self.selectionModel().clear()
