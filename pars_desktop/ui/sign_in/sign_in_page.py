"""Address and password; what happened if it did not work; and where the password is kept."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import (
    BadAddress,
    CredentialsExpired,
    NoKeyring,
    Trouble,
    WrongPassword,
)
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import Strip
from pars_desktop.ui.sheet import Button, field, line, small
from pars_desktop.ui.sign_in.password_field import KeepChoice, KeyringChoice, PasswordField
from pars_desktop.ui.sign_in.server_fields import WRONG_SERVER, ServerFields

_NO_WAIT = 300  # milliseconds in which nothing needs to be said


class SignInPage(QWidget):
    """Used for the first account, for another one, and when a password is asked for again.

    If there is no keyring, or it is not unlocked in time, it asks where the password should go,
    and signs in again. Whoever is asked at each start may have a change of mind.
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
        self._is_asking = False  # where to keep the password

        self._address = line(hint=self.tr("name@example.org"))
        self._password = PasswordField()
        self._server = ServerFields()
        self._trouble = Strip("warning", warns=True)
        self._trouble.hide()
        self._in_keyring = KeyringChoice()
        self._keep = KeepChoice()
        self._progress = small(self.tr("Signing in…"))
        self._enter = theme.primary(Button(self.tr("Sign in")))
        self._continue = theme.primary(Button(self.tr("Continue")))
        self._try_again = Button(self.tr("Try again"))
        self._cancel = Button(self.tr("Cancel"))
        self._slow = QTimer(self, singleShot=True, interval=_NO_WAIT)
        self._slow.timeout.connect(self._progress.show)

        self._place()
        for text in (self._address, self._password):
            text.textChanged.connect(self._on_text)
            text.returnPressed.connect(self._submit)
        self._server.entered.connect(self._submit)
        self._enter.clicked.connect(self._submit)
        self._continue.clicked.connect(lambda: self._go_on(self._keep.choice()))
        self._try_again.clicked.connect(lambda: self._go_on(KeepPassword.KEYRING))
        self._cancel.clicked.connect(self._on_cancel)
        self.setFocusProxy(self._address if again is None else self._password)
        if again is not None:
            self._address.setText(str(again.jid))
            self._address.setReadOnly(True)
            self._server.show_settings(again)
        self._show()

    def _place(self) -> None:
        last = QHBoxLayout()
        last.setSpacing(theme.RELATED)
        last.addWidget(self._progress, stretch=1)
        last.addStretch()
        for button in (self._cancel, self._try_again, self._enter, self._continue):
            last.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.RELATED)
        first = QVBoxLayout()
        first.setSpacing(theme.GROUP)
        first.addLayout(field(self.tr("Address"), self._address))
        first.addLayout(field(self.tr("Password"), self._password))
        first.addWidget(self._in_keyring)
        first.addWidget(self._trouble)
        for part in (first, last):  # a little air, or focus rings would be cut off at the edges
            part.setContentsMargins(*[theme.UNIT] * 4)
        column.addLayout(first)
        column.addWidget(self._keep)  # these two have such air inside
        column.addWidget(self._server)
        column.addLayout(last)

    def show_trouble(self, trouble: Trouble) -> None:
        """Say why signing in did not work, and what to do next."""
        self._trouble.say(errors.sentence(trouble, self._jid()))
        self._is_asking = isinstance(trouble, NoKeyring)
        self._show()
        place = self._place_of(trouble)
        if place is self._password:
            self._password.selectAll()
        place.setFocus()

    def _place_of(self, trouble: Trouble) -> QWidget:
        """Where the person can put it right; where there is nothing to change, can try again."""
        if isinstance(trouble, NoKeyring):
            return self._continue
        if isinstance(trouble, WrongPassword | CredentialsExpired):
            return self._password
        place = self._server.place_of(trouble)
        if place is not None:
            return place
        if isinstance(trouble, (BadAddress, *WRONG_SERVER)) and self._again is None:
            return self._address
        return self._enter if self._enter.isEnabled() else self._password

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
        elif complaint := self._server.complaint():
            self._trouble.say(complaint)
        else:
            keep = KeepPassword.KEYRING if self._in_keyring.isChecked() else None
            self._sign_in(self._again or AccountSettings(jid), keep)

    def _go_on(self, keep: KeepPassword) -> None:
        """The question where to keep the password was answered."""
        jid = self._jid()
        if jid is not None and self._trying is None:
            self._sign_in(self._again or AccountSettings(jid), keep)

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
        self._show()
        self._slow.start()
        self._cancel.setFocus()

    async def _await(self, work: Coroutine[Any, Any, object]) -> None:
        trouble: Trouble | None = None
        try:
            await work
        except Trouble as happened:
            trouble = happened
        finally:
            self._trying = None
            if isValid(self):
                self._slow.stop()
                self._show()
        if not isValid(self):
            return
        if trouble is not None:
            self.show_trouble(trouble)
        else:
            self._password.clear()
            self.signed_in.emit()

    def leave(self) -> None:
        """It is not shown any more: stop trying. What was typed stays."""
        if self._trying is not None:
            self._trying.cancel()
        if self._is_asking:
            self._is_asking = False
            self._trouble.hide()
            self._show()

    def _on_cancel(self) -> None:
        if self._trying is not None:
            self._trying.cancel()
        elif self._can_cancel:
            self.cancelled.emit()
        else:  # the question where to keep the password: back to the form
            self._is_asking = False
            self._trouble.hide()
            self._show()
            self._password.setFocus()

    def _on_text(self) -> None:
        filled = bool(self._address.text().strip() and self._password.text())
        self._enter.setEnabled(filled and self._trying is None)

    def _show(self) -> None:
        """The form, or if all is well but for the keyring, one question and nothing else."""
        trying, asking = self._trying is not None, self._is_asking
        is_asked_each_time = self._again and self._again.keep_password is KeepPassword.ASK
        self._in_keyring.setVisible(bool(is_asked_each_time) and not asking)
        for form in (self._server, self._enter):
            form.setHidden(asking)
        for answer in (self._keep, self._try_again, self._continue):
            answer.setVisible(asking)
            answer.setDisabled(trying)
        for text in (self._address, self._password):
            text.setDisabled(trying or asking)
        self._in_keyring.setDisabled(trying)
        self._server.setDisabled(trying)
        if asking:  # also after a second attempt was cancelled
            self._trouble.setHidden(trying)
        self._progress.hide()
        self._cancel.setVisible(trying or asking or self._can_cancel)
        self._on_text()
