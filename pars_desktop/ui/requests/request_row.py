"""How one row of the requests is painted: the address first, since only that can be trusted."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.core.requests import Request
from pars_desktop.ui import avatar, theme, when
from pars_desktop.ui.plain_text import showable
from pars_desktop.ui.requests.request_model import DOUBTED, REQUEST, SECOND_LINE

_PADDING = 8

_Index = QModelIndex | QPersistentModelIndex


class RequestDelegate(QStyledItemDelegate):
    """Avatar, address, and below it what there is to know; at the right the time."""

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], datetime] = when.now
    ) -> None:
        super().__init__(parent)
        self._now = now

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        lines = QFontMetrics(option.font).height() * 2 + theme.UNIT
        return QSize(0, max(theme.AVATAR + 2 * _PADDING, lines + 2 * _PADDING))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_ground(painter, option)
        request: Request = index.data(REQUEST)
        worn, card = theme.colours(), option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        face = QRect(card.left(), card.center().y() - theme.AVATAR // 2 + 1, 0, 0)
        face.setSize(QSize(theme.AVATAR, theme.AVATAR))
        avatar.paint(painter, QRectF(_mirrored(option, face)), str(request.jid))

        small = theme.font(theme.SMALL, base=option.font)
        line = QFontMetrics(option.font).height()
        left = face.right() + 12
        said = index.data(SECOND_LINE)
        lines = 2 * line + theme.UNIT if said else line
        top = card.center().y() - lines // 2 + 1
        who = QRect(left, top, card.right() - left, line)
        below = who.translated(0, line + theme.UNIT)
        if request.at is not None:
            text = when.moment(request.at, self._now())
            width = QFontMetrics(small).horizontalAdvance(text) + 1
            place = QRect(who.right() - width, top, width, line)
            _paint_text(painter, option, place, text, small, worn.secondary)
            who.setRight(place.left() - theme.RELATED)
        bold = theme.font(weight=QFont.Weight.DemiBold, base=option.font)
        # Both ends can be seen: of a domain, the last says whose it is.
        metrics = QFontMetrics(bold)
        shown = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, who.width())
        _paint_text(painter, option, who, shown, bold, worn.text)
        colour = worn.warning if index.data(DOUBTED) else worn.secondary
        _paint_text(painter, option, below, said, small, colour)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    worn = theme.colours()
    selected = option.state & QStyle.StateFlag.State_Selected
    painter.setPen(Qt.PenStyle.NoPen)
    if selected or option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(worn.accent_soft if selected else worn.sidebar)
        painter.drawRoundedRect(option.rect, theme.CORNER, theme.CORNER)
    if option.state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(QPen(worn.focus_ring, theme.RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ring = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(ring, theme.CORNER - 1, theme.CORNER - 1)


def _paint_text(
    painter: QPainter,
    option: QStyleOptionViewItem,
    place: QRect,
    text: str,
    font: QFont,
    colour: QColor,
) -> None:
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
    painter.drawText(_mirrored(option, place), flags | Qt.TextFlag.TextSingleLine, shown)


def _mirrored(option: QStyleOptionViewItem, place: QRect) -> QRect:
    return QStyle.visualRect(option.direction, option.rect, place)
