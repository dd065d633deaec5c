"""Invite someone to this server: administrators let people create an account there (R9)."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pars_desktop.domain.errors import BadAddress, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.text import MAX_NAME
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.plain_text import Label, isolated
from pars_desktop.ui.sheet import Button, Sheet, buttons, field, line
from pars_desktop.ui.ticked_box import TickedBox


class ServerDialog(Sheet):
    """Asks what the account should be like. `confirmed` is answered by closing it, or by `fail`."""

    confirmed = Signal(str, bool, str)  # user name or none, whether to befriend them, for whom

    def __init__(self, account: JID, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Invite someone to this server"), parent)
        self._account = account
        sentence = self.tr("Whoever opens this invitation can create an account on {server}.")
        self._user_name = line(hint=self.tr("They choose it themselves"))
        self._label = line(hint=self.tr("Only you see this"), longest=MAX_NAME)
        self._befriend = TickedBox(self.tr("They become your friend"))
        self._befriend.setChecked(True)
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        self._create = theme.primary(Button(self.tr("Create")))
        cancel = Button(self.tr("Cancel"))
        self.column.addWidget(Label(sentence.format(server=isolated(account.domain)), wraps=True))
        self.column.addLayout(field(self.tr("User name"), self._user_name))
        self.column.addLayout(field(self.tr("For whom"), self._label))
        self.column.addWidget(self._befriend)
        self.column.addWidget(self._strip)
        self.column.addLayout(buttons(cancel, self._create))
        cancel.clicked.connect(self.reject)
        self._create.clicked.connect(self._on_create)
        self._user_name.setFocus()

    def fail(self, trouble: Trouble) -> None:
        """The server made none."""
        self._create.setEnabled(True)
        self._strip.say(errors.sentence(trouble, self._account))

    def _on_create(self) -> None:
        try:
            name = self._wished()
        except BadAddress:
            self._strip.say(self.tr("A user name is the part of an address before the @."))
            self._user_name.setFocus()
            return
        self._strip.hide()
        self._create.setEnabled(False)
        label = errors.plain(self._label.text(), MAX_NAME)
        self.confirmed.emit(name, self._befriend.isChecked(), label)

    def _wished(self) -> str:
        """The user name, or none. Raises BadAddress."""
        name = self._user_name.text().strip()
        if not name:
            return ""
        wished = JID.parse(f"{name}@{self._account.domain}")
        if wished.domain != self._account.domain or wished.resource or "@" in wished.local:
            raise BadAddress("more than a user name")
        return wished.local
