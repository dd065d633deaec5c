"""How one row of the list of invitations is painted."""

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.ui import theme
from pars_desktop.ui.invitations.invitation_model import LINE, Line
from pars_desktop.ui.rows import Index, paint_ground, paint_text

_PADDING = 10


class InvitationRowDelegate(QStyledItemDelegate):
    """For whom it is, and when it ends; below, what became of it, and when it was made."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, row_height(option.font))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
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
        line, worn = self._line, self._worn
        card = QRectF(self._option.rect).adjusted(1, 1, -1, -1)
        paint_ground(self._painter, self._option, card, worn.sidebar)
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
        said = " · ".join(part for part in (line.limits, line.state, line.account) if part)
        self._paint_text(below, said, body, colour)

    def _paint_right(self, place: QRect, text: str, font: QFont, colour: QColor) -> int:
        """Where the words at the left have to end."""
        if not text:
            return place.right()
        width = min(QFontMetrics(font).horizontalAdvance(text) + 1, place.width() * 2 // 3)
        end = QRect(place.right() - width, place.top(), width, place.height())
        self._paint_text(end, text, font, colour)
        return end.left() - theme.RELATED

    def _paint_text(self, place: QRect, text: str, font: QFont, colour: QColor) -> None:
        paint_text(self._painter, self._option, place, text, font, colour)
