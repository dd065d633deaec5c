"""How one server of the list is painted: its name, and below it what is known about it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.ui import theme
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
        card = option.rect.adjusted(0, 1, -theme.UNIT, -1)
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
        painter.setPen(worn.text)
        _write(painter, line, name, index.data())
        line.translate(0, line.height())
        line.setHeight(QFontMetrics(small).height())
        painter.setPen(worn.secondary)
        _write(painter, line, small, index.data(FACTS))
        painter.restore()


def _write(painter: QPainter, where: QRect, font: QFont, text: str) -> None:
    painter.setFont(font)
    fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)
