"""The first thing a new person sees: who we are, and a place to sign in."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from pars_desktop.domain.link import Action, Link
from pars_desktop.ui import theme
from pars_desktop.ui.plain_text import address, spoken
from pars_desktop.ui.sheet import WIDTH, breakable, heading, rows, small
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
        self._waiting = small()
        self._waiting.setContentsMargins(theme.UNIT, 0, 0, 0)
        self._waiting.hide()
        column.addStretch(2)
        column.addWidget(_Sign(), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.GROUP)
        column.addWidget(title)
        column.addWidget(self._waiting)
        column.addWidget(form)
        column.addStretch(3)
        inside = QWidget()
        across = QHBoxLayout(inside)
        across.setContentsMargins(*[theme.EDGE - theme.UNIT] * 4)
        across.addStretch(1)
        across.addWidget(middle, stretch=1000)  # as wide as it may be, in the middle of the rest
        across.addStretch(1)
        self.setWidget(inside)

    def tell_waiting(self, link: Link) -> None:
        """Say that this link was not lost: it waits for the first account."""
        text = self.tr("A link waits until you are signed in.")
        if link.action is Action.ROSTER and link.token:
            text = self.tr("An invitation from {address} waits until you are signed in.").format(
                address=address(link.jid)
            )
        self._waiting.setText(breakable(text))
        self._waiting.setAccessibleName(spoken(text))
        self._waiting.show()


class _Sign(QWidget):
    """Our icon. A picture beside words: it says nothing by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(_SIGN, _SIGN)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme.paint_icon(QPainter(self), "pars", theme.colours().text, self.rect())
