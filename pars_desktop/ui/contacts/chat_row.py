"""How one row of the chat list is painted."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pars_desktop.domain.contact import Availability
from pars_desktop.domain.conversation import Conversation
from pars_desktop.domain.message import Delivery
from pars_desktop.ui import avatar, icons, theme, when
from pars_desktop.ui.contacts.chat_model import ACCOUNT, CONVERSATION, SECOND_LINE
from pars_desktop.ui.plain_text import one_line, showable
from pars_desktop.ui.rows import Index, mirrored, paint_ground, paint_text

_INSET = 4  # the row's card inside the row
_PADDING = 8  # inside the card
_DOT = 12
_MARK_SHARE = 0.4  # of the last line, at most


class ChatRowDelegate(QStyledItemDelegate):
    """Avatar, name, last line; at the right the time, and below it how many are unread."""

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], datetime] = when.now
    ) -> None:
        super().__init__(parent)
        self._now = now

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        lines = QFontMetrics(option.font).height() * 2 + theme.UNIT
        return QSize(0, max(theme.ROW, lines + 2 * (_INSET + _PADDING)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chat, line, mark = map(index.data, (CONVERSATION, SECOND_LINE, ACCOUNT))
        _Row(painter, option, chat, line, mark, self._now()).paint()
        painter.restore()


class _Row:
    """One painting of one row."""

    def __init__(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        chat: Conversation,
        line: str,
        mark: str,
        now: datetime,
    ) -> None:
        self._painter = painter
        self._option = option
        self._chat = chat
        self._line = line
        self._mark = mark
        self._now = now
        self._worn = theme.colours()
        self._card = option.rect.adjusted(2 * _INSET, _INSET // 2, -2 * _INSET, -_INSET // 2)

    def paint(self) -> None:
        paint_ground(self._painter, self._option, QRectF(self._card), self._worn.hairline)
        inner = self._card.adjusted(_PADDING, 0, -_PADDING, 0)
        face = QRect(inner.left(), inner.center().y() - theme.AVATAR // 2 + 1, theme.AVATAR, 0)
        face.setHeight(theme.AVATAR)
        shown = mirrored(self._option, face)
        avatar.paint(self._painter, QRectF(shown), str(self._chat.key.peer), self._chat.name)
        self._paint_availability(shown)

        body, small = self._option.font, theme.font(theme.SMALL, base=self._option.font)
        line = QFontMetrics(body).height()
        is_alone = not self._line and not self._chat.unread and not self._failed
        lines = line if is_alone else 2 * line + theme.UNIT
        top = inner.center().y() - lines // 2 + 1
        left = face.right() + 12
        name = QRect(left, top, inner.right() - left, line)
        below = name.translated(0, line + theme.UNIT)
        name.setRight(self._paint_time(name, small))
        below.setRight(self._paint_badge(below, small))
        if self._mark:
            below.setRight(self._paint_mark(below, small))
        self._paint_text(name, one_line(self._chat.title), self._name_font(), self._worn.text)
        colour = self._worn.accent if self._chat.is_waiting else self._worn.secondary
        self._paint_text(below, self._line, body, colour)

    def _paint_availability(self, face: QRect) -> None:
        """A dot on the avatar; its shape says the same as its colour."""
        availability = self._chat.availability
        if availability is Availability.OFFLINE:
            return
        dot = QRectF(face.right() - _DOT + 2, face.bottom() - _DOT + 2, _DOT, _DOT)
        self._painter.setPen(QPen(self._ground(), 2))
        if availability is Availability.DND:
            self._painter.setBrush(self._worn.danger)
            self._painter.drawEllipse(dot)
            bar = QRectF(dot.left() + 3, dot.center().y() - 1, _DOT - 6, 2)
            self._painter.fillRect(bar, self._ground())
        elif availability in (Availability.AWAY, Availability.XA):
            self._painter.setBrush(self._ground())
            self._painter.drawEllipse(dot)
            self._painter.setPen(QPen(self._worn.warning, 2))
            self._painter.drawEllipse(dot.adjusted(2.5, 2.5, -2.5, -2.5))
        else:
            self._painter.setBrush(self._worn.good)
            self._painter.drawEllipse(dot)

    def _ground(self) -> QColor:
        selected = self._option.state & QStyle.StateFlag.State_Selected
        return self._worn.accent_soft if selected else self._worn.sidebar

    def _paint_time(self, line: QRect, font: QFont) -> int:
        """Where the name has to end."""
        if self._chat.last_at is None:
            return line.right()
        text = when.moment(self._chat.last_at, self._now)
        width = QFontMetrics(font).horizontalAdvance(text) + 1
        place = QRect(line.right() - width, line.top(), width, line.height())
        unread = bool(self._chat.unread)
        colour = self._worn.accent if unread else self._worn.secondary
        self._paint_text(place, text, font, colour)
        return place.left() - theme.RELATED

    def _paint_badge(self, line: QRect, font: QFont) -> int:
        """Where the last line has to end."""
        if self._failed and not self._chat.unread:
            place = QRect(line.right() - 18, line.top(), 18, 18)
            shown = mirrored(self._option, place)
            icons.paint_icon(self._painter, "warning", self._worn.danger, shown)
            return place.left() - theme.RELATED
        if not self._chat.unread:
            return line.right()
        text = str(self._chat.unread) if self._chat.unread < 1000 else "999+"
        bold = theme.font(weight=QFont.Weight.DemiBold, base=font)
        metrics = QFontMetrics(bold)
        height = max(18, metrics.height() + 2)
        width = max(height, metrics.horizontalAdvance(text) + 12)
        place = QRect(line.right() - width, line.center().y() - height // 2, width, height)
        shown = mirrored(self._option, place)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._worn.accent)
        self._painter.drawRoundedRect(shown, height / 2, height / 2)
        self._painter.setFont(bold)
        self._painter.setPen(self._worn.on_accent)
        self._painter.drawText(shown, Qt.AlignmentFlag.AlignCenter, text)
        return place.left() - theme.RELATED

    def _paint_mark(self, line: QRect, font: QFont) -> int:
        """As whom one speaks there: a small chip at the end of the last line."""
        metrics = QFontMetrics(font)
        room = int(line.width() * _MARK_SHARE) - theme.RELATED
        mode = Qt.TextElideMode.ElideMiddle  # of a whole address both ends count
        text = metrics.elidedText(showable(self._mark), mode, room)
        width, height = metrics.horizontalAdvance(text) + theme.RELATED, metrics.height() + 2
        place = QRect(line.right() - width, line.center().y() - height // 2 + 1, width, height)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._worn.hairline)
        self._painter.drawRoundedRect(mirrored(self._option, place), height / 2, height / 2)
        words = place.adjusted(theme.UNIT, 0, 0, 0)
        self._paint_text(words, text, font, self._worn.secondary)
        return place.left() - theme.RELATED

    @property
    def _failed(self) -> bool:
        return self._chat.last_delivery is Delivery.FAILED

    def _paint_text(self, place: QRect, text: str, font: QFont, colour: QColor) -> None:
        paint_text(self._painter, self._option, place, text, font, colour)

    def _name_font(self) -> QFont:
        bold = QFont.Weight.DemiBold if self._chat.unread else QFont.Weight.Normal
        return theme.font(weight=bold, base=self._option.font)
