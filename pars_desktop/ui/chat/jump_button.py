"""The round button that leads down to the newest message, with the number of new ones."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from pars_desktop.ui import icons, theme

_ROUND = 40
_ROOM = 8  # above the circle, for the count


class JumpButton(QAbstractButton):
    """Floats over the lower right corner of the messages while their end is out of sight."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(_ROUND, _ROUND + _ROOM)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(_ROUND, _ROUND + _ROOM)

    def show_count(self, count: int, *, visible: bool) -> None:
        """How many messages came below what is seen."""
        self._count = count
        text = self.tr("Jump to the newest message")
        if count:
            text = self.tr("Jump to the newest message, %n new", None, count)
        self.setAccessibleName(text)
        self.setToolTip(self.tr("{text} (End)").format(text=text))
        self.setVisible(visible)
        self.update()

    def move_into(self, area: QRect) -> None:
        """Take the lower right corner."""
        self.move(area.bottomRight() - QPoint(_ROUND + theme.GROUP, _ROUND + _ROOM + theme.RELATED))

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(1, _ROOM + 1, _ROUND - 2, _ROUND - 2)
        painter.setPen(QPen(worn.hairline, 1))
        painter.setBrush(worn.accent_soft if self.underMouse() or self.isDown() else worn.raised)
        painter.drawEllipse(circle)
        icon = QRect(0, 0, 20, 20)
        icon.moveCenter(circle.center().toPoint())
        icons.paint_icon(painter, "down", worn.text, icon)
        if self._count:
            self._paint_count(painter)

    def _paint_count(self, painter: QPainter) -> None:
        worn = theme.colours()
        text = str(self._count) if self._count < 100 else "99+"
        painter.setFont(theme.font(theme.SMALL, QFont.Weight.DemiBold, self.font()))
        metrics = painter.fontMetrics()
        height = metrics.height()
        width = max(height, metrics.horizontalAdvance(text) + 8)
        badge = QRectF((_ROUND - width) / 2, 0, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(worn.accent)
        painter.drawRoundedRect(badge, height / 2, height / 2)
        painter.setPen(worn.on_accent)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
