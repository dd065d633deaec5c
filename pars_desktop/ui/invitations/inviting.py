"""Inviting, from the window's side: which window follows which, and what they ask of the core."""

import asyncio

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.ports import SettingsFile
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.invite import Invite, InviteOptions
from pars_desktop.domain.jid import JID
from pars_desktop.ui.bind import bind
from pars_desktop.ui.invitations.invitations_dialog import InvitationsDialog
from pars_desktop.ui.invitations.invite_dialog import InviteDialog
from pars_desktop.ui.invitations.server_dialog import ServerDialog


class Inviting(QObject):
    """One window of each kind. None is modal: the friend may write while they are open."""

    def __init__(
        self, accounts: Accounts, tasks: Tasks, settings: SettingsFile, window: QWidget
    ) -> None:
        super().__init__(window)
        self._accounts = accounts
        self._tasks = tasks
        self._settings = settings
        self._window = window
        self._invite: InviteDialog | None = None
        self._list: InvitationsDialog | None = None
        self._server: ServerDialog | None = None
        self._making: asyncio.Task[None] | None = None
        bind(self, accounts.removed, self._on_account_removed)

    def invite(self, account: JID | None = None) -> None:
        """Invite a friend, as this account or as the first one."""
        if self._invite is None:
            dialog = self._opened(account)
            dialog.begin()
            dialog.show()
        _raise(self._invite)

    def list_all(self) -> None:
        """Show what became of the invitations so far."""
        if self._list is None:
            self._list = InvitationsDialog(self._accounts, self._window)
            self._list.show_again.connect(self._on_show_again)
            self._list.finished.connect(self._on_list_closed)
            self._list.show()
        _raise(self._list)

    def _opened(self, account: JID | None) -> InviteDialog:
        self._invite = dialog = InviteDialog(self._accounts, self._settings, account, self._window)
        dialog.wanted.connect(self._on_wanted)
        dialog.account_chosen.connect(self._on_account_chosen)
        dialog.list_wanted.connect(self.list_all)
        dialog.server_wanted.connect(self._on_server_wanted)
        dialog.finished.connect(self._on_invite_closed)
        return dialog

    def _on_account_removed(self, _jid: JID) -> None:
        """Both of these may be about it, and let it be chosen."""
        for dialog in (self._invite, self._server):
            if dialog is not None:
                dialog.close()

    def _on_invite_closed(self) -> None:
        self._invite = None
        self._stop_making()

    def _on_list_closed(self) -> None:
        self._list = None

    def _on_show_again(self, invite: Invite, wished_name: str = "") -> None:
        self._stop_making()
        dialog = self._invite or self._opened(invite.account)
        dialog.show_invite(invite, can_follow=False, wished_name=wished_name)
        self._on_account_chosen(invite.account)
        dialog.show()
        _raise(dialog)

    # --- making one ------------------------------------------------------------------------------

    def _on_wanted(self, account: JID, options: InviteOptions) -> None:
        self._stop_making()
        if self._invite is not None:
            work = self._make(self._invite, account, options)
            self._making = self._tasks.spawn(work, name="make an invitation")

    async def _make(self, dialog: InviteDialog, account: JID, options: InviteOptions) -> None:
        """Only the last wish counts, and only while the window is open."""
        mine = self._accounts.get(account)
        if mine is None:
            return
        try:
            invite = await mine.invites.prepare(options)
        except Trouble as trouble:
            dialog.fail(trouble)
        else:
            dialog.show_invite(invite)

    def _stop_making(self) -> None:
        if self._making is not None:
            self._making.cancel()
            self._making = None

    # --- for administrators (R9) -----------------------------------------------------------------

    def _on_account_chosen(self, account: JID) -> None:
        if self._invite is not None:
            work = self._ask_for_accounts(self._invite, account)
            self._tasks.spawn(work, name="ask whether accounts can be offered")

    async def _ask_for_accounts(self, dialog: InviteDialog, account: JID) -> None:
        """Nothing waits for the answer."""
        mine = self._accounts.get(account)
        if mine is not None and await mine.invites.offers_accounts() and isValid(dialog):
            dialog.offer_server(account)

    def _on_server_wanted(self, account: JID) -> None:
        if self._server is None:
            self._server = ServerDialog(account, self._window)
            self._server.confirmed.connect(
                lambda name, befriend, label: self._on_confirmed(account, name, befriend, label)
            )
            self._server.finished.connect(self._on_server_closed)
            self._server.show()
        _raise(self._server)

    def _on_server_closed(self) -> None:
        self._server = None

    def _on_confirmed(self, account: JID, name: str, befriend: bool, label: str) -> None:
        if self._server is not None:
            work = self._invite_to_server(self._server, account, name, befriend, label)
            self._tasks.spawn(work, name="invite somebody to the server")

    async def _invite_to_server(
        self, dialog: ServerDialog, account: JID, name: str, befriend: bool, label: str
    ) -> None:
        """It is shown even if the person closed the window that asked: the server has made it."""
        mine = self._accounts.get(account)
        if mine is None:
            return
        try:
            invite = await mine.invites.invite_to_server(name, befriend=befriend, label=label)
        except Trouble as trouble:
            if isValid(dialog):
                dialog.fail(trouble)
            return
        if isValid(dialog):
            dialog.accept()
        self._on_show_again(invite, name)


def _raise(dialog: QDialog | None) -> None:
    if dialog is not None:
        dialog.raise_()
        dialog.activateWindow()
