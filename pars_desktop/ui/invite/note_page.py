"""One person, one sentence about them, and what can be done now."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

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
        column.addLayout(self._buttons)

    def offer(self, text: str, pressed: Callable[[], object], *, first: bool = False) -> None:
        """One more button, from left to right; `first` is what most people will want."""
        button = Button(text)
        if first:
            theme.primary(button)
            self.setFocusProxy(button)
        button.clicked.connect(pressed)
        self._buttons.addWidget(button)
