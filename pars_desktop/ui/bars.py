"""Bars: something a person should know or decide, said quietly where they already look."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.ui import icons, theme
from pars_desktop.ui.plain_text import Label, address, isolated, spoken
from pars_desktop.ui.sheet import Button, breakable, small

_ICON = 20
HOLD = timedelta(milliseconds=700)
_MS = timedelta(milliseconds=1)


class Strip(QWidget):
    """An icon and words on a soft ground: warnings, and the body of every bar."""

    def __init__(self, icon: str, *, warns: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._warns = warns
        self.words = Label(wraps=True)
        self.words.setContentsMargins(theme.RELATED, 0, 0, 0)  # as far in as the words of buttons
        self.rows = QVBoxLayout()
        self.rows.setSpacing(theme.UNIT)
        self.rows.addWidget(self.words)
        across = QHBoxLayout(self)
        across.setContentsMargins(12 + _ICON, 10, 12, 10)
        across.addLayout(self.rows)

    def say(self, text: str) -> None:
        """Show these words, or nothing if there are none."""
        self.put(text)
        self.setVisible(bool(text))

    def put(self, text: str) -> None:
        """Take these words, and let a screen reader read them as written."""
        self.words.setText(breakable(text))
        self.words.setAccessibleName(spoken(text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(worn.warning_soft if self._warns else worn.accent_soft)
        painter.drawRoundedRect(self.rect(), theme.CORNER, theme.CORNER)
        first_line = self.words.y() + (self.words.fontMetrics().height() - _ICON) // 2
        colour = worn.warning if self._warns else worn.accent
        icons.paint_icon(painter, self._icon, colour, QRect(12, first_line, _ICON, _ICON))

    def changeEvent(self, event: QEvent) -> None:
        if theme.is_restyling(event):
            self.update()
        super().changeEvent(event)


def warning(text: str) -> Strip:
    """A strip that says one thing to be careful about, as long as the page it stands on is seen."""
    strip = Strip("warning", warns=True)
    strip.put(text)  # shown by itself, it would be a window of its own for a moment
    return strip


class Bar(Strip):
    """A strip with buttons. Hidden until it has something to say.

    A bar about people turns from one to the next under the pointer: `turn_to` keeps its buttons
    from being pressed for a moment then, so that a click meant for one never decides about another.
    """

    def __init__(self, icon: str, parent: QWidget | None = None, *, hold: timedelta = HOLD) -> None:
        super().__init__(icon, parent=parent)
        self._about: object = None
        self._pressable: list[QPushButton] = []
        self._held = QTimer(self, singleShot=True, interval=hold // _MS)
        self._held.timeout.connect(lambda: self._let_press(True))
        self.words.setFont(theme.font(weight=QFont.Weight.DemiBold))
        self.details = small()
        self.details.setContentsMargins(theme.RELATED, 0, 0, 0)
        self.rows.addWidget(self.details)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.UNIT)
        self.rows.addLayout(self.buttons)
        self.hide()

    def tell(self, text: str, details: str = "") -> None:
        """Show a sentence, and smaller what else there is to know."""
        self.details.setText(breakable(details))
        self.details.setAccessibleName(spoken(details))
        self.details.setVisible(bool(details))
        self.say(text)

    def turn_to(self, about: object) -> None:
        """It is about this one from now on."""
        if about != self._about and self._held.interval():
            self._let_press(False)
            self._held.start()
        self._about = about

    def add_button(self, text: str, pressed: Callable[[], object]) -> QPushButton:
        """One more button, from left to right."""
        button = theme.quiet(Button(text))
        button.clicked.connect(pressed)
        self.buttons.addWidget(button)
        self._pressable.append(button)
        return button

    def _let_press(self, may: bool) -> None:
        for button in self._pressable:
            button.setEnabled(may)


class HandlerBar(Bar):
    """Asks after the first sign-in, and at each start until it is answered, whether links should
    open with this program."""

    accepted = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("link", parent)
        self.add_button(self.tr("Open with Pars"), self._accept)
        self.add_button(self.tr("Not now"), self._decline)
        self.buttons.addStretch()

    def ask(self) -> None:
        """Show the question. Either answer is the last time it is asked."""
        self.tell(
            self.tr("Open invitation links with Pars?"),
            self.tr("A click on an invitation in the browser then leads here."),
        )

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()

    def _decline(self) -> None:
        self.hide()
        self.declined.emit()


class BefriendedBar(Bar):
    """Says that somebody we asked is a friend now."""

    open_chat = Signal(ChatKey)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("tick", parent)
        self._key: ChatKey | None = None
        self.add_button(self.tr("Open chat"), self._open)
        self.add_button(self.tr("Dismiss"), self.hide)
        self.buttons.addStretch()

    def announce(self, key: ChatKey, name: str, *, says_account: bool = False) -> None:
        """Show that key's person and we are friends now; and as whom, if we have several
        addresses."""
        self._key = key
        who = isolated(name) if name else address(key.peer)
        mine = self.tr("as {account}").format(account=address(key.account)) if says_account else ""
        self.tell(self.tr("You and {name} are now friends").format(name=who), mine)

    def seen(self, key: ChatKey) -> None:
        """The chat was opened, or they are no friend now: nothing is left to say about it."""
        if key == self._key:
            self.hide()

    def left(self, account: JID) -> None:
        """This account of ours was removed, and with it the friendship."""
        if self._key is not None and self._key.account == account:
            self.hide()

    def _open(self) -> None:
        if self._key is not None:
            self.hide()
            self.open_chat.emit(self._key)


class NoticeBar(Bar):
    """Something that happened and needs no answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("link", parent)
        self.add_button(self.tr("Dismiss"), self.hide)
        self.buttons.addStretch()

    def links_ignored(self, count: int) -> None:
        """More links came than a person clicks (battery U-10)."""
        self.tell(self.tr("Links ignored: {count}").format(count=count))
