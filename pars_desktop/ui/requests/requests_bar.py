"""People who ask to be friends and wait for an answer, one at a time (XEP-0379 §4.1)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core import trust
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.friends import Friends
from pars_desktop.core.requests import Request
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import HOLD, Bar
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.plain_text import address
from pars_desktop.ui.requests import words
from pars_desktop.ui.sheet import Button, small

_FLOOD_MS = 300  # between two looks at who waits, when strangers come by the thousand


class RequestsBar(Bar):
    """The oldest request of all accounts, and the way to the others."""

    all_wanted = Signal()

    def __init__(
        self,
        accounts: Accounts,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        hold: timedelta = HOLD,
    ) -> None:
        super().__init__("add_friend", parent, hold=hold)
        self._accounts = accounts
        self._tasks = tasks
        self._shown: Request | None = None
        self._came = Gather[Request | JID | None](self, lambda _: self._refresh(), _FLOOD_MS)
        self._comparing = QTimer(self, singleShot=True, interval=0)
        self._comparing.timeout.connect(self._refresh)
        self._answers = (
            self.add_button(self.tr("Accept"), self._on_accept),
            self.add_button(self.tr("Decline"), self._on_decline),
        )
        self.buttons.addStretch()
        self._place_others()
        for account in accounts.all():
            self._listen(account)
        bind(self, accounts.added, self._on_account_added)
        bind(self, accounts.removed, self._on_account_removed)
        self._refresh()

    def _place_others(self) -> None:
        """Below: everybody else, and those who wait in silence (R26)."""
        self._others, self._all = small(), theme.quiet(Button(""))
        self._quiet, self._show_quiet = small(), theme.quiet(Button(self.tr("Show")))
        for label, button in ((self._others, self._all), (self._quiet, self._show_quiet)):
            label.setContentsMargins(theme.RELATED, 0, 0, 0)
            row = QHBoxLayout()
            row.addWidget(label, 1)
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
            self.rows.addLayout(row)
        self._all.clicked.connect(self.all_wanted)
        self._show_quiet.clicked.connect(self._on_show_quiet)

    def _listen(self, account: Account) -> None:
        bind(self, account.friends.asked, self._on_asked)
        bind(self, account.friends.request_gone, self._on_gone)
        bind(self, account.friends.request_hushed, self._on_hushed)
        bind(self, account.friends.reloaded, self._on_hushed)

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self._refresh()

    def _on_account_removed(self, _jid: JID) -> None:
        self._refresh()

    def _on_asked(self, request: Request) -> None:
        self._came.add(request)

    def _on_gone(self, jid: JID) -> None:
        self._came.add(jid)

    def _on_hushed(self) -> None:
        self._came.add(None)

    def _refresh(self) -> None:
        accounts = self._accounts.all()
        oldest = (account.friends.oldest_request() for account in accounts)
        shown = next(filter(None, oldest), None)
        quiet = words.quietly(accounts, others=shown is not None)
        if (shown or quiet) and not trust.is_ready(accounts):
            self._comparing.start()  # nobody is shown before it is known whom they look like
            return
        self._shown = shown
        count = words.waiting(accounts)
        self.turn_to((shown.account, shown.jid) if shown else None)
        self._others.setText(self.tr("And %n more.", "", count - 1))
        self._all.setText(self.tr("Show all ({count})").format(count=count))
        self._all.setAccessibleName(self._all.text())
        self._quiet.setText(quiet)
        for part in (self._others, self._all):
            part.setVisible(count > 1)
        for part in self._answers:
            part.setVisible(shown is not None)
        self._show_quiet.setVisible(bool(quiet))
        self._quiet.setVisible(bool(quiet) and shown is not None)
        if shown is not None:
            text = self.tr("{address} wants to be your friend").format(address=address(shown.jid))
            details = words.doubts(shown, self._accounts) + words.facts(shown, self._accounts)
            self.tell(text, "\n".join(details))
        elif quiet:
            self.tell(quiet)
        else:
            self.hide()

    def _on_show_quiet(self) -> None:
        words.show_quiet(self._accounts.all())
        self.all_wanted.emit()

    def _on_accept(self) -> None:
        self._answer(lambda friends, jid: friends.accept(jid))

    def _on_decline(self) -> None:
        self._answer(lambda friends, jid: friends.decline(jid))

    def _answer(self, answer: Callable[[Friends, JID], Awaitable[None]]) -> None:
        request = self._shown
        account = self._accounts.get(request.account) if request is not None else None
        if request is None or account is None:
            return
        work = self._carry_out(answer(account.friends, request.jid), request)
        self._tasks.spawn(work, name=f"answer {request.jid}")

    async def _carry_out(self, answer: Awaitable[None], request: Request) -> None:
        try:
            await answer
            if isValid(self):
                self._came.flush()
        except Trouble as trouble:
            if isValid(self):
                self._came.flush()
                self.tell(address(request.jid), errors.sentence(trouble, request.account))
