"""The list "Messages": scrolls through a chat of any length; words can be marked and copied."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QMenu, QWidget

from pars_desktop.domain.message import Delivery, Message
from pars_desktop.ui import theme
from pars_desktop.ui.chat.jump_button import JumpButton
from pars_desktop.ui.chat.link_text import Link, piece
from pars_desktop.ui.chat.message_delegate import MessageDelegate
from pars_desktop.ui.chat.message_model import MessageModel
from pars_desktop.ui.chat.message_row import Row, length
from pars_desktop.ui.selection import keep_one_selected

_NEAR = 8  # this close to the end counts as the end


class MessageView(QListView):
    """Shows the window of a MessageModel and moves that window as the person scrolls."""

    link_activated = Signal(str)
    send_again = Signal(object)  # a Message
    typed = Signal(str)  # letters that belong into the composer
    reached_end = Signal()  # the newest message came into sight

    def __init__(self, model: MessageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.messages = model
        self._follow = True
        self._moving = False  # the scroll bar is moved by us
        self._pressed: Link | None = None
        self._unseen = 0
        self.setAccessibleName(self.tr("Messages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setMouseTracking(True)
        self.setAutoScroll(False)
        self.delegate = MessageDelegate(self)
        self.setItemDelegate(self.delegate)
        self.setModel(model)
        keep_one_selected(self)
        self._jump = JumpButton(self)
        self._jump.clicked.connect(self.jump_to_end)
        self.verticalScrollBar().setSingleStep(self.fontMetrics().height() * 2)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)
        model.modelReset.connect(self._on_reset)
        model.came.connect(self._on_came)

    # --- where we are ----------------------------------------------------------------------------

    @property
    def at_end(self) -> bool:
        """The newest message is in sight."""
        return self._follow

    def show_start(self) -> None:
        """After opening a chat: the first new message, or else the end."""
        row = self.messages.first_new_row
        self._set_follow(True)
        self.scrollToBottom()
        if row is not None:
            top = self.visualRect(self.messages.index(row)).top()
            if top < 0:
                self._set_follow(False)
                self._move_bar(self.verticalScrollBar().value() + top - theme.GROUP)
        self._fill()

    def jump_to_end(self) -> None:
        """Show the newest message."""
        self.messages.show_end()
        self._set_follow(True)
        self.scrollToBottom()

    def _set_follow(self, follow: bool) -> None:
        follow = follow and not self.messages.has_newer
        self.messages.follows = follow
        reached = follow and not self._follow
        self._follow = follow
        if follow:
            self._unseen = 0
        self._jump.show_count(self._unseen, visible=not follow)
        if reached:
            self.reached_end.emit()

    def _on_scrolled(self, value: int) -> None:
        self.delegate.hovered = None
        if not self._moving:
            self._set_follow(value >= self.verticalScrollBar().maximum() - _NEAR)
            self._fill()

    def _on_range(self, _least: int, most: int) -> None:
        self.verticalScrollBar().setEnabled(most > 0)
        if self._follow:
            self._move_bar(most)

    def _on_came(self, messages: list[Message]) -> None:
        if not self._follow:
            self._unseen += len(messages)
            self._jump.show_count(self._unseen, visible=True)

    def _on_reset(self) -> None:
        self._pressed = None
        self._unseen = 0
        self._set_follow(True)
        self.delegate.forget()

    def _fill(self) -> None:
        """Load more pages as long as an end of the window is near."""
        bar = self.verticalScrollBar()
        while self.messages.has_older and bar.value() < self.viewport().height():
            if not self._keeping_place(self.messages.fetch_older):
                break
        while self.messages.has_newer and bar.maximum() - bar.value() < self.viewport().height():
            if not self._keeping_place(self.messages.fetch_newer):
                break

    def _keeping_place(self, load: Callable[[], int]) -> int:
        """Load rows above or below; what the person reads stays where it is."""
        seen = self.indexAt(QPoint(self.viewport().width() // 2, self.viewport().height() // 2))
        if not seen.isValid():
            seen = self.messages.index(0)
        kept = QPersistentModelIndex(seen)
        top = self.visualRect(seen).top()
        self._moving = True
        came = load()
        self._moving = False
        if kept.isValid() and not self._follow:
            now = self.visualRect(self.messages.index(kept.row())).top()
            self._move_bar(self.verticalScrollBar().value() + now - top)
        return came

    def _move_bar(self, value: int) -> None:
        self._moving = True
        self.verticalScrollBar().setValue(value)
        self._moving = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.messages.rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(theme.colours().secondary)
            middle = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.viewport().rect(), middle, self.tr("No messages yet"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._jump.move_into(self.viewport().geometry())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.delegate.forget()
            self.scheduleDelayedItemsLayout()
        super().changeEvent(event)

    # --- marking and copying ---------------------------------------------------------------------

    def selected_text(self) -> str:
        """The marked words as they were written, else the whole current message."""
        marked = self.delegate.selection
        index = self.currentIndex()
        if marked is not None and marked[1] != marked[2]:
            message = self._message_with(marked[0])
            if message is not None:
                return piece(message.body, *sorted(marked[1:]))
        return self.messages.message(index.row()).body if index.isValid() else ""

    def copy(self) -> None:
        """Put the marked words, or the current message, on the clipboard."""
        if text := self.selected_text():
            QGuiApplication.clipboard().setText(text)

    def _message_with(self, message_id: int) -> Message | None:
        rows = range(self.messages.rowCount())
        found = (self.messages.message(row) for row in rows)
        return next((message for message in found if message.id == message_id), None)

    def _mark(self, selection: tuple[int, int, int] | None) -> None:
        if selection != self.delegate.selection:
            self.delegate.selection = selection
            self.viewport().update()

    # --- mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index, row, point = self._hit(event.position())
        self._pressed = None
        if event.button() == Qt.MouseButton.LeftButton:
            self._mark(None)
            if row is not None:
                self._press(index, row, point)
        super().mousePressEvent(event)

    def _press(self, index: QModelIndex, row: Row, point: QPointF) -> None:
        message = row.entry.message
        if row.again is not None and row.again.contains(point):
            self.send_again.emit(message)
        elif row.more is not None and row.more.contains(point):
            self._show_more(index)
        elif (place := row.place_at(point)) is not None:
            self._pressed = row.link_at(point)
            self._mark((message.id, place, place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        _index, row, point = self._hit(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event.position())
            return
        link = row.link_at(point) if row is not None else None
        hovered = (row.entry.message.id, link) if row is not None and link is not None else None
        if hovered != self.delegate.hovered:
            self.delegate.hovered = hovered
            self.viewport().update()
        self.viewport().setCursor(_cursor(row, point, link))
        super().mouseMoveEvent(event)

    def _drag(self, position: QPointF) -> None:
        """Extend the mark; it stays within the message where it began."""
        marked = self.delegate.selection
        if marked is None:
            return
        message = self._message_with(marked[0])
        if message is None:
            return
        index = self._index_of(message)
        row = self.delegate.row(index)
        place = row.place_at(position - QPointF(self.visualRect(index).topLeft()), nearest=True)
        if place is not None:
            self._mark((marked[0], marked[1], min(place, length(row))))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        _index, row, point = self._hit(event.position())
        marked = self.delegate.selection
        link = row.link_at(point) if row is not None else None
        clicked = self._pressed is not None and link == self._pressed
        if clicked and link is not None and (marked is None or marked[1] == marked[2]):
            self.link_activated.emit(link.target)
        self._pressed = None
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        _index, row, point = self._hit(event.position())
        place = row.place_at(point) if row is not None else None
        if row is not None and place is not None:
            layout = row.text
            start = layout.previousCursorPosition(place + 1, layout.CursorMode.SkipWords)
            end = layout.nextCursorPosition(place, layout.CursorMode.SkipWords)
            marked = piece(row.text.text(), start, end)
            self._mark((row.entry.message.id, start, end - len(marked) + len(marked.rstrip())))

    def _hit(self, position: QPointF) -> tuple[QModelIndex, Row | None, QPointF]:
        index = self.indexAt(position.toPoint())
        if not index.isValid():
            return index, None, QPointF()
        return (
            index,
            self.delegate.row(index),
            position - QPointF(self.visualRect(index).topLeft()),
        )

    def _index_of(self, message: Message) -> QModelIndex:
        rows = range(self.messages.rowCount())
        row = next(row for row in rows if self.messages.message(row).id == message.id)
        return self.messages.index(row)

    def _show_more(self, index: QModelIndex) -> None:
        self.delegate.show_more(self.messages.message(index.row()))
        self._set_follow(False)
        self.messages.dataChanged.emit(index, index)

    # --- keyboard and menu -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_End:
            self.jump_to_end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        self.typed.emit(search)

    def _activate(self, index: QModelIndex) -> None:
        """Enter on a message: what a click on its one offer would do."""
        if not index.isValid():
            return
        row = self.delegate.row(index)
        if row.again is not None:
            self.send_again.emit(row.entry.message)
        elif row.more is not None:
            self._show_more(index)
        elif row.links:
            self.link_activated.emit(row.links[0].target)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        position = QPointF(event.pos())
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        row = self.delegate.row(index)
        link = None
        if by_mouse:
            link = row.link_at(position - QPointF(self.visualRect(index).topLeft()))
        self.menu_for(row.entry.message, link).popup(event.globalPos())

    def menu_for(self, message: Message, link: Link | None = None) -> QMenu:
        """What can be done with a message."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(self.tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self.copy)
        if link is not None:
            target = link.target
            copy_link = menu.addAction(self.tr("Copy link"))
            copy_link.triggered.connect(lambda: QGuiApplication.clipboard().setText(target))
        if message.delivery is Delivery.FAILED:
            again = menu.addAction(self.tr("Send again"))
            again.triggered.connect(lambda: self.send_again.emit(message))
        return menu


def _cursor(row: Row | None, point: QPointF, link: Link | None) -> Qt.CursorShape:
    if row is None:
        return Qt.CursorShape.ArrowCursor
    pressable = [area for area in (row.more, row.again) if area is not None]
    if link is not None or any(area.contains(point) for area in pressable):
        return Qt.CursorShape.PointingHandCursor
    if row.place_at(point) is not None:
        return Qt.CursorShape.IBeamCursor
    return Qt.CursorShape.ArrowCursor
