"""Signing in beside what is open: another account, or a password that is asked for again."""

from PySide6.QtWidgets import QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import Trouble
from pars_desktop.ui.sheet import Sheet
from pars_desktop.ui.sign_in.sign_in_page import SignInPage


class SignInDialog(Sheet):
    """The sign-in page in a dialog, closed when it worked."""

    def __init__(
        self,
        accounts: Accounts,
        tasks: Tasks,
        again: AccountSettings | None = None,
        trouble: Trouble | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Sign in"), parent)
        self.page = SignInPage(accounts, tasks, again, can_cancel=True)
        self.add_page(self.page)
        self.page.signed_in.connect(self.accept)
        self.page.cancelled.connect(self.reject)
        self.page.setFocus()
        if trouble is not None:
            self.page.show_trouble(trouble)
