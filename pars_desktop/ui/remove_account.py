"""Asks once more before an account is removed from this computer, and says what became of it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.plain_text import Label, address, spoken
from pars_desktop.ui.sheet import Button, Sheet, breakable, buttons, small

_NO_WAIT = 300  # milliseconds in which nothing needs to be said


class RemoveAccount(Sheet):
    """Closed by the answer, or once it is done. Until then it stays: a keyring may have to ask."""

    def __init__(
        self, jid: JID, accounts: Accounts, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Remove account"), parent)
        self._jid = jid
        self._accounts = accounts
        self._tasks = tasks
        self._is_removing = False
        question = self.tr(
            "Remove {address} from this computer? Its messages here and its password are deleted. "
            "The account itself stays with its server, and you can sign in again."
        ).format(address=address(jid))
        self._question = Label(breakable(question), wraps=True)
        self._question.setAccessibleName(spoken(question))
        self._strip = Strip("warning", warns=True)
        self._strip.hide()
        self._progress = small(self.tr("Removing…"))
        self._progress.hide()
        self._slow = QTimer(self, singleShot=True, interval=_NO_WAIT)
        self._slow.timeout.connect(self._progress.show)
        self._cancel = Button(self.tr("Cancel"))
        self._remove = theme.primary(Button(self.tr("Remove")))
        self.column.addWidget(self._question)
        self.column.addWidget(self._strip)
        last = buttons(self._cancel, self._remove)
        last.insertWidget(0, self._progress)
        self.column.addLayout(last)
        self._cancel.clicked.connect(self.reject)
        self._remove.clicked.connect(self._on_remove)
        self._cancel.setFocus()

    def reject(self) -> None:
        if not self._is_removing:
            super().reject()

    def _on_remove(self) -> None:
        self._set_removing(True)
        self._strip.hide()
        self._tasks.spawn(self._try(), name="remove an account")

    async def _try(self) -> None:
        trouble: Trouble | None = None
        try:
            await self._accounts.remove(self._jid)
        except Trouble as happened:
            trouble = happened
        if not isValid(self):
            return
        self._set_removing(False)
        if trouble is None:
            self.accept()
        else:
            self._tell(trouble)

    def _tell(self, trouble: Trouble) -> None:
        why = errors.sentence(trouble, self._jid)
        if self._accounts.get(self._jid) is None:
            gone = self.tr("The account was removed, but its password may still be kept. {why}")
            why = gone.format(why=why)
            self._question.hide()
            self._remove.hide()
            self._cancel.setText(self.tr("Close"))
            self._cancel.setAccessibleName(self.tr("Close"))
        self._strip.say(why)
        self._cancel.setFocus()

    def _set_removing(self, removing: bool) -> None:
        self._is_removing = removing
        for button in (self._cancel, self._remove):
            button.setDisabled(removing)
        self._progress.hide()
        if removing:
            self._slow.start()
        else:
            self._slow.stop()
