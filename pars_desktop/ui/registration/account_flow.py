"""From nothing to an account: the pages that lead there, in the order in which a person goes."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.links import Links, Proposal, ProposalKind
from pars_desktop.core.registration import Registrar
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.link import Link
from pars_desktop.domain.registration import Plan
from pars_desktop.domain.uri import parse_link
from pars_desktop.ui import theme
from pars_desktop.ui.bars import HOLD
from pars_desktop.ui.invite.ask_page import AskPage
from pars_desktop.ui.invite.lookup_page import LookupPage
from pars_desktop.ui.plain_text import spoken
from pars_desktop.ui.registration.provider_page import ProviderPage
from pars_desktop.ui.registration.ready_bar import Ready
from pars_desktop.ui.registration.registration_page import RegistrationPage
from pars_desktop.ui.registration.start_page import (
    StartPage,
    is_answered,
    title_of,
    waiting_sentence,
)
from pars_desktop.ui.registration.steps import Steps
from pars_desktop.ui.sheet import breakable, small
from pars_desktop.ui.sign_in.sign_in_page import SignInPage


class AccountFlow(Steps):
    """Pages are made when they are needed first, and kept with what was typed into them.

    `is_first`: there is no account yet, so an invitation leads here; otherwise it is proposed
    where friends are added.
    """

    done = Signal()  # there is an account
    ready = Signal(object)  # what to say of one that was made, or has a new password: a Ready
    cancelled = Signal()
    screen_wanted = Signal()  # a code on it is to be read; or one in a file, or in a picture given
    file_wanted = Signal()
    pictures_given = Signal(list)

    def __init__(
        self,
        accounts: Accounts,
        registrar: Registrar,
        links: Links,
        tasks: Tasks,
        plan: Plan | None = None,
        *,
        is_first: bool = False,
    ) -> None:
        """`plan`: begin with this account and nothing else."""
        super().__init__()
        self._accounts = accounts
        self._registrar = registrar
        self._links = links
        self._tasks = tasks
        self._is_first = is_first
        self._link: Link | None = None  # that waits for the account
        self._shown: Link | None = None  # what the first page says of it
        self._sign_in: SignInPage | None = None
        self._ask: AskPage | None = None
        self._providers: ProviderPage | None = None
        self._registrations: dict[Plan, RegistrationPage] = {}
        self._looking: asyncio.Task[None] | None = None
        self._waits = small()
        self._waits.setContentsMargins(theme.UNIT, 0, 0, theme.RELATED)
        self._waits.hide()
        self._column.insertWidget(0, self._waits)
        self.turned.connect(self._on_turned)
        self.left.connect(self._on_left)
        if plan is None:
            self._begin()
        else:
            self._register(plan)

    @property
    def is_centred(self) -> bool:
        """What the shown page says stands in its middle, and so should its title."""
        return isinstance(self.page, StartPage | LookupPage)

    @property
    def is_ending(self) -> bool:
        """An account is being created: `done` comes."""
        return isinstance(self.page, RegistrationPage) and self.page.is_creating

    def show_waiting(self, link: Link) -> None:
        """This link waits for the account; said at once unless the person is filling in a form."""
        self._link = link
        if self.is_at_start or isinstance(self.page, AskPage | LookupPage):
            self._begin()
        else:
            self._on_turned()
        if is_answered(link):
            self._links.forget()

    def say(self, text: str) -> bool:
        """Say why nothing came of a code, if that is where to give another one."""
        if isinstance(self.page, AskPage):
            self.page.say(text)
            return True
        return False

    def leave(self) -> None:
        """The window that it is in is closed."""
        if self.page is not None:
            self._on_left(self.page)

    # --- the pages -------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._shown = self._link
        start = StartPage(
            self._link,
            kept=self._links.waiting_is_kept,
            takes_invitations=self._is_first,
            hold=HOLD,
        )
        start.invitation.connect(self._ask_for_link)
        start.sign_in.connect(self._to_sign_in)
        start.create_account.connect(self._choose_server)
        start.accept.connect(self._accept)
        start.look_up.connect(self._look_up)
        start.forget.connect(self._forget)
        start.cancelled.connect(self.cancelled)
        is_another = not self._is_first
        self.begin_with(start, self.tr("Add account") if is_another else title_of(self._link))

    def _forget(self) -> None:
        """The person wants nothing of the link; another one may wait behind it."""
        self._link = None
        self._links.forget()
        if self._link is None:
            self._begin()

    def _ask_for_link(self) -> None:
        if self._ask is None:
            self._ask = page = AskPage(can_cancel=False)
            page.entered.connect(self._on_entered)
            page.scan.screen_wanted.connect(self.screen_wanted)
            page.scan.file_wanted.connect(self.file_wanted)
            page.pictures_given.connect(self.pictures_given)
        self.go_to(self._ask, self.tr("Your invitation"))

    def _to_sign_in(self) -> None:
        if self._sign_in is None:
            self._sign_in = SignInPage(self._accounts, self._tasks)
            self._sign_in.signed_in.connect(self.done)
        self.go_to(self._sign_in, self.tr("Sign in"))

    def _choose_server(self) -> None:
        if self._providers is None:
            self._providers = ProviderPage(self._registrar.providers())
            self._providers.chosen.connect(self._register)
        self.go_to(self._providers, self.tr("Choose a server"), self._providers.foot)

    def _accept(self) -> None:
        plan = Plan.of_link(self._link) if self._link is not None else None
        if plan is not None:
            self._register(plan)

    def _register(self, plan: Plan) -> None:
        page = self._registrations.get(plan)
        if page is None:
            alone = not self._way
            page = RegistrationPage(
                self._registrar,
                plan,
                self._tasks,
                can_cancel=alone,
                takes_invitations=self._is_first,
                was_there=self._is_ours(plan),
            )
            page.created.connect(self._on_created)
            page.cancelled.connect(self.cancelled)
            page.invitation_wanted.connect(lambda: self._start_over(self._ask_for_link))
            page.server_wanted.connect(lambda: self._start_over(self._choose_server))
            self._registrations[plan] = page
        resets = self._is_ours(plan)
        title = self.tr("New password") if resets else self.tr("Create an account")
        self.go_to(page, title, page.form.foot)
        page.enter()

    def _is_ours(self, plan: Plan) -> bool:
        return bool(plan.user_name) and self._accounts.get(plan.jid(plan.user_name)) is not None

    def _start_over(self, go: Callable[[], None]) -> None:
        """This way leads nowhere: another one, from the first page."""
        self.leave_all()
        go()

    def _on_created(self, ready: Ready) -> None:
        self.done.emit()
        self.ready.emit(ready)

    def _on_left(self, page: QWidget) -> None:
        if isinstance(page, RegistrationPage | SignInPage):
            page.leave()
        elif isinstance(page, LookupPage):
            if self._looking is not None:
                self._looking.cancel()
            page.deleteLater()

    def _on_turned(self) -> None:
        """Say everywhere that a link waits, but where it is what the page is about."""
        if self.is_at_start and self._shown is not self._link:
            self._begin()
            return
        page = self.page
        about_it = isinstance(page, StartPage | AskPage | LookupPage) or (
            isinstance(page, RegistrationPage) and page.plan.token is not None
        )
        self._waits.setVisible(self._link is not None and not about_it)
        if self._link is not None:
            text = waiting_sentence(self._link, kept=self._links.waiting_is_kept)
            self._waits.setText(breakable(text))
            self._waits.setAccessibleName(spoken(text))

    # --- invitations -----------------------------------------------------------------------------

    def _on_entered(self, text: str) -> None:
        """A link, or an address for which an account is needed as well."""
        link = parse_link(text)
        if link.refused is None:
            self._links.open(text)
        elif self._ask is not None:
            self._ask.refuse(link.refused)

    def _look_up(self) -> None:
        """A page has to be asked what its link stands for, if the person agrees."""
        if self._link is None:
            return
        proposal = Proposal(ProposalKind.LOOK_UP, self._link)
        page = LookupPage(proposal, HOLD)
        page.cancelled.connect(self.go_back)
        page.agreed.connect(lambda: self._on_agreed(page, proposal))
        self.go_to(page, self.tr("You are invited"))

    def _on_agreed(self, page: LookupPage, proposal: Proposal) -> None:
        work = self._looked_up(page, proposal)
        self._looking = self._tasks.spawn(work, name="ask the page of an invitation")

    async def _looked_up(self, page: LookupPage, proposal: Proposal) -> None:
        try:
            found = await self._links.look_up(proposal)
        except Trouble as trouble:
            if isValid(page):
                page.fail(trouble)
        else:
            self._looking = None
            if isValid(self):
                self.show_waiting(found.link)
