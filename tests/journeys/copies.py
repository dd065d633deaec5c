"""One copy of the program in this process, all of it as `app` builds it, only less patient."""

import asyncio
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

from pars_desktop.app import Program
from pars_desktop.core.account import Account, State
from pars_desktop.core.waits import Waits
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.system.keyring import Keyring
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import Instance
from pars_desktop.xmpp.client import Client, make_client
from pars_desktop.xmpp.connection import Connection, Timing
from pars_desktop.xmpp.network import Network
from pars_desktop.xmpp.registration import Registration
from tests import oracle
from tests.journeys.ground import until
from tests.journeys.hands import Hands
from tests.server.prosody import Person

TIMING = Timing(first_pause=0.05, longest_pause=0.3, stable=0.3, goodbye=1.0)
WAITS = Waits(other_device=0.2, push=5.0, plain_after=60.0)


class Copy(Hands):
    """One copy of the program on a profile of its own. `Story.copy` makes and starts it."""

    def __init__(self, profile: Path, timing: Timing = TIMING) -> None:
        self._timing = timing
        self.paths = Paths.of(str(profile))
        self.paths.create()
        self.sent: list[ET.Element] = []  # every stanza that left, over all starts
        self.met: set[str] = set()  # whom it may write to: bare addresses
        self.broken: list[str] = []  # why the line broke, each time
        self.may_break = False
        self.is_cut = False
        self.clients: list[Client] = []
        self.database: Database | None = None
        self._life: asyncio.Task[None] | None = None
        self._kept: oracle.Kept = {}

    async def prepare(self, person: Person, port: int = 0) -> None:
        """What `add-account` does, on another port if there is a faulty line in between."""
        settings = replace(person.settings, keep_password=KeepPassword.FILE)
        if port:
            settings = replace(settings, port=port)
        database = Database.open(self.paths.database)
        AccountStore(database).put(settings)
        database.close()
        await Keyring(self.paths.data).put(person.jid, person.password, KeepPassword.FILE)

    # --- its life ------------------------------------------------------------------------------

    async def start(self, link: str | None = None) -> None:
        """Begin, as `app.run` does."""
        instance = Instance.acquire(self.paths)
        assert instance is not None, "it runs already"
        self._instance = instance
        self.database = Database.open(self.paths.database)
        self.program = Program(
            self.paths,
            instance,
            self.database,
            import_network=lambda: self._network,
            connect=self._registration,
            waits=WAITS,
        )
        self.window = self.program.window
        for account in self.program.accounts.all():
            self._listen(account)
        self.program.accounts.added.connect(self._listen)
        if self.accounts:
            self.window.show()
        self._life = asyncio.create_task(self.program.live(link, None))

    async def quit(self) -> None:
        """Close the window, and wait until the program has ended. Nothing may be lost in it."""
        if self._life is None or self.database is None:
            return
        self.window.close()
        await self._life
        self._life = None
        self.window.deleteLater()
        self._instance.close()
        self.database.close()
        self.look_at_disk()
        await asyncio.sleep(0)

    async def restart(self) -> None:
        await self.quit()
        await self.start()

    def cut(self) -> None:
        """As if the process was killed: nothing goes out any more, and nothing is done."""
        for client in self.clients:
            if client.transport is not None:
                client.transport.abort()
        for task in self.program._tasks._running:
            task.cancel()
        self.is_cut = True

    def look_at_disk(self) -> None:
        """Everything that was ever seen on disk is there still."""
        kept = oracle.messages_kept(self.paths.database)
        oracle.assert_nothing_lost(self._kept, kept)
        self._kept = kept

    @property
    def accounts(self) -> tuple[Account, ...]:
        return self.program.accounts.all()

    def account(self, person: Person) -> Account:
        account = self.program.accounts.get(person.jid)
        assert account is not None
        return account

    def key(self, peer: Person) -> ChatKey:
        """The chat with somebody, from the first account of this copy."""
        return ChatKey(self.accounts[0].jid, peer.jid)

    @property
    def client(self) -> Client:
        return self.clients[-1]

    async def online(self) -> None:
        """Every account has a session, and has read the roster and the archive."""
        await until(
            lambda: all(
                account.status.state is State.ONLINE and account._start_complete
                for account in self.accounts
            )
        )

    def presences(self, kind: str) -> list[str]:
        """To whom presence of this type was sent, in order."""
        return [
            stanza.get("to", "")
            for stanza in self.sent
            if stanza.tag.endswith("}presence") and stanza.get("type") == kind
        ]

    def _network(self, settings: AccountSettings) -> Network:
        connection = Connection(timing=self._timing)
        connection.client_ready.connect(self._record)
        connection.offline.connect(
            lambda trouble, _: trouble and self.broken.append(type(trouble).__name__)
        )
        return Network(settings, connection)

    def _registration(self, server: AccountSettings) -> Registration:
        self.met.add(server.jid.domain)
        return Registration(server, self._new_client, timing=self._timing)

    def _new_client(self, settings: AccountSettings, password: str) -> Client:
        client = make_client(settings, password)
        self._record(client)
        return client

    def _record(self, client: Client) -> None:
        self.clients.append(client)
        send_raw = client.send_raw

        def recording(data: str | bytes) -> None:
            text = data.decode() if isinstance(data, bytes) else data
            if text.startswith(("<message", "<presence", "<iq")):
                self.sent.append(ET.fromstring(f"<s xmlns='jabber:client'>{text}</s>")[0])
            send_raw(data)

        client.send_raw = recording  # type: ignore[method-assign]

    def _listen(self, account: Account) -> None:
        self.met |= {str(account.jid), account.jid.domain}
        friends = account.friends
        friends.changed.connect(lambda contact: self.met.add(str(contact.jid)))
        friends.begun.connect(lambda jid: self.met.add(str(jid)))
