"""The first thing a new person sees: who we are, and a place to sign in."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from pars_desktop.ui import theme
from pars_desktop.ui.sheet import WIDTH, heading, rows
from pars_desktop.ui.sign_in.sign_in_page import SignInPage

_SIGN = 72


class WelcomePage(QScrollArea):
    """Fills the window before there is an account. `form` is the page that signs in."""

    def __init__(self, form: SignInPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = form
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusProxy(form)
        middle = QWidget()
        middle.setMaximumWidth(WIDTH - 2 * (theme.EDGE - theme.UNIT))
        column = rows(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        title = heading(self.tr("Sign in"))
        title.setContentsMargins(theme.UNIT, 0, 0, 0)
        column.addStretch(2)
        column.addWidget(_Sign(), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.GROUP)
        column.addWidget(title)
        column.addWidget(form)
        column.addStretch(3)
        inside = QWidget()
        across = QHBoxLayout(inside)
        across.setContentsMargins(*[theme.EDGE - theme.UNIT] * 4)
        across.addStretch(1)
        across.addWidget(middle, stretch=1000)  # as wide as it may be, in the middle of the rest
        across.addStretch(1)
        self.setWidget(inside)


class _Sign(QWidget):
    """Our icon. A picture beside words: it says nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_SIGN, _SIGN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme.paint_icon(QPainter(self), "pars", theme.colours().text, self.rect())
