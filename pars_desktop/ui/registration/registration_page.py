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
    InvitationNeeded,
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
from pars_desktop.ui.registration.ready_bar import Ready
from pars_desktop.ui.registration.registration_form import RegistrationForm

_Work = Callable[[], Awaitable[QWidget | None]]  # where the person goes on, if there is a place

_NO_WAIT = 300  # milliseconds in which nothing needs to be said


class RegistrationPage(QWidget):
    """Asks the server as soon as it is shown, unless the person has something to confirm first.

    `enter` it when it is shown, `leave` it when it is not any more; what was typed stays.
    """

    created = Signal(object)  # a Ready
    cancelled = Signal()
    invitation_wanted = Signal()
    server_wanted = Signal()  # another one

    def __init__(
        self,
        registrar: Registrar,
        plan: Plan,
        tasks: Tasks,
        *,
        can_cancel: bool = False,
        takes_invitations: bool = False,
        was_there: bool = False,
    ) -> None:
        """`was_there`: the account is one of ours, and its password is to be replaced."""
        super().__init__()
        self._takes_invitations = takes_invitations
        self._was_there = was_there
        self._registrar = registrar
        self._plan = plan
        self._tasks = tasks
        self._new: NewAccount | None = None
        self._server = AccountSettings(plan.domain)  # how it is reached
        self._has_asked = False  # and has got an answer
        self._invited = True
        self._keep = KeepPassword.KEYRING
        self._working: asyncio.Task[None] | None = None
        self._is_creating = False
        self._step = ""  # what is being waited for
        self.form = form = RegistrationForm(plan, can_cancel=can_cancel, was_there=was_there)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        form.show_name(plan.user_name or registrar.suggested_user_name(plan.domain))
        self.setFocusProxy(form.first_field)
        self._slow = QTimer(self, singleShot=True, interval=_NO_WAIT)
        self._slow.timeout.connect(self._say_progress)
        form.submitted.connect(self._submit)
        form.confirmed.connect(self._ask)
        form.uninvited.connect(self._go_on_uninvited)
        form.keep_chosen.connect(self._on_keep_chosen)
        form.invitation_wanted.connect(self.invitation_wanted)
        form.server_wanted.connect(self.server_wanted)
        form.cancelled.connect(self._on_cancel)

    @property
    def plan(self) -> Plan:
        """The account that is to be created."""
        return self._plan

    @property
    def is_creating(self) -> bool:
        """The person has asked for it, and the last page is yet to come."""
        return self._is_creating

    def enter(self) -> None:
        """It is shown: the link it came by stays on disk until all is settled or given up."""
        if self._new is None:
            self._new = self._registrar.begin(self._plan, self._server)
            self._new.sending.connect(self._on_sending)
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
        self.form.go_on_uninvited()
        self._ask()

    def _on_keep_chosen(self, keep: KeepPassword) -> None:
        """The question where to keep the password was answered."""
        if self._working is None:
            self._keep = keep
            self.form.keep_in(keep)
            self._submit()

    async def _answered(self, new: NewAccount) -> None:
        """The server's questions are shown. Raises what `NewAccount.start` raises."""
        wanted = self.form.server.applied_to(AccountSettings(self._plan.domain))
        if wanted != self._server:
            self._server, self._has_asked = wanted, False
            await new.go_by(wanted)
        if not self._has_asked:
            questions = await new.start(invited=self._invited)
            self._has_asked = True
            self.form.show_questions(questions)

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
        if self._keep is KeepPassword.KEYRING:
            self._wait_for(self.tr("Waiting for the keyring of this computer…"))
        form = self.form
        account = await new.submit(
            form.user_name,
            form.password.password,
            form.questions.answers(),
            self._keep,
            friend_name=form.friend_name,
        )
        if isValid(self):  # or else the window has gone with the page: the account is there
            self._new = None
            inviter = self._plan.inviter if self._invited else None
            friend = form.friend_name or str(inviter) if inviter is not None else ""
            chosen = form.password.password == new.password and not form.password.suggested
            suggested = "" if chosen else new.password
            self.created.emit(
                Ready(account.jid, self._keep, suggested, friend, was_there=self._was_there)
            )
        return None

    def _on_sending(self) -> None:
        if isValid(self):
            sets = self.tr("Setting the password…")
            self._wait_for(sets if self._was_there else self.tr("Creating the account…"))

    # --- how it goes -----------------------------------------------------------------------------

    def _try(self, work: _Work, *, creating: bool) -> None:
        self.form.forget_trouble()
        self._is_creating = creating
        self._step = self.tr("Asking {server}…").format(server=self._plan.domain)
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
        except asyncio.CancelledError:
            if isValid(self) and self._working is mine:
                self._tell_what_was_cancelled()
            raise
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
            self.form.show_questions(self._new.questions)
        if isinstance(trouble, BadAddress):
            pass  # it stands below the name
        elif isinstance(trouble, NoSuchServer):
            self.form.say(self._no_such_server())
        elif isinstance(trouble, NeedsWebPage | RegistrationNotOffered):
            self._tell_of_page(trouble)
        elif isinstance(trouble, NoKeyring):
            why = self.tr("{why} The account is not created before its password can be kept.")
            self.form.ask_where_to_keep(why.format(why=errors.sentence(trouble)))
        else:
            self.form.say(errors.sentence(trouble, self._plan.domain))
        uninvited = isinstance(trouble, InvitationRejected | InvitationsNotTaken)
        needs_one = isinstance(trouble, InvitationNeeded)
        no_way = isinstance(trouble, InvitationNeeded | RegistrationNotOffered | NoSuchServer)
        self.form.offer(
            uninvited=uninvited and self._invited,
            invitation=needs_one and self._takes_invitations,
            server=no_way and not (self._plan.token and self._invited),
        )
        self._show()
        self._lead_to(self._place_of(trouble))

    def _no_such_server(self) -> str:
        if self._plan.token:  # then nobody here has written its name
            text = self.tr(
                "There is no chat server at {server}. Ask whoever invited you for a new link."
            )
        elif self._plan.domain in (each.domain for each in self._registrar.providers()):
            text = self.tr("{server} cannot be found at the moment. Choose another server.")
        else:
            text = self.tr("There is no chat server at {server}. Check how its name is written.")
        return text.format(server=self._plan.domain)

    def _tell_what_was_cancelled(self) -> None:
        if self._is_creating and self._new is not None and self._new.may_be_made:
            text = self.tr(
                "{server} may have made the account already. Create it once more to find out: "
                "nothing is lost."
            )
            self.form.say(text.format(server=self._plan.domain))

    def _lead_to(self, place: QWidget) -> None:
        """The cursor goes there; what is said about it is to be seen as well."""
        place.setFocus()
        self._layout_now()
        around = self.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                for each in (self.form.last_button, *self.form.to_read, place):
                    around.ensureWidgetVisible(each)
            around = around.parentWidget()

    def _layout_now(self) -> None:
        """What was just shown has its place: else it could not be scrolled to."""
        for each in (self.form, self):
            if (layout := each.layout()) is not None:
                layout.activate()

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

    def _wait_for(self, step: str) -> None:
        self._step = step
        if not self._slow.isActive():
            self._say_progress()

    def _say_progress(self) -> None:
        self.form.show_progress(self._step)

    def _show(self) -> None:
        self.form.show_state(working=self._working is not None, creating=self._is_creating)


async def _let_go(new: NewAccount, work: "asyncio.Task[None] | None") -> None:
    """Hang up, once what is under way has ended."""
    if work is not None:
        await asyncio.wait([work])
    await new.give_up()
