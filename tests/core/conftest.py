"""One account of ours over a database in memory, and the world around it as fakes."""

import asyncio
from collections.abc import Callable

import pytest

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.core.waits import Waits
from pars_desktop.domain.account import AccountSettings
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from tests.fakes import NEWCOMERS, ROMEO, WAITS, FakeClock, FakeNetwork, FakePasswords, settle


class Copy:
    """One copy of the program, signed in as Romeo; it can be killed and started again."""

    def __init__(self) -> None:
        self.db = Database.open(":memory:")
        AccountStore(self.db).put(AccountSettings(ROMEO))
        self.clock = FakeClock()
        self.passwords = FakePasswords(**{str(ROMEO): "secret"})
        self.network: FakeNetwork | None = None
        self.start()

    def start(self, waits: Waits = WAITS) -> None:
        """A process begins; the server is the one that was there before."""
        self.tasks = Tasks()
        self.accounts = Accounts(
            self.db, self.passwords, self.clock, self.tasks, newcomer_group=NEWCOMERS, waits=waits
        )
        self.conversations = Conversations(self.db, self.accounts)
        self.conversations.follow()
        self.network = FakeNetwork(self.network)
        self.accounts.set_network(
            lambda settings: self.network if settings.jid == ROMEO else FakeNetwork()
        )
        self.account = self.accounts.get(ROMEO)
        self.friends = self.account.friends
        self.invites = self.account.invites
        self.connection = self.network.connection
        self.roster = self.network.roster
        self.messenger = self.network.messenger
        self.archive = self.network.archive

    async def log_in(self) -> None:
        """A fresh session begins, and everything it starts is done."""
        self.account.sign_in("secret")
        self.connection.come_up()
        await settle()

    async def lose_session(self) -> None:
        """The connection breaks for so long that the next session is a fresh one."""
        self.connection.drop()
        await settle()

    async def kill(self) -> None:
        """The process is gone in this moment: nothing is closed, nothing is said."""
        self.connection.is_online = False
        await self.tasks.close()

    async def tasks_done(self) -> None:
        """Everything in the background has ended, also what waits for a moment."""
        await asyncio.sleep(5 * WAITS.other_device)
        await settle()

    async def restart(self) -> None:
        await self.kill()
        self.start()
        await self.log_in()


@pytest.fixture
async def offline():
    """A copy that was not online yet."""
    copy = Copy()
    yield copy
    await copy.tasks.close()
    copy.db.close()


@pytest.fixture
async def copy(offline):
    """A copy that is online."""
    await offline.log_in()
    return offline


@pytest.fixture
def heard() -> Callable[[Signal], list]:
    """What a signal says from now on: single arguments as they are, several as a tuple."""

    def listen(signal: Signal) -> list:
        said: list = []
        signal.connect(lambda *args: said.append(args[0] if len(args) == 1 else args))
        return said

    return listen
