"""One person, one sentence about them, and what can be done now."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.chooser import Chooser
from pars_desktop.ui.invite.address_field import AddressField, plain_letters
from pars_desktop.ui.plain_text import Label, spoken
from pars_desktop.ui.sheet import Button, breakable, buttons, field, rows, small

_PORTRAIT = 64


class NotePage(QWidget):
    """What a link means when it is not about adding a friend, or what became of adding one."""

    def __init__(self, text: str, jid: JID | None = None, name: str = "", quoted: str = "") -> None:
        super().__init__()
        self._address: AddressField | None = None
        column = rows(self)
        if jid is not None:
            portrait = Avatar(_PORTRAIT)
            portrait.show_person(str(jid), name)
            address = AddressField()
            address.show_address(jid)
            self._address = address
            column.addWidget(portrait, alignment=Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(address)
            if plainly := plain_letters(jid):
                column.addWidget(plainly)
        self._said = Label(wraps=True)
        self._said.hide()
        if jid is not None:
            self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._said)
        self.say(text)
        if quoted:
            column.addWidget(small(errors.plain(quoted, 400)))
        self._column = column
        self._account: Chooser | None = None
        self._buttons = buttons()
        self._held: list[QPushButton] = []
        self._rests = False
        self._hold = QTimer(self, singleShot=True)
        self._hold.timeout.connect(self._let_press)
        column.addLayout(self._buttons)

    def say(self, text: str) -> None:
        """Another sentence about them, or none."""
        self._said.setText(breakable(text))
        self._said.setAccessibleName(spoken(text))
        self._said.setVisible(bool(text))

    def call_address(self, name: str) -> None:
        """Whose address it is, for assistive tools: at first a friend's."""
        if self._address is not None:
            self._address.setAccessibleName(name)

    def add(self, widget: QWidget) -> None:
        """Something more to say, below the sentence."""
        self._column.insertWidget(self._column.count() - 1, widget)

    def ask(self, name: str, account: Chooser) -> None:
        """Which account it is about: the first button waits for that choice."""
        self._account = account
        self._column.insertLayout(self._column.count() - 1, field(name, account))
        account.currentIndexChanged.connect(self._let_press)

    def offer(
        self,
        text: str,
        pressed: Callable[[], object],
        *,
        first: bool = False,
        hold: timedelta = timedelta(0),
    ) -> QPushButton:
        """One more button, from left to right; `first` is what most people will want.

        On a page that comes by itself such a button needs a `hold`: it cannot be pressed that
        long, and has no focus, or the next key of somebody who was typing would press it.
        """
        button = Button(text)
        if first:
            theme.primary(button)
        if hold or (first and self._account is not None):
            self._held.append(button)
            self._hold.setInterval(hold // timedelta(milliseconds=1))
            self._hold.start()
            self._let_press()
        elif first or self.focusProxy() is None:
            self.setFocusProxy(button)
        button.clicked.connect(pressed)
        self._buttons.addWidget(button)
        return button

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate) and self._held:
            self._hold.start()
            self._let_press()
        return super().event(event)

    def rest(self, rests: bool) -> None:
        """Nothing more can be wished while what was wished is on its way."""
        self._rests = rests
        self._let_press()

    def _let_press(self) -> None:
        """As soon as the moment is over, and an account chosen."""
        is_chosen = self._account is None or self._account.currentData() is not None
        for button in self._held:
            button.setEnabled(is_chosen and not self._hold.isActive() and not self._rests)
