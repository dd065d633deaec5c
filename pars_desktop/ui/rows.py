"""What the rows of all lists have in common: their ground, and words that begin where one reads."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import showable

Index = QModelIndex | QPersistentModelIndex


def paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, card: QRectF, hovered: QColor
) -> None:
    """What is chosen, what is under the pointer (in this colour), and where the keyboard is."""
    worn, state = theme.colours(), option.state
    selected = bool(state & QStyle.StateFlag.State_Selected)
    painter.setPen(Qt.PenStyle.NoPen)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(worn.accent_soft if selected else hovered)
        painter.drawRoundedRect(card, theme.CORNER, theme.CORNER)
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(worn.focus_ring, theme.RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = card.adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(ring, theme.CORNER - 1, theme.CORNER - 1)


def paint_text(
    painter: QPainter,
    option: QStyleOptionViewItem,
    place: QRect,
    text: str,
    font: QFont,
    colour: QColor,
) -> None:
    """One line, cut at its end. The place is that of a language that is read from the left."""
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
    painter.drawText(mirrored(option, place), flags | Qt.TextFlag.TextSingleLine, shown)


def mirrored(option: QStyleOptionViewItem, place: QRect) -> QRect:
    """Where it is in a language that is read from the right, and unchanged in others."""
    return QStyle.visualRect(option.direction, option.rect, place)
