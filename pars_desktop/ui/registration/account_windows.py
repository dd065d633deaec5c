"""Which window leads to an account: the first one of all, another one, a password asked for again.

What the first window does not need is imported when it is wanted.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Link
from pars_desktop.domain.registration import Plan
from pars_desktop.ui.bind import bind
from pars_desktop.ui.main_window import MainWindow
from pars_desktop.ui.sheet import Sheet

if TYPE_CHECKING:
    from pars_desktop.ui.registration.account_flow import AccountFlow
    from pars_desktop.ui.registration.ready_bar import Ready, ReadyBar


class AccountWindows(QObject):
    """One dialog at a time; before the first account there is a page instead of the chats."""

    welcomed = Signal()  # that page is shown now: see `first`

    def __init__(
        self,
        window: MainWindow,
        accounts: Accounts,
        registrar: Registrar,
        links: Links,
        tasks: Tasks,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._accounts = accounts
        self._registrar = registrar
        self._links = links
        self._tasks = tasks
        self._dialog: Sheet | None = None
        self._bar: ReadyBar | None = None
        self._asked_for: JID | None = None  # the account whose password the dialog asks for
        self.first: AccountFlow | None = None  # the way to the first account, while there is none
        window.add_account_requested.connect(self.add)
        window.sign_in_requested.connect(self._on_sign_in)
        bind(self, accounts.added, self._on_added)
        bind(self, accounts.removed, self._on_removed)
        bind(self, links.waits, self._on_waits)

    def welcome(self) -> None:
        """Show the first window of all if there is no account."""
        if self._accounts.all():
            return
        from pars_desktop.ui.registration.welcome_page import WelcomePage

        self.first = self._flow(is_first=True)
        self.first.done.connect(self._leave_first)
        page = WelcomePage(self.first)
        self._window.show_page(page)
        page.setFocus()
        if self._links.waiting is not None:
            self.first.show_waiting(self._links.waiting)
        self.welcomed.emit()

    def add(self) -> None:
        """Another account: whether it is there already is the first question."""
        if not self._is_open():
            from pars_desktop.ui.registration.account_dialog import AccountDialog

            self._open(AccountDialog(self._flow(), self._window))

    def create(self, plan: Plan) -> None:
        """This account, which a link offers."""
        if not self._is_open():
            from pars_desktop.ui.registration.account_dialog import AccountDialog

            self._open(AccountDialog(self._flow(plan), self._window))

    def sign_in(self, account: Account) -> None:
        """The password of an account is asked for again."""
        if not self._is_open():
            from pars_desktop.ui.sign_in.sign_in_dialog import SignInDialog

            settings, trouble = account.settings, account.status.trouble
            self._asked_for = account.jid
            self._open(SignInDialog(self._accounts, self._tasks, settings, trouble, self._window))

    def _flow(self, plan: Plan | None = None, *, is_first: bool = False) -> "AccountFlow":
        from pars_desktop.ui.registration.account_flow import AccountFlow

        flow = AccountFlow(
            self._accounts, self._registrar, self._links, self._tasks, plan, is_first=is_first
        )
        flow.ready.connect(self._on_ready)
        return flow

    def _is_open(self) -> bool:
        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
        return self._dialog is not None

    def _open(self, dialog: Sheet) -> None:
        self._dialog = dialog
        dialog.finished.connect(self._on_closed)
        dialog.open()

    def _on_closed(self) -> None:
        self._dialog = self._asked_for = None

    def _on_sign_in(self, jid: JID) -> None:
        account = self._accounts.get(jid)
        if account is not None:
            self.sign_in(account)

    def _on_added(self, _account: Account) -> None:
        if self.first is None or not self.first.is_ending:
            self._leave_first()

    def _leave_first(self) -> None:
        """There is an account: the chats take the place of the first window."""
        if self.first is not None:
            self.first = None
            self._window.show_page(None)
            self._window.take_focus()

    def _on_ready(self, ready: "Ready") -> None:
        if self._bar is None:
            from pars_desktop.ui.registration.ready_bar import ReadyBar

            self._bar = ReadyBar()
            self._window.add_bar(self._bar)
        self._bar.announce(ready)

    def _on_removed(self, jid: JID) -> None:
        if self._bar is not None:
            self._bar.left(jid)
        if self._dialog is not None and self._asked_for == jid:
            self._dialog.close()
        self.welcome()

    def _on_waits(self, link: Link) -> None:
        if self.first is not None:
            self.first.show_waiting(link)
