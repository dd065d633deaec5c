"""One person, one sentence about them, and what can be done now."""

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.avatar import Avatar
from pars_desktop.ui.invite.address_field import AddressField
from pars_desktop.ui.plain_text import Label
from pars_desktop.ui.sheet import Button, breakable, buttons, rows, small

_PORTRAIT = 64


class NotePage(QWidget):
    """What a link means when it is not about adding a friend, or what became of adding one."""

    def __init__(self, text: str, jid: JID | None = None, name: str = "", quoted: str = "") -> None:
        super().__init__()
        column = rows(self)
        if jid is not None:
            portrait = Avatar(_PORTRAIT)
            portrait.show_person(str(jid), name)
            address = AddressField()
            address.show_address(jid)
            column.addWidget(portrait, alignment=Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(address)
        said = Label(breakable(text), wraps=True)
        said.setAccessibleName(text)
        if jid is not None:
            said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(said)
        if quoted:
            column.addWidget(small(errors.plain(quoted, 400)))
        self._buttons = buttons()
        self._held: list[QPushButton] = []
        self._hold = QTimer(self, singleShot=True)
        self._hold.timeout.connect(lambda: self._let_press(True))
        column.addLayout(self._buttons)

    def offer(
        self,
        text: str,
        pressed: Callable[[], object],
        *,
        first: bool = False,
        hold: timedelta = timedelta(0),
    ) -> None:
        """One more button, from left to right; `first` is what most people will want.

        On a page that comes by itself such a button needs a `hold`: it cannot be pressed that
        long, and has no focus, or the next key of somebody who was typing would press it.
        """
        button = Button(text)
        if first:
            theme.primary(button)
        if hold:
            self._held.append(button)
            self._hold.setInterval(hold // timedelta(milliseconds=1))
            self._let_press(False)
        elif first or self.focusProxy() is None:
            self.setFocusProxy(button)
        button.clicked.connect(pressed)
        self._buttons.addWidget(button)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Show, QEvent.Type.WindowActivate) and self._held:
            self._let_press(False)
        return super().event(event)

    def _let_press(self, may: bool) -> None:
        for button in self._held:
            button.setEnabled(may)
        if not may:
            self._hold.start()
