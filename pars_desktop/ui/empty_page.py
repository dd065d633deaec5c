"""What stands at the right while there is no chat to show: the way to a first friend."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button


class EmptyPage(QWidget):
    """Nobody here yet; or, once there is somebody, a word about where to click."""

    invite_requested = Signal()
    have_invitation = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = Label(
            self.tr("Nobody here yet"), font=theme.font(theme.DISPLAY, QFont.Weight.DemiBold)
        )
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words = Label(
            self.tr("Send somebody an invitation. Once they open it, you can talk."), wraps=True
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._invite = invite = theme.primary(Button(self.tr("Invite your first friend")))
        invite.clicked.connect(self.invite_requested)
        have = theme.quiet(Button(self.tr("I have an invitation")))
        have.clicked.connect(self.have_invitation)
        self._first = QWidget()
        column = QVBoxLayout(self._first)
        column.setSpacing(theme.RELATED)
        column.addWidget(_Picture(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.GROUP)
        column.addWidget(heading)
        column.addWidget(words)
        column.addSpacing(theme.GROUP)
        column.addWidget(invite, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(have, 0, Qt.AlignmentFlag.AlignHCenter)
        self._choose = Label(self.tr("Choose a chat at the left."), wraps=True)
        self._choose.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._choose.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._choose.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.EDGE, theme.EDGE, theme.EDGE, theme.EDGE)
        whole.addStretch()
        whole.addWidget(self._first)
        whole.addWidget(self._choose)
        whole.addStretch()

    def take_focus(self) -> None:
        """The first thing to do here is to invite somebody."""
        self._invite.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, *, has_chats: bool) -> None:
        """Whether there is anybody to choose."""
        self._first.setVisible(not has_chats)
        self._choose.setVisible(has_chats)


class _Picture(QWidget):
    """Two speech bubbles, glad to see each other."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(168, 132)

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(worn.accent_soft)
        painter.drawPath(_bubble(QRectF(58, 4, 104, 78), tail_left=False))
        _smile(painter, QPointF(116, 38), QPen(worn.accent, 4))
        painter.setPen(QPen(worn.window, 5))
        painter.setBrush(worn.accent)
        painter.drawPath(_bubble(QRectF(6, 44, 96, 72), tail_left=True))
        _smile(painter, QPointF(54, 75), QPen(worn.on_accent, 4))


def _bubble(body: QRectF, *, tail_left: bool) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(body, 30, 30)
    tail = QPainterPath()
    x, out = (body.left() + 24, -14) if tail_left else (body.right() - 24, 14)
    tail.moveTo(x - out, body.bottom() - 8)
    tail.lineTo(x + out, body.bottom() + 14)
    tail.lineTo(x + out / 2, body.bottom() - 18)
    tail.closeSubpath()
    return path.united(tail)


def _smile(painter: QPainter, middle: QPointF, pen: QPen) -> None:
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for side in (-13, 13):
        painter.drawPoint(middle + QPointF(side, -4))
    mouth = QRectF(middle.x() - 13, middle.y() - 6, 26, 22)
    painter.drawArc(mouth, 200 * 16, 140 * 16)
