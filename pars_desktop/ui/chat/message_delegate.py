"""Paints messages, and remembers how they were laid out."""

from datetime import timedelta
from math import ceil

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.ui import icons, theme, when
from pars_desktop.ui.chat.entry import Entry
from pars_desktop.ui.chat.link_text import Link
from pars_desktop.ui.chat.message_model import ENTRY
from pars_desktop.ui.chat.message_row import Row, Words, lay_out

PATIENCE = timedelta(minutes=1)  # an unsent message says why after this
_KEPT = 600  # laid-out messages
_TICKS = {
    Delivery.QUEUED: "clock",
    Delivery.SENT: "tick",
    Delivery.DELIVERED: "ticks",
    Delivery.FAILED: "warning",
}

_Index = QModelIndex | QPersistentModelIndex
translate = QCoreApplication.translate

# Why a message came back (RFC 6120 §8.3.3): the address may not exist.
_NOBODY = ("item-not-found", "gone", "jid-malformed")
NOWHERE = frozenset({*_NOBODY, "remote-server-not-found"})


class MessageDelegate(QStyledItemDelegate):
    """Lays every message out once per width, and paints from that."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view
        self._rows: dict[int, tuple[Entry, int, Words, Row]] = {}
        self._steps: dict[int, int] = {}  # "Show more" presses, by message
        self.why_waiting = ""  # said below messages that wait for longer than PATIENCE
        self.selection: tuple[int, int, int] | None = None  # message, from and to which place
        self.hovered: tuple[int, Link] | None = None  # message, and the link under the mouse
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(view.scheduleDelayedItemsLayout)

    def forget(self) -> None:
        """Another chat, or another font."""
        self._rows.clear()
        self._steps.clear()
        self.selection = self.hovered = None

    def show_more(self, message: Message) -> None:
        """Show a longer part of a long message."""
        self._steps[message.id] = self.steps(message) + 1
        self._rows.pop(message.id, None)

    def steps(self, message: Message) -> int:
        """How often more of a message was asked for."""
        return self._steps.get(message.id, 0)

    def row(self, index: _Index) -> Row:
        """A message laid out for the width of the list."""
        entry: Entry = index.data(ENTRY)
        width = self._view.viewport().width()
        words = self._words(entry.message)
        kept = self._rows.get(entry.message.id)
        if kept is not None and kept[0] is entry and kept[1] == width and kept[2] == words:
            return kept[3]
        made = lay_out(entry, width, self._view.font(), words, self.steps(entry.message))
        if len(self._rows) >= _KEPT:
            del self._rows[next(iter(self._rows))]
        self._rows[entry.message.id] = (entry, width, words, made)
        return made

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, int(self.row(index).height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(option.rect)
        painter.translate(option.rect.topLeft())
        row = self.row(index)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        _Painting(painter, row, self._view.font(), self._formats(row)).paint(
            self._words(row.entry.message), has_focus=has_focus
        )
        painter.restore()

    def _words(self, message: Message) -> Words:
        more = translate("Messages", "Show more")
        if message.delivery is Delivery.FAILED:
            return Words(failure(message.error), translate("Messages", "Send again"), more)
        if message.delivery is Delivery.QUEUED:
            left = message.at + PATIENCE - when.now()
            if left <= timedelta(0):
                return Words(self.why_waiting, "", more)
            if not self._patience.isActive():
                self._patience.start(ceil(left.total_seconds() * 1000))
        return Words(more=more)

    def _formats(self, row: Row) -> list[QTextLayout.FormatRange]:
        worn = theme.colours()
        message_id = row.entry.message.id
        ranges = []
        for link in row.links:
            shown = QTextCharFormat()
            shown.setForeground(worn.accent)
            shown.setFontUnderline(self.hovered == (message_id, link))
            ranges.append(_range(link.start, link.end, shown))
        if self.selection is not None and self.selection[0] == message_id:
            marked = QTextCharFormat()
            marked.setBackground(worn.accent)
            marked.setForeground(worn.on_accent)
            start, end = sorted(self.selection[1:])
            ranges.append(_range(start, end, marked))
        return ranges


class _Painting:
    """One painting of one message."""

    def __init__(
        self, painter: QPainter, row: Row, font: QFont, formats: list[QTextLayout.FormatRange]
    ) -> None:
        self._painter = painter
        self._row = row
        self._small = theme.font(theme.SMALL, base=font)
        self._formats = formats
        self._worn = theme.colours()

    def paint(self, words: Words, *, has_focus: bool) -> None:
        row = self._row
        self._painter.setFont(self._small)
        if row.day_line is not None:
            self._write(row.day_line, row.entry.day, self._worn.secondary, centred=True)
        if row.new_line is not None:
            self._paint_new_line(row.new_line)
        self._paint_bubble(has_focus=has_focus)
        self._paint_text()
        if row.more is not None:
            self._write(row.more, words.more, self._worn.accent)
        if row.time is not None:
            self._write(row.time, when.clock(row.entry.message.at), self._worn.secondary)
        if row.tick is not None:
            self._paint_tick(row.tick)
        if row.note is not None:
            failed = row.entry.message.delivery is Delivery.FAILED
            colour = self._worn.danger if failed else self._worn.secondary
            self._write(row.note, words.note, colour)
        if row.again is not None:
            self._write(row.again, words.again, self._worn.accent)

    def _paint_bubble(self, *, has_focus: bool) -> None:
        ours = self._row.entry.message.direction is Direction.OUT
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._worn.bubble_ours if ours else self._worn.bubble_theirs)
        corner = theme.BUBBLE_CORNER
        self._painter.drawRoundedRect(self._row.bubble, corner, corner)
        if has_focus:
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.setPen(QPen(self._worn.focus_ring, theme.RING))
            ring = self._row.bubble.adjusted(1, 1, -1, -1)
            self._painter.drawRoundedRect(ring, corner - 1, corner - 1)

    def _paint_text(self) -> None:
        """Clipped to the bubble, whatever marks are piled up over the letters (M-8)."""
        self._painter.save()
        self._painter.setClipRect(self._row.bubble, Qt.ClipOperation.IntersectClip)
        self._painter.setPen(self._worn.text)
        clip = self._painter.clipBoundingRect()
        self._row.text.draw(self._painter, self._row.text_at, self._formats, clip)
        self._painter.restore()

    def _paint_tick(self, place: QRectF) -> None:
        delivery = self._row.entry.message.delivery
        colour = self._worn.danger if delivery is Delivery.FAILED else self._worn.secondary
        icons.paint_icon(self._painter, _TICKS[delivery], colour, place.toRect())

    def _paint_new_line(self, place: QRectF) -> None:
        text = translate("Messages", "New messages")
        metrics = self._painter.fontMetrics()
        half = metrics.horizontalAdvance(text) / 2 + 12
        middle, y = place.center().x(), place.center().y()
        self._painter.setPen(QPen(self._worn.accent, 1))
        self._painter.drawLine(QPointF(place.left(), y), QPointF(middle - half, y))
        self._painter.drawLine(QPointF(middle + half, y), QPointF(place.right(), y))
        self._write(place, text, self._worn.accent, centred=True)

    def _write(self, place: QRectF, text: str, colour: QColor, *, centred: bool = False) -> None:
        self._painter.setPen(colour)
        side = Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        if centred:
            flags = side | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(place, int(flags), text)


def failure(condition: str) -> str:
    """Why a message could not be delivered (RFC 6120 §8.3.3), for the line below it."""
    unreachable = ("remote-server-not-found", "remote-server-timeout")
    refused = (
        "forbidden",
        "not-allowed",
        "not-authorized",
        "not-acceptable",
        "policy-violation",
        "subscription-required",
    )
    if condition in _NOBODY:
        return translate("Messages", "Not sent. Nobody has this address.")
    if condition in unreachable:
        return translate("Messages", "Not sent. Their server cannot be reached.")
    if condition in refused:
        return translate("Messages", "Not sent. Their server did not accept it.")
    if condition == "resource-constraint":
        return translate("Messages", "Not sent. It is too long, or their mailbox is full.")
    return translate("Messages", "Not sent. It could not be delivered.")


def _range(start: int, end: int, shown: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, end - start, shown
    return made
