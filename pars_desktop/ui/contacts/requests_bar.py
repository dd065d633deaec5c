"""People who ask to be friends and wait for an answer, one at a time (XEP-0379 §4.1)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.friends import Friends
from pars_desktop.core.requests import Request
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Warn
from pars_desktop.domain.uri import is_mixed
from pars_desktop.ui import errors
from pars_desktop.ui.bars import HOLD, Bar
from pars_desktop.ui.bind import bind
from pars_desktop.ui.gather import Gather
from pars_desktop.ui.plain_text import address, isolated

_LONGEST_NICK = 40
_LONGEST_MESSAGE = 160
_FLOOD_MS = 300  # between two looks at who waits, when strangers come by the thousand


class RequestsBar(Bar):
    """The oldest request of all accounts, with a count of the others."""

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
        self._came = Gather[Request | JID](self, lambda _: self._refresh(), _FLOOD_MS)
        self.add_button(self.tr("Accept"), self._on_accept)
        self.add_button(self.tr("Decline"), self._on_decline)
        self.buttons.addStretch()
        for account in accounts.all():
            self._listen(account)
        bind(self, accounts.added, self._on_account_added)
        bind(self, accounts.removed, self._on_account_removed)
        self._refresh()

    def _listen(self, account: Account) -> None:
        bind(self, account.friends.asked, self._on_asked)
        bind(self, account.friends.request_gone, self._on_gone)

    def _on_account_added(self, account: Account) -> None:
        self._listen(account)
        self._refresh()

    def _on_account_removed(self, _jid: JID) -> None:
        self._refresh()

    def _on_asked(self, request: Request) -> None:
        self._came.add(request)

    def _on_gone(self, jid: JID) -> None:
        self._came.add(jid)

    def _refresh(self) -> None:
        everybody = [account.friends for account in self._accounts.all()]
        oldest = (friends.oldest_request() for friends in everybody)
        self._shown = next(filter(None, oldest), None)
        self.turn_to((self._shown.account, self._shown.jid) if self._shown else None)
        if self._shown is None:
            self.hide()
            return
        others = sum(friends.request_count() for friends in everybody) - 1
        text = self.tr("{address} wants to be your friend").format(address=address(self._shown.jid))
        self.tell(text, "\n".join(self._details(self._shown, others)))

    def _details(self, request: Request, others: int) -> list[str]:
        said = []
        if is_mixed(request.jid):
            said.append(errors.warning(Warn.MIXED_SCRIPT))
        if request.jid.ascii != str(request.jid):
            said.append(self.tr("In plain letters: {ascii}").format(ascii=request.jid.ascii))
        if nick := errors.plain(request.nick, _LONGEST_NICK):
            said.append(self.tr("They call themselves “{nick}”.").format(nick=isolated(nick)))
        if message := errors.plain(request.message, _LONGEST_MESSAGE):
            said.append(self.tr("They write: “{message}”").format(message=isolated(message)))
        account = self._accounts.get(request.account)
        if account is not None and request.invite is not None:
            guests = [str(jid) for jid, _ in account.invites.used_by(request.invite.id)]
            said.append(
                errors.invitation_used(
                    request.refusal, request.invite, guests[-1] if guests else ""
                )
            )
        if len(self._accounts.all()) > 1:
            said.append(self.tr("They ask {account}.").format(account=request.account))
        if others:
            said.append(self.tr("And %n more.", "", others))
        return [line for line in said if line]

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
