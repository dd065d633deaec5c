"""A copy of the program without windows, which can be cut off, killed and started again."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.waits import Waits
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.system.clock import SystemClock
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.connection import Connection, Timing
from pars_desktop.xmpp.network import Network
from tests.fakes import NEWCOMERS, FakePasswords
from tests.journeys.ground import until
from tests.server.prosody import Person

TIMING = Timing(first_pause=0.05, longest_pause=0.3, stable=0.3, goodbye=1.0)
WAITS = Waits(other_device=0.1, look_after=0.1, pause=0.2, push=5.0, plain_after=60.0)
_PATIENCE = 40.0


class Home:
    """Store, core and network of one account, in a folder of its own."""

    def __init__(self, person: Person, folder: Path) -> None:
        self.person = person
        self.sent: list[ET.Element] = []  # every stanza that left, over all lives
        self.leaving: Signal[ET.Element] = Signal()  # just before it leaves
        self._folder = folder
        self._lives = 0
        self._profile = folder / "0"
        self._profile.mkdir(parents=True)
        self.db = Database.open(self.path)
        AccountStore(self.db).put(person.settings)
        self.db.close()

    @classmethod
    @asynccontextmanager
    async def opened(cls, person: Person, folder: Path) -> "AsyncIterator[Home]":
        """One that is online, and is ended with the block."""
        home = cls(person, folder)
        await home.start()
        try:
            yield home
        finally:
            await home.end()

    async def start(self) -> None:
        """A process begins; this ends when it is online and has done what was left to do."""
        self.db = Database.open(self.path)
        self.tasks = Tasks()
        passwords = FakePasswords(**{str(self.person.jid): self.person.password})
        self.accounts = Accounts(
            self.db,
            passwords,
            SystemClock(),
            self.tasks,
            newcomer_group=NEWCOMERS,
            waits=WAITS,
        )
        account = self.accounts.get(self.person.jid)
        assert account is not None
        self.account = account
        self.friends, self.invites = account.friends, account.invites
        self.accounts.set_network(self._network)
        await self.accounts.start()
        await self.online()

    @property
    def path(self) -> Path:
        """Its database."""
        return self._profile / "pars.db"

    async def online(self) -> None:
        await until(
            lambda: self.account.status.state is State.ONLINE and self.account._start_complete,
            _PATIENCE,
        )

    def is_friend(self, jid: JID) -> bool:
        """Both directions stand, as far as we know."""
        contact = self.friends.contact(jid)
        return contact is not None and contact.is_friend

    def cut(self) -> None:
        """The line breaks now. It comes back by itself."""
        if self._connection.client is not None:
            self._connection.client.abort()

    async def kill(self) -> None:
        """kill -9: what counts is what is on disk in this moment; nothing more is sent."""
        self._lives += 1
        before, self._profile = self._profile, self._folder / str(self._lives)
        shutil.copytree(before, self._profile, ignore=shutil.ignore_patterns("*-shm"))
        self.cut()
        await self.end()
        shutil.rmtree(before)

    async def leave(self) -> None:
        """Sign out, cleanly; the process goes on."""
        await self.account.sign_out()

    async def come_back(self) -> None:
        await self.accounts.start()
        await self.online()

    async def end(self) -> None:
        await self.accounts.close()
        await self.tasks.close()
        self.db.close()

    def take_sent(self) -> list[ET.Element]:
        """What left since the last call."""
        taken, self.sent = self.sent, []
        return taken

    def _network(self, settings: AccountSettings) -> Network:
        self._connection = Connection(timing=TIMING)
        self._connection.client_ready.connect(self._record)
        return Network(settings, self._connection)

    def _record(self, client: Client) -> None:
        send_raw = client.send_raw

        def recording(data: str | bytes) -> None:
            text = data.decode() if isinstance(data, bytes) else data
            if text.startswith(("<message", "<presence", "<iq")):
                stanza = ET.fromstring(f"<s xmlns='jabber:client'>{text}</s>")[0]
                self.leaving.emit(stanza)
                self.sent.append(stanza)
            send_raw(data)

        client.send_raw = recording  # type: ignore[method-assign]
