"""The inbox: everybody who asks to be a friend, to be let in, declined or blocked one by one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.friends import Friends
from pars_desktop.core.requests import Request
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.errors import ServerRefused, Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.ui import errors, theme
from pars_desktop.ui.bars import HOLD, Strip
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.plain_text import Label, address
from pars_desktop.ui.requests import words
from pars_desktop.ui.requests.request_details import RequestDetails
from pars_desktop.ui.requests.request_list import RequestList
from pars_desktop.ui.requests.request_model import RequestModel, key
from pars_desktop.ui.sheet import WIDTH, Button, buttons, heading, small

HEIGHT = 620
_FLOOD_MS = 300  # between two looks at who came
_CROWD = 5  # so many from one server, and it is offered to block all of it
_MS = timedelta(milliseconds=1)

Answer = Callable[[Friends, JID], Awaitable[None]]


class InboxDialog(QDialog):
    """Opened by the person alone; what strangers send while it is open changes it in batches.

    When another request takes the place of the one that is shown, nothing can be answered for a
    moment: a click meant for one never decides about another.
    """

    def __init__(
        self,
        accounts: Accounts,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        hold: timedelta = HOLD,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Requests"))
        self.resize(WIDTH, HEIGHT)
        self._accounts = accounts
        self._tasks = tasks
        self._shown: ChatKey | None = None
        self._model = RequestModel(accounts, self)
        self._list = RequestList(self._model)
        self._nobody = Label(self.tr("Nobody is waiting"), font=theme.font(theme.TITLE))
        self._nobody.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._quiet = small()
        self._show_quiet = theme.quiet(Button(self.tr("Show")))
        self._trouble = Strip("warning", warns=True)
        self._details = RequestDetails(accounts)
        self._server = theme.link(Button(""))
        self._block = theme.link(Button(self.tr("Block")))
        self._report = theme.link(Button(self.tr("Block and report as spam")))
        self._decline = Button(self.tr("Decline"))
        self._accept = theme.primary(Button(self.tr("Accept")))
        self._held = QTimer(self, singleShot=True, interval=hold // _MS)
        self._came = Gather[Request | ChatKey | None](self, self._take, _FLOOD_MS)
        self._place()
        self._connect()
        self._list.choose(0)
        self._update()
        self._list.setFocus()

    # --- how it is put together ------------------------------------------------------------------

    def _place(self) -> None:
        people = QGridLayout()
        people.addWidget(self._list, 0, 0)
        people.addWidget(self._nobody, 0, 0, Qt.AlignmentFlag.AlignCenter)
        quiet = QHBoxLayout()
        quiet.addWidget(self._quiet, 1)
        quiet.addWidget(self._show_quiet)
        blocks = QHBoxLayout()
        blocks.setSpacing(theme.GROUP)
        blocks.addWidget(self._block)
        blocks.addWidget(self._report)
        blocks.addStretch()
        ways_out = QVBoxLayout()
        ways_out.setSpacing(0)
        ways_out.addWidget(self._server, alignment=Qt.AlignmentFlag.AlignLeft)
        ways_out.addLayout(blocks)
        close = Button(self.tr("Close"))
        close.clicked.connect(self.accept)
        last = buttons(self._decline, self._accept)
        last.insertWidget(0, close)  # at the left, away from the answers
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.EDGE] * 4)
        column.setSpacing(theme.GROUP)
        column.addWidget(heading(self.tr("Requests")))
        column.addLayout(people, 1)
        column.addLayout(quiet)
        column.addWidget(self._details)
        column.addLayout(ways_out)
        column.addWidget(self._trouble)
        column.addLayout(last)
        self._trouble.hide()

    def _connect(self) -> None:
        answers: dict[QPushButton, Answer] = {
            self._accept: lambda friends, jid: friends.accept(jid),
            self._decline: lambda friends, jid: friends.decline(jid),
            self._block: lambda friends, jid: friends.block(jid),
            self._report: lambda friends, jid: friends.block(jid, report=True),
            self._server: lambda friends, jid: friends.block_server(jid.domain),
        }
        for button, answer in answers.items():
            blocks = button not in (self._accept, self._decline)
            button.clicked.connect(partial(self._on_answer, answer, blocks))
        self._list.accepted.connect(self._accept.click)
        self._list.declined.connect(self._decline.click)
        self._list.turned.connect(self._on_turned)
        self._held.timeout.connect(self._let_press)
        self._show_quiet.clicked.connect(lambda: words.show_quiet(self._accounts.all()))
        for account in self._accounts.all():
            self._listen(account)
        bind(self, self._accounts.added, self._on_account_added)
        bind(self, self._accounts.removed, self._on_account_removed)

    def _listen(self, account: Account) -> None:
        friends = account.friends
        bind(self, friends.asked, self._came.add)
        bind(self, friends.request_gone, lambda jid: self._came.add(ChatKey(account.jid, jid)))
        bind(self, friends.request_hushed, lambda: self._came.add(None))

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self._came.add(None)

    def _on_account_removed(self, _jid: JID) -> None:
        self._came.add(None)

    # --- what it shows ---------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self._hold()
        return super().event(event)

    def _take(self, news: list[Request | ChatKey | None]) -> None:
        """Who came and who went; None: more than that may be different."""
        shown = self._shown
        row = self._model.row_of(shown) or 0
        if None in news:
            self._model.reload()
        else:
            self._model.take(item for item in news if item is not None)
        still = self._model.row_of(shown)
        self._list.choose(row if still is None else still)
        if self._shown != shown:
            self._hold()
        self._update()

    def _on_turned(self) -> None:
        self._trouble.hide()
        self._update()

    def _update(self) -> None:
        request = self._list.chosen
        accounts = self._accounts.all()
        self._shown = None if request is None else key(request)
        alone = self._model.rowCount() == 0
        quiet = words.quietly(accounts, others=not alone)
        self._nobody.setVisible(alone)
        self._nobody.setText(quiet or self.tr("Nobody is waiting"))
        self._quiet.setText(self._why_quiet("" if alone else quiet))
        for part in (self._quiet, self._show_quiet):
            part.setVisible(bool(quiet))
        for control in (self._details, *self._answers):
            control.setVisible(request is not None)
        self._server.hide()
        if request is not None:
            self._details.show_request(request)
            self._offer_server(request)
        self._let_press()

    def _why_quiet(self, who: str) -> str:
        why = self.tr(
            "Quiet is what comes after many wrong invitations from the same address or server, or "
            "among very many requests at once."
        )
        return f"{who} {why}".strip()

    def _offer_server(self, request: Request) -> None:
        """Many at once from one server are no people (R-5); our own is not given up for them."""
        domain = request.jid.domain
        text = self.tr("Block everybody at {server}").format(server=address(domain))
        self._server.setText(text)
        self._server.setAccessibleName(self.tr("Block everybody at {server}").format(server=domain))
        is_crowd = self._model.count_from(request) >= _CROWD
        self._server.setVisible(is_crowd and domain != request.account.domain)

    # --- answering -------------------------------------------------------------------------------

    @property
    def _answers(self) -> tuple[QPushButton, ...]:
        return (self._block, self._report, self._decline, self._accept)

    def _hold(self) -> None:
        if self._held.interval():
            self._held.start()
        self._let_press()

    def _let_press(self) -> None:
        may = not self._held.isActive()
        if not may and self.focusWidget() in (*self._answers, self._server):
            self._list.setFocus()  # a screen reader says there who is the next
        for button in (*self._answers, self._server):
            button.setEnabled(may)

    def _on_answer(self, answer: Answer, blocks: bool, _checked: bool = False) -> None:
        request = self._list.chosen
        account = self._accounts.get(request.account) if request is not None else None
        if request is None or account is None:
            return
        self._trouble.hide()
        self._hold()
        work = self._carry_out(answer(account.friends, request.jid), request, blocks)
        self._tasks.spawn(work, name=f"answer {request.jid}")

    async def _carry_out(self, answer: Awaitable[None], request: Request, blocks: bool) -> None:
        trouble = None
        try:
            await answer
        except Trouble as raised:
            trouble = raised
        if not isValid(self):
            return
        self._came.flush()
        row = self._model.row_of(key(request))
        # It could not be done: they are there again, and what is said is theirs.
        if row is not None:
            self._list.choose(row)
            self._hold()
        if isinstance(trouble, ServerRefused) and blocks:
            self._trouble.say(words.not_blocked(request.account))
        elif trouble is not None:
            self._trouble.say(errors.sentence(trouble, request.account))
