"""A new account: its name and password, what its server asks, and what became of it (R28 to R35).

What the page shows is `RegistrationForm`'s; what happens, and in which order, is here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.registration import NewAccount, Registrar
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.errors import (
    BadAddress,
    InvitationRejected,
    InvitationsNotTaken,
    NeedsWebPage,
    NoKeyring,
    NoSuchServer,
    NotAccepted,
    QuestionsChanged,
    RegistrationNotOffered,
    Trouble,
    UserNameTaken,
)
from pars_desktop.domain.registration import Plan
from pars_desktop.ui import errors
from pars_desktop.ui.registration.registration_form import RegistrationForm, no_user_name

_Work = Callable[[], Awaitable[QWidget | None]]  # where the person goes on, if there is a place

_NO_WAIT = 300  # milliseconds in which nothing needs to be said (look.md)


class RegistrationPage(QWidget):
    """Asks the server as soon as it is shown, unless the person has something to confirm first.

    `enter` it when it is shown, `leave` it when it is not any more; what was typed stays.
    """

    created = Signal()
    cancelled = Signal()
    bound = Signal(bool)  # the server has made the account, which is not kept yet: no way back

    def __init__(
        self, registrar: Registrar, plan: Plan, tasks: Tasks, *, can_cancel: bool = False
    ) -> None:
        super().__init__()
        self._registrar = registrar
        self._plan = plan
        self._tasks = tasks
        self._new: NewAccount | None = None
        self._server = AccountSettings(plan.domain)  # how it is reached
        self._has_asked = False  # and has got an answer
        self._invited = True
        self._working: asyncio.Task[None] | None = None
        self._is_creating = False
        self.form = form = RegistrationForm(plan, can_cancel=can_cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        form.show_name(plan.user_name or registrar.suggested_user_name())
        self.setFocusProxy(form.first_field)
        self._slow = QTimer(self, singleShot=True, interval=_NO_WAIT)
        self._slow.timeout.connect(self._say_progress)
        form.submitted.connect(self._submit)
        form.confirmed.connect(self._ask)
        form.uninvited.connect(self._go_on_uninvited)
        form.keep_chosen.connect(self._finish)
        form.cancelled.connect(self._on_cancel)

    @property
    def plan(self) -> Plan:
        """The account that is to be created."""
        return self._plan

    def enter(self) -> None:
        """It is shown: the link it came by stays on disk until all is settled or given up."""
        if self._new is None:
            self._new = self._registrar.begin(self._plan, self._server)
            self._has_asked = False
            self._ask()

    def leave(self) -> None:
        """It is not shown any more, and may never be again."""
        new, self._new = self._new, None
        if self._working is not None:
            self._working.cancel()
        if new is not None:
            self._tasks.spawn(_let_go(new, self._working), name="leave a new account")

    # --- what is tried ---------------------------------------------------------------------------

    def _ask(self) -> None:
        """Ask the server what it wants to know, while the person chooses a name."""
        if self._new is not None and self.form.is_confirmed and self._working is None:
            self._try(partial(self._answered, self._new), creating=False)

    def _submit(self) -> None:
        """Create the account, once the server has said what it wants to know."""
        if self._new is None or self._is_creating:
            return
        if complaint := self.form.server.complaint():
            self.form.say(complaint)
            return
        asking, self._working = self._working, None
        self._try(partial(self._create, self._new, asking), creating=True)

    def _go_on_uninvited(self) -> None:
        """The person agrees to do without the invitation (R29)."""
        self._invited = self._has_asked = False
        self._ask()

    def _finish(self, keep: KeepPassword) -> None:
        """The question where to keep the password was answered."""
        if self._new is not None and self._working is None:
            self._try(partial(self._finished, self._new, keep), creating=True)

    async def _answered(self, new: NewAccount) -> None:
        """The server's questions are shown. Raises what `NewAccount.start` raises."""
        wanted = self.form.server.applied_to(AccountSettings(self._plan.domain))
        if wanted != self._server:
            self._server, self._has_asked = wanted, False
            await new.go_by(wanted)
        if not self._has_asked:
            questions = await new.start(invited=self._invited)
            self._has_asked = True
            self.form.questions.show_questions(questions)

    async def _create(self, new: NewAccount, asking: "asyncio.Task[None] | None") -> QWidget | None:
        """What is missing, if something is; else the account is created."""
        if asking is not None:
            if self.form.server.applied_to(AccountSettings(self._plan.domain)) != self._server:
                asking.cancel()
            await asyncio.wait([asking])
        await self._answered(new)
        if (missing := self.form.questions.first_missing()) is not None:
            self.form.say(self.tr("The server wants to know more. Fill in what is missing."))
            return missing
        await new.submit(
            self.form.user_name,
            self.form.password.password,
            self.form.questions.answers(),
            KeepPassword.KEYRING,
            friend_name=self.form.friend_name,
        )
        self._done()
        return None

    async def _finished(self, new: NewAccount, keep: KeepPassword) -> None:
        await new.finish(keep)
        self._done()

    def _done(self) -> None:
        """Unless the window has gone with the page: the account is there."""
        if isValid(self):
            self._new = None
            self.created.emit()

    # --- how it goes -----------------------------------------------------------------------------

    def _try(self, work: _Work, *, creating: bool) -> None:
        self.form.forget_trouble()
        self._is_creating = creating
        self._working = self._tasks.spawn(self._await(work), name="create an account")
        self._show()
        self._slow.start()

    async def _await(self, work: _Work) -> None:
        mine = asyncio.current_task()
        trouble: Trouble | None = None
        place: QWidget | None = None
        try:
            place = await work()
        except Trouble as happened:
            trouble = happened
        finally:
            if isValid(self) and self._working is mine:
                self._working, self._is_creating = None, False
                self._slow.stop()
                self._show()
        if not isValid(self) or self._working is not None:
            return
        if trouble is not None:
            self._tell(trouble)
        elif place is not None:
            self._lead_to(place)

    def _tell(self, trouble: Trouble) -> None:
        """Say what went wrong, and lead to where it can be put right."""
        asked_anew = isinstance(trouble, NotAccepted | QuestionsChanged | UserNameTaken)
        if asked_anew and self._new is not None:
            self.form.questions.show_questions(self._new.questions)
        if isinstance(trouble, BadAddress):
            self.form.say(no_user_name())
        elif isinstance(trouble, NoSuchServer):
            text = self.tr("There is no chat server at {server}. Check how its name is written.")
            if self._plan.token:  # then nobody here has written it
                text = self.tr(
                    "There is no chat server at {server}. Ask whoever invited you for a new link."
                )
            self.form.say(text.format(server=self._plan.domain))
        elif isinstance(trouble, NeedsWebPage | RegistrationNotOffered):
            self._tell_of_page(trouble)
        elif isinstance(trouble, NoKeyring):
            self.form.ask_where_to_keep(errors.sentence(trouble))
        else:
            self.form.say(errors.sentence(trouble, self._plan.domain))
        uninvited = isinstance(trouble, InvitationRejected | InvitationsNotTaken)
        self.form.offer_uninvited(uninvited and self._invited)
        self._show()
        self._lead_to(self._place_of(trouble))

    def _lead_to(self, place: QWidget) -> None:
        """The cursor goes there; the trouble is said above, so that is to be seen as well."""
        place.setFocus()
        around = self.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(self.form.last_button)
                around.ensureWidgetVisible(place)
            around = around.parentWidget()

    def _tell_of_page(self, trouble: NeedsWebPage | RegistrationNotOffered) -> None:
        """The page that the server names, or else the one that the list of servers has."""
        page = trouble.address if isinstance(trouble, NeedsWebPage) else ""
        page = page or self._registrar_page()
        said = NeedsWebPage() if page else trouble
        self.form.say(errors.sentence(said, self._plan.domain))
        self.form.page.show_page(page)

    def _registrar_page(self) -> str:
        language = self.locale().name().partition("_")[0]
        known = (each for each in self._registrar.providers() if each.domain == self._plan.domain)
        return next((each.sign_up_page(language) for each in known), "")

    def _place_of(self, trouble: Trouble) -> QWidget:
        form = self.form
        place: QWidget | None = None
        if isinstance(trouble, NoKeyring):
            return form.go_on
        if isinstance(trouble, UserNameTaken | BadAddress):
            place = form.first_field
        elif isinstance(trouble, NotAccepted | QuestionsChanged):
            place = form.questions.to_read() or form.questions.first_missing() or form.first_field
        else:
            place = form.server.place_of(trouble)
        return place or form.last_button

    def _on_cancel(self) -> None:
        if self._working is not None:
            self._working.cancel()
        else:
            self.cancelled.emit()

    def _say_progress(self) -> None:
        asking = self.tr("Asking {server}…").format(server=self._plan.domain)
        self.form.show_progress(self.tr("Creating the account…") if self._is_creating else asking)

    def _show(self) -> None:
        made = self._new is not None and self._new.created is not None
        self.form.show_state(
            working=self._working is not None, creating=self._is_creating, made=made
        )
        self.bound.emit(made)


async def _let_go(new: NewAccount, work: "asyncio.Task[None] | None") -> None:
    """Hang up; what the server has made is kept, and asks for its password at each start."""
    if work is not None:
        await asyncio.wait([work])
    if new.created is not None:
        await new.finish(KeepPassword.ASK)
    else:
        await new.give_up()
