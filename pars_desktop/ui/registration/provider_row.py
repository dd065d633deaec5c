"""How one server of the list is painted: its name, and below it what is known about it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import showable
from pars_desktop.ui.registration.provider_model import FACTS

_PADDING = 8

_Index = QModelIndex | QPersistentModelIndex


class ProviderRowDelegate(QStyledItemDelegate):
    """Two lines; the chosen one and the one under the pointer have a ground."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        small = QFontMetrics(theme.font(theme.SMALL, base=option.font))
        lines = QFontMetrics(option.font).height() + small.height()
        return QSize(0, lines + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        worn = theme.colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = _mirrored(option, option.rect.adjusted(0, 1, -theme.UNIT, -1))
        ground = None
        if option.state & QStyle.StateFlag.State_Selected:
            ground = worn.accent_soft
        elif option.state & QStyle.StateFlag.State_MouseOver:
            ground = worn.sidebar
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(card, theme.CORNER, theme.CORNER)
        name = theme.font(weight=QFont.Weight.DemiBold, base=option.font)
        small = theme.font(theme.SMALL, base=option.font)
        line = QRect(card).adjusted(_PADDING, _PADDING - 1, -_PADDING, 0)
        line.setHeight(QFontMetrics(name).height())
        _paint_text(painter, option, line, index.data(), name, worn.text)
        line.translate(0, line.height())
        line.setHeight(QFontMetrics(small).height())
        _paint_text(painter, option, line, index.data(FACTS), small, worn.secondary)
        painter.restore()


def _paint_text(
    painter: QPainter,
    option: QStyleOptionViewItem,
    place: QRect,
    text: str,
    font: QFont,
    colour: QColor,
) -> None:
    """The place is the mirrored one already: text begins where it begins to be read."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(showable(text), Qt.TextElideMode.ElideRight, place.width())
    painter.setFont(font)
    painter.setPen(colour)
    start = (
        Qt.AlignmentFlag.AlignRight
        if option.direction == Qt.LayoutDirection.RightToLeft
        else Qt.AlignmentFlag.AlignLeft
    )
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | start
    painter.drawText(place, flags | Qt.TextFlag.TextSingleLine, shown)


def _mirrored(option: QStyleOptionViewItem, place: QRect) -> QRect:
    return QStyle.visualRect(option.direction, option.rect, place)
