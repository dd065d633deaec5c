"""How one row of the requests is painted: the address first, since only that can be trusted."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.core.requests import Request
from pars_desktop.ui import avatar, theme, when
from pars_desktop.ui.requests.request_model import DOUBTED, REQUEST, SECOND_LINE
from pars_desktop.ui.rows import Index, mirrored, paint_ground, paint_text

_PADDING = 8


class RequestDelegate(QStyledItemDelegate):
    """Avatar, address, and below it what there is to know; at the right the time."""

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], datetime] = when.now
    ) -> None:
        super().__init__(parent)
        self._now = now

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = QFontMetrics(option.font).height() * 2 + theme.UNIT
        return QSize(0, max(theme.AVATAR + 2 * _PADDING, lines + 2 * _PADDING))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        request: Request = index.data(REQUEST)
        worn, card = theme.colours(), option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        paint_ground(painter, option, QRectF(option.rect), worn.sidebar)
        face = QRect(card.left(), card.center().y() - theme.AVATAR // 2 + 1, 0, 0)
        face.setSize(QSize(theme.AVATAR, theme.AVATAR))
        avatar.paint(painter, QRectF(mirrored(option, face)), str(request.jid))

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
            paint_text(painter, option, place, text, small, worn.secondary)
            who.setRight(place.left() - theme.RELATED)
        bold = theme.font(weight=QFont.Weight.DemiBold, base=option.font)
        # Both ends can be seen: of a domain, the last says whose it is.
        metrics = QFontMetrics(bold)
        shown = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, who.width())
        paint_text(painter, option, who, shown, bold, worn.text)
        colour = worn.warning if index.data(DOUBTED) else worn.secondary
        paint_text(painter, option, below, said, small, colour)
        painter.restore()
