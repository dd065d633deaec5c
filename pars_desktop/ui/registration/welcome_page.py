"""The first thing a new person sees: who we are, and the way to an account."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from pars_desktop.ui import icons, theme
from pars_desktop.ui.registration.account_flow import AccountFlow
from pars_desktop.ui.sheet import WIDTH, heading, rows

_SIGN = 72


class WelcomePage(QScrollArea):
    """Fills the window before there is an account."""

    def __init__(self, flow: AccountFlow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flow = flow
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(flow)
        middle = QWidget()
        middle.setMaximumWidth(WIDTH - 2 * (theme.EDGE - theme.UNIT))
        column = rows(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        self._title = heading(flow.title)
        self._title.setContentsMargins(theme.UNIT, 0, 0, 0)
        flow.turned.connect(self._call)
        self._call(flow.title)
        column.addStretch(2)
        column.addWidget(_Sign(), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.GROUP)
        column.addWidget(self._title)
        column.addWidget(flow)
        column.addStretch(3)
        inside = QWidget()
        across = QHBoxLayout(inside)
        across.setContentsMargins(*[theme.EDGE - theme.UNIT] * 4)
        across.addStretch(1)
        across.addWidget(middle, stretch=1000)  # as wide as it may be, in the middle of the rest
        across.addStretch(1)
        self.setWidget(inside)

    def _call(self, title: str) -> None:
        self._title.setText(title)
        side = Qt.AlignmentFlag.AlignLeft
        if self.flow.is_centred:
            side = Qt.AlignmentFlag.AlignHCenter
        self._title.setAlignment(side)


class _Sign(QWidget):
    """Our icon. A picture beside words: it says nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_SIGN, _SIGN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        icons.paint_icon(QPainter(self), "pars", theme.colours().text, self.rect())
