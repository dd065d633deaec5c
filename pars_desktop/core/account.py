"""One account: signing in, staying signed in, and everything that belongs to one address."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.presence import Presences
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    CredentialsExpired,
    Offline,
    SignInTrouble,
    Trouble,
    WrongPassword,
)
from pars_desktop.store.database import Database

if TYPE_CHECKING:  # the first picture shows an account, but needs none of its parts
    import asyncio

    from pars_desktop.core.blocking import Blocking
    from pars_desktop.core.catchup import Catchup
    from pars_desktop.core.friends import Friends
    from pars_desktop.core.inbox import Inbox
    from pars_desktop.core.invites import Invites
    from pars_desktop.core.likeness import Likeness
    from pars_desktop.core.outbox import Outbox
    from pars_desktop.core.ports import Clock, Connection, Network
    from pars_desktop.core.waits import Waits
    from pars_desktop.store.messages import MessageStore

_log = logging.getLogger(__name__)


class State(Enum):
    """How an account stands with its server."""

    OFFLINE = auto()
    CONNECTING = auto()
    ONLINE = auto()
    WAITING = auto()  # will try again by itself
    NEEDS_PASSWORD = auto()
    FAILED = auto()  # only the person can change something


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """The state, why, and when it is tried again."""

    state: State
    trouble: SignInTrouble | None = None
    retry_at: datetime | None = None


class Account:
    """Everything that belongs to one address. Two accounts are two of these.

    It exists, and can be shown, before there is a network; `attach` gives it one. Its parts are
    made when they are first used: importing them takes longer than painting the window.
    """

    def __init__(
        self,
        settings: AccountSettings,
        db: Database,
        clock: "Clock",
        tasks: Tasks,
        *,
        newcomer_group: str,
        waits: "Waits | None" = None,
    ) -> None:
        self.jid = settings.jid
        self.settings = settings
        self.status = AccountStatus(State.OFFLINE)
        self.status_changed: Signal[AccountStatus] = Signal()
        self.settings_changed: Signal[AccountSettings] = Signal()
        self.presence = Presences()
        self._db = db
        self._clock = clock
        self._tasks = tasks
        self._newcomer_group = newcomer_group
        self._waits = waits
        self._connection: Connection | None = None
        self._password: str | None = None  # to be used as soon as there is a network
        self._start: asyncio.Task[None] | None = None
        self._start_complete = False

    @cached_property
    def blocking(self) -> "Blocking":
        """Whom our server keeps away from us."""
        from pars_desktop.core.blocking import Blocking

        return Blocking()

    @cached_property
    def invites(self) -> "Invites":
        """The invitations we handed out."""
        from pars_desktop.core.invites import Invites
        from pars_desktop.store.invites import InviteStore

        return Invites(self.jid, InviteStore(self._db), self._clock, self.your_name)

    @cached_property
    def friends(self) -> "Friends":
        """Who is a friend, and who becomes one."""
        from pars_desktop.core.friends import Friends
        from pars_desktop.core.waits import USUAL

        return Friends(
            self.jid,
            self._db,
            self.invites,
            self.blocking,
            self._clock,
            self._tasks,
            self.your_name,
            newcomer_group=self._newcomer_group,
            waits=self._waits or USUAL,
        )

    @cached_property
    def likeness(self) -> "Likeness":
        """Whom of its contacts a stranger could be taken for."""
        from pars_desktop.core.likeness import Likeness
        from pars_desktop.store.contacts import ContactStore

        store = ContactStore(self._db)
        return Likeness(self.friends, lambda after, most: store.names(self.jid, after, most))

    @cached_property
    def inbox(self) -> "Inbox":
        """What comes in."""
        from pars_desktop.core.inbox import Inbox

        return Inbox(self.jid, self._db, self._messages, self.friends.sees_us, self._clock)

    @cached_property
    def outbox(self) -> "Outbox":
        """What goes out."""
        from pars_desktop.core.outbox import Outbox

        return Outbox(self.jid, self._messages, self._clock)

    @cached_property
    def catchup(self) -> "Catchup":
        """What came while we were away."""
        from pars_desktop.core.catchup import Catchup
        from pars_desktop.store.archive import ArchiveStore

        return Catchup(self.jid, ArchiveStore(self._db), self.inbox)

    @cached_property
    def _messages(self) -> "MessageStore":
        from pars_desktop.store.messages import MessageStore

        return MessageStore(self._db)

    def your_name(self) -> str:
        """The name friends are asked to save us under; empty if none was chosen."""
        return self.settings.your_name

    def attach(self, network: "Network") -> None:
        """Here is the network. Called once."""
        if self._connection is not None:
            raise AssertionError("attached twice")
        self._connection = network.connection
        self.presence.attach(network.roster)
        self.blocking.attach(network.blocking)
        self.friends.attach(network.roster, network.private_node)
        self.inbox.attach(network.messenger)
        self.outbox.attach(network.messenger)
        self.catchup.attach(network.archive)
        self.invites.attach(network.invitations)
        network.connection.connecting.connect(self._on_connecting)
        network.connection.online.connect(self._on_online)
        network.connection.offline.connect(self._on_offline)
        network.connection.mechanism_used.connect(self._on_mechanism)
        if self._password is not None:
            self.sign_in(self._password)

    def sign_in(self, password: str) -> None:
        """Connect and stay connected. Before there is a network it waits for it."""
        self._set(AccountStatus(State.CONNECTING))
        if self._connection is None:
            self._password = password
            return
        self._password = None
        self._connection.start(self.settings, password)

    async def sign_out(self) -> None:
        """Leave, and stay offline."""
        self._password = None
        self._stop_starting()
        self.outbox.close()
        if self._connection is not None:
            await self._connection.close()
        self._set(AccountStatus(State.OFFLINE))

    def retry_now(self) -> None:
        """Do not wait any longer: the network may be back, or the person has put it right."""
        if self._connection is not None and self.status.state in (State.WAITING, State.FAILED):
            self._connection.retry_now()

    def needs_password(self) -> None:
        """No password is known: the person has to type it."""
        self._set(AccountStatus(State.NEEDS_PASSWORD))

    def change(self, settings: AccountSettings) -> None:
        """Take other settings for the same address over; a new host counts at the next sign-in."""
        self.settings = settings
        self.settings_changed.emit(settings)

    def _on_connecting(self) -> None:
        self._set(AccountStatus(State.CONNECTING))

    def _on_online(self, resumed: bool) -> None:
        self._set(AccountStatus(State.ONLINE))
        if not resumed:
            self.presence.clear()
            self._start_complete = False
        self.presence.cut_off(False)
        if not self._start_complete:
            self.outbox.hold()
        self._stop_starting()
        work = self._resume() if self._start_complete else self._begin()
        self._start = self._tasks.spawn(work, name="begin a session")

    def _on_offline(self, trouble: SignInTrouble | None, retry_in: float | None) -> None:
        self._stop_starting()
        self.presence.cut_off(True)
        self.outbox.close()
        if isinstance(trouble, WrongPassword | CredentialsExpired):
            self._set(AccountStatus(State.NEEDS_PASSWORD, trouble))
        elif retry_in is not None:
            retry_at = self._clock.now() + timedelta(seconds=retry_in)
            self._set(AccountStatus(State.WAITING, trouble, retry_at))
        elif trouble is not None:
            self._set(AccountStatus(State.FAILED, trouble))
        else:
            self._set(AccountStatus(State.OFFLINE))

    def _on_mechanism(self, mechanism: str) -> None:
        """Pin the login: next time nothing weaker is accepted (T-14)."""
        if mechanism != self.settings.best_mechanism:
            self.change(replace(self.settings, best_mechanism=mechanism))

    async def _begin(self) -> None:
        """A fresh session: the roster, what is left to do, the archive, and then what waits.

        The archive comes before the outbox, because it knows which of our messages had arrived.
        """
        import asyncio

        try:
            # Requests come with our presence, after the roster: by then it is known who is blocked.
            await asyncio.gather(
                self._quietly(self.blocking.refresh), self._quietly(self.friends.refresh)
            )
            await self._quietly(self.friends.resume, fresh=True)
            await self.catchup.run()
        except Offline:
            return
        self._start_complete = True
        self.outbox.release()

    async def _resume(self) -> None:
        """Nothing was lost; what was written or decided meanwhile leaves now."""
        self.outbox.release()
        with suppress(Offline):
            await self._quietly(self.friends.resume, fresh=False)

    async def _quietly(self, work: Callable[..., Coroutine[Any, Any, None]], **how: bool) -> None:
        """One part that the server refuses does not keep the others from working (R-4)."""
        try:
            await work(**how)
        except Offline:
            raise
        except Trouble as trouble:
            _log.info("beginning a session: %s", type(trouble).__name__)

    def _stop_starting(self) -> None:
        if self._start is not None:
            self._start.cancel()
            self._start = None

    def _set(self, status: AccountStatus) -> None:
        if status != self.status:
            self.status = status
            self.status_changed.emit(status)
