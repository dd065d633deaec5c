"""How one row of the list of invitations is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.ui import theme
from pars_desktop.ui.invitations.invitation_model import LINE, Line
from pars_desktop.ui.plain_text import showable

_PADDING = 10
_Index = QModelIndex | QPersistentModelIndex


class InvitationRowDelegate(QStyledItemDelegate):
    """For whom it is, and when it ends; below, what became of it, and when it was made."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(0, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _Row(painter, option, index.data(LINE)).paint()
        painter.restore()


def row_height(font: QFont) -> int:
    """How high a row is."""
    return 2 * QFontMetrics(font).height() + theme.UNIT + 2 * _PADDING


class _Row:
    """One painting of one row."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, line: Line) -> None:
        self._painter = painter
        self._option = option
        self._line = line
        self._worn = theme.colours()

    def paint(self) -> None:
        self._paint_ground()
        line, worn = self._line, self._worn
        body = self._option.font
        small = theme.font(theme.SMALL, base=body)
        bold = theme.font(weight=QFont.Weight.DemiBold, base=body)
        height = QFontMetrics(body).height()
        inner = self._option.rect.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        above = QRect(inner.left(), inner.top(), inner.width(), height)
        below = above.translated(0, height + theme.UNIT)
        above.setRight(self._paint_right(above, line.ends, small, worn.secondary))
        below.setRight(self._paint_right(below, line.made, small, worn.secondary))
        title = worn.text if line.waits else worn.secondary
        self._paint_text(above, line.title, bold, title)
        colour = worn.accent if line.waits else worn.good if line.invite.uses else worn.secondary
        said = " · ".join(part for part in (line.state, line.account) if part)
        self._paint_text(below, said, body, colour)

    def _paint_ground(self) -> None:
        state, card = self._option.state, QRectF(self._option.rect).adjusted(1, 1, -1, -1)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        self._painter.setPen(Qt.PenStyle.NoPen)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            self._painter.setBrush(self._worn.accent_soft if selected else self._worn.sidebar)
            self._painter.drawRoundedRect(card, theme.CORNER, theme.CORNER)
        if state & QStyle.StateFlag.State_HasFocus:
            self._painter.setPen(QPen(self._worn.focus_ring, theme.RING))
            self._painter.setBrush(Qt.BrushStyle.NoBrush)
            self._painter.drawRoundedRect(card, theme.CORNER, theme.CORNER)

    def _paint_right(self, place: QRect, text: str, font: QFont, colour: QColor) -> int:
        """Where the words at the left have to end."""
        if not text:
            return place.right()
        width = min(QFontMetrics(font).horizontalAdvance(text) + 1, place.width() * 2 // 3)
        end = QRect(place.right() - width, place.top(), width, place.height())
        self._paint_text(end, text, font, colour)
        return end.left() - theme.RELATED

    def _paint_text(self, place: QRect, text: str, font: QFont, colour: QColor) -> None:
        shown = QFontMetrics(font).elidedText(
            showable(text), Qt.TextElideMode.ElideRight, place.width()
        )
        mirrored = QStyle.visualRect(self._option.direction, self._option.rect, place)
        self._painter.setFont(font)
        self._painter.setPen(colour)
        flags = QStyle.visualAlignment(
            self._option.direction, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self._painter.drawText(mirrored, flags | Qt.TextFlag.TextSingleLine, shown)
