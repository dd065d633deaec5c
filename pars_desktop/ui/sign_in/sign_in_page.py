"""Address and password; what happened if it did not work; and where the password is kept."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import BadAddress, NoKeyring, Trouble, WrongPassword
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.sheet import Button, field, line, rows, small
from pars_desktop.ui.sign_in.password_field import KeepChoice, PasswordField
from pars_desktop.ui.sign_in.server_fields import ServerFields

_NO_WAIT = 300  # milliseconds in which nothing needs to be said (look.md)


class SignInPage(QWidget):
    """Used for the first account, for another one, and when a password is asked for again.

    If there is no keyring, it asks where the password should go, and signs in again.
    """

    signed_in = Signal()
    cancelled = Signal()

    def __init__(
        self,
        accounts: Accounts,
        tasks: Tasks,
        again: AccountSettings | None = None,
        parent: QWidget | None = None,
        *,
        can_cancel: bool = False,
    ) -> None:
        super().__init__(parent)
        self._accounts = accounts
        self._tasks = tasks
        self._again = again
        self._can_cancel = can_cancel
        self._trying: asyncio.Task[None] | None = None

        self._address = line(hint=self.tr("name@example.org"))
        self._password = PasswordField()
        self._server = ServerFields()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._keep = KeepChoice()
        self._keep.hide()
        self._progress = small(self.tr("Signing in…"))
        self._enter = theme.primary(Button(self.tr("Sign in")))
        self._continue = theme.primary(Button(self.tr("Continue")))
        self._continue.hide()
        self._cancel = Button(self.tr("Cancel"))
        self._slow = QTimer(self, singleShot=True, interval=_NO_WAIT)
        self._slow.timeout.connect(self._progress.show)

        self._place()
        for text in (self._address, self._password):
            text.textChanged.connect(self._on_text)
            text.returnPressed.connect(self._submit)
        self._server.entered.connect(self._submit)
        self._enter.clicked.connect(self._submit)
        self._continue.clicked.connect(self._on_continue)
        self._cancel.clicked.connect(self._on_cancel)
        self.setFocusProxy(self._address if again is None else self._password)
        if again is not None:
            self._address.setText(str(again.jid))
            self._address.setReadOnly(True)
            self._server.show_settings(again)
        self._show_trying(False)

    def _place(self) -> None:
        column = rows(self)
        column.addLayout(field(self.tr("Address"), self._address))
        column.addLayout(field(self.tr("Password"), self._password))
        column.addWidget(self._trouble)
        column.addWidget(self._keep)
        column.addWidget(self._server)
        last = QHBoxLayout()
        last.setSpacing(theme.RELATED)
        last.addWidget(self._progress, stretch=1)
        last.addStretch()
        for button in (self._cancel, self._enter, self._continue):
            last.addWidget(button)
        column.addLayout(last)

    def show_trouble(self, trouble: Trouble) -> None:
        """Say why signing in did not work, and what to do next."""
        self._trouble.say(errors.sentence(trouble, self._jid()))
        self._ask_where_to_keep(isinstance(trouble, NoKeyring))
        if isinstance(trouble, WrongPassword):
            self._password.selectAll()
            self._password.setFocus()

    def _ask_where_to_keep(self, asking: bool) -> None:
        """All is well but for the keyring: one question, and nothing else to be changed."""
        for control in (self._address, self._password):
            control.setDisabled(asking)
        for form in (self._server, self._enter):
            form.setHidden(asking)
        for choice in (self._keep, self._continue):
            choice.setVisible(asking)
        if asking:
            self._continue.setFocus()

    def _jid(self) -> JID | None:
        """The address as entered, if it is one of a person."""
        try:
            jid = JID.parse(self._address.text().strip()).bare
        except BadAddress:
            return None
        return jid if jid.local else None

    def _submit(self) -> None:
        jid = self._jid()
        if self._trying is not None or not self._enter.isEnabled():
            return
        if jid is None:
            self.show_trouble(BadAddress())
            self._address.setFocus()
        elif complaint := self._server.complaint():
            self._trouble.say(complaint)
        else:
            self._sign_in(self._again or AccountSettings(jid))

    def _on_continue(self) -> None:
        jid = self._jid()
        if jid is not None and self._trying is None:
            before = self._again or AccountSettings(jid)
            self._sign_in(before, self._keep.choice())

    def _sign_in(self, before: AccountSettings, keep: KeepPassword | None = None) -> None:
        """With the settings as they were, only the password is new."""
        settings, password = self._server.applied_to(before), self._password.text()
        if settings == self._again:
            keep = keep or settings.keep_password
            self._try(self._accounts.give_password(settings.jid, password, keep))
        else:
            settings = replace(settings, keep_password=keep or settings.keep_password)
            self._try(self._accounts.add(settings, password))

    def _try(self, work: Coroutine[Any, Any, object]) -> None:
        self._trouble.hide()
        self._trying = self._tasks.spawn(self._await(work), name="sign in")
        self._show_trying(True)

    async def _await(self, work: Coroutine[Any, Any, object]) -> None:
        trouble: Trouble | None = None
        try:
            await work
        except Trouble as happened:
            trouble = happened
        finally:
            self._trying = None
            if isValid(self):
                self._show_trying(False)
        if not isValid(self):
            return
        if trouble is not None:
            self.show_trouble(trouble)
        else:
            self._password.clear()
            self.signed_in.emit()

    def _on_cancel(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
        else:
            self.cancelled.emit()

    def _on_text(self) -> None:
        filled = bool(self._address.text().strip() and self._password.text())
        self._enter.setEnabled(filled and self._trying is None)

    def _show_trying(self, trying: bool) -> None:
        for control in (self._address, self._password, self._server, self._keep, self._continue):
            control.setDisabled(trying)
        self._progress.hide()
        self._on_text()
        self._cancel.setVisible(trying or self._can_cancel)
        if trying:
            self._slow.start()
            self._cancel.setFocus()
        else:
            self._slow.stop()
