"""The ways to the windows about strangers: who asks, and who is blocked."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.ui.requests import words
from pars_desktop.ui.requests.requests_bar import RequestsBar


class RequestWindows(QObject):
    """Keeps at most one of each, and two entries of the menu. Strangers never open one."""

    def __init__(self, accounts: Accounts, tasks: Tasks, menu: QMenu, window: QWidget) -> None:
        super().__init__(window)
        self._accounts = accounts
        self._tasks = tasks
        self._window = window
        self._inbox: QDialog | None = None
        self._blocked: QDialog | None = None
        self.bar = RequestsBar(accounts, tasks)
        self.bar.all_wanted.connect(self.open_inbox)
        first = menu.actions()[0]
        self._requests = menu.addAction(self.tr("Requests"))
        blocked = menu.addAction(self.tr("Blocked addresses…"))
        menu.insertActions(first, [self._requests, blocked])
        menu.insertSeparator(first)
        menu.aboutToShow.connect(self._count)
        self._requests.triggered.connect(self.open_inbox)
        blocked.triggered.connect(self.open_blocked)

    def open_inbox(self) -> None:
        """Everybody who asks to be a friend."""
        if self._inbox is None:
            from pars_desktop.ui.requests.inbox_dialog import InboxDialog

            self._inbox = InboxDialog(self._accounts, self._tasks, self._window)
            self._inbox.finished.connect(self._on_inbox_closed)
        _show(self._inbox)

    def open_blocked(self) -> None:
        """Whom our servers keep away."""
        if self._blocked is None:
            from pars_desktop.ui.requests.blocked_dialog import BlockedDialog

            self._blocked = BlockedDialog(self._accounts, self._tasks, self._window)
            self._blocked.finished.connect(self._on_blocked_closed)
        _show(self._blocked)

    def _count(self) -> None:
        count = words.waiting(self._accounts.all())
        text = self.tr("Requests ({count})").format(count=count) if count else self.tr("Requests")
        self._requests.setText(text)

    def _on_inbox_closed(self) -> None:
        self._inbox = None

    def _on_blocked_closed(self) -> None:
        self._blocked = None


def _show(dialog: QDialog) -> None:
    """Not modal: the friends go on writing meanwhile."""
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
