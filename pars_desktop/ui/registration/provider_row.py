"""How one server of the list is painted: its name, and below it what is known about it."""

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.ui import theme
from pars_desktop.ui.registration.provider_model import FACTS
from pars_desktop.ui.rows import Index, mirrored, paint_ground, paint_text

_PADDING = 8


class ProviderRowDelegate(QStyledItemDelegate):
    """Two lines; the chosen one and the one under the pointer have a ground."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        small = QFontMetrics(theme.font(theme.SMALL, base=option.font))
        lines = QFontMetrics(option.font).height() + small.height()
        return QSize(0, lines + 2 * _PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        worn = theme.colours()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = option.rect.adjusted(0, 1, -theme.UNIT, -1)
        paint_ground(painter, option, QRectF(mirrored(option, card)), worn.sidebar)
        name = theme.font(weight=QFont.Weight.DemiBold, base=option.font)
        small = theme.font(theme.SMALL, base=option.font)
        line = QRect(card).adjusted(_PADDING, _PADDING - 1, -_PADDING, 0)
        line.setHeight(QFontMetrics(name).height())
        paint_text(painter, option, line, index.data(), name, worn.text)
        line.translate(0, line.height())
        line.setHeight(QFontMetrics(small).height())
        paint_text(painter, option, line, index.data(FACTS), small, worn.secondary)
        painter.restore()
