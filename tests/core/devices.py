"""Several devices of one account before one server, all in memory; any of them can be killed."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.waits import Waits
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.invite import Invite, InviteOptions
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from tests.fakes import NEWCOMERS, ROMEO, FakeClock, FakeNetwork, FakePasswords, settle

WAITS = Waits(other_device=0.015, look_after=0.001, pause=0.001, push=0.02, plain_after=60.0)


class Server:
    """What all devices see: one contact list, one place for notes, and who asks."""

    def __init__(self, *, offered: bool = True, waits: Waits = WAITS) -> None:
        self.waits = waits
        self.devices: list[Device] = []
        self.items: dict[JID, Contact] = {}
        self.asking: dict[JID, SubscriptionRequest] = {}
        self.notes: dict[str, dict[str, str]] = {}
        self.offered = offered
        self.approvals: list[tuple[JID, Device]] = []
        self.clock = FakeClock()

    async def device(self) -> "Device":
        """One more device of Romeo's, online."""
        device = Device(self)
        self.devices.append(device)
        await device.log_in()
        return device

    def they_ask(self, jid: JID, token: str | None, chance: random.Random | None = None) -> None:
        """The same request reaches every device that is online, and later ones when they come.

        `chance`: some lines are slower than others.
        """
        if jid in self.items and self.items[jid].sees_us:
            return
        self.asking[jid] = SubscriptionRequest(jid, token)
        for device in self.online:
            if chance is None:
                device.network.roster.requested.emit(self.asking[jid])
            else:
                asyncio.get_running_loop().call_later(
                    chance.choice((0.0, 0.0, 0.001, 0.003)),
                    _deliver,
                    device.network,
                    self.asking[jid],
                )

    def they_withdraw(self, jid: JID) -> None:
        self.asking.pop(jid, None)
        for device in self.online:
            device.network.roster.withdrawn.emit(jid)

    @property
    def online(self) -> "list[Device]":
        return [device for device in self.devices if device.network.connection.is_online]

    @property
    def let_in(self) -> list[JID]:
        """Who was approved, in order; whoever was approved by two devices is there twice."""
        return [jid for jid, _ in dict.fromkeys(self.approvals)]

    async def quiet(self) -> None:
        """Until nothing is under way on any device; what waits for a moment, waits."""
        for _ in range(2):  # what ended may have begun something
            await settle()
            while busy := [task for device in self.devices for task in device.tasks._running]:
                await asyncio.wait(busy, timeout=10)

    async def close(self) -> None:
        for device in self.devices:
            await device.tasks.close()
            device.db.close()

    def _changed(self, contact: Contact) -> None:
        for device in self.online:
            device.network.roster.changed.emit(contact)


class Device:
    """One copy of the program. `dies_at` is the step with the server at which it is killed."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.db = Database.open(":memory:")
        AccountStore(self.db).put(AccountSettings(ROMEO))
        self.dies_at: Callable[[str, str], bool] | None = None
        self.deaths = 0
        self.chance: random.Random | None = None  # how long its steps take
        self._start()

    def _start(self) -> None:
        self.tasks = Tasks()
        self.accounts = Accounts(
            self.db,
            FakePasswords(**{str(ROMEO): "secret"}),
            self.server.clock,
            self.tasks,
            newcomer_group=NEWCOMERS,
            waits=self.server.waits,
        )
        self.network = FakeNetwork()
        self.account = self.accounts.get(ROMEO)
        self._join(self.network)
        self.accounts.set_network(lambda _: self.network)
        self.friends, self.invites = self.account.friends, self.account.invites
        self.arrived: list[Contact] = []
        self.friends.arrived.connect(self.arrived.append)

    def _join(self, network: FakeNetwork) -> None:
        server, roster, node = self.server, network.roster, network.private_node
        roster.items, roster.asking = server.items, server.asking
        node.notes, node.offered = server.notes, server.offered
        node.before = self._step("before")
        node.after = self._step("after")
        approve = roster.approve

        def approving(jid: JID) -> None:
            approve(jid)
            server.approvals.append((jid, self))

        def pushing(contact: Contact) -> None:
            server.items[contact.jid] = contact
            server._changed(contact)

        roster.approve, roster._push = approving, pushing

    def _step(self, when: str) -> Callable[[str, str], Awaitable[None]]:
        async def step(what: str, note: str) -> None:
            if self.chance is not None:
                await asyncio.sleep(self.chance.choice((0, 0, 0, 0.0005, 0.001)))
                await settle(self.chance.randint(0, 6))
            if self.dies_at is not None and self.dies_at(f"{when} {what}", note):
                self.dies_at = None
                self.deaths += 1
                asyncio.get_running_loop().create_task(self.kill())
                await asyncio.Event().wait()  # for ever: this process does nothing any more

        return step

    def dies(
        self,
        when: str,
        what: str,
        number: int = 1,
        *,
        kind: int | None = None,
        died: asyncio.Event | None = None,
    ) -> None:
        """It is killed before or after the server does this for the nth time.

        `kind`: count only terms (0), uses (1) or attempts (2).
        """
        left = number

        def at(step: str, note: str) -> bool:
            nonlocal left
            fits = kind is None or note.count("-") == kind
            left -= fits and step == f"{when} {what}"
            if left == 0 and died is not None:
                died.set()
            return left == 0

        self.dies_at = at

    async def log_in(self) -> None:
        self.account.sign_in("secret")
        self.network.connection.come_up()
        await settle()

    async def kill(self) -> None:
        """The process is gone: nothing is closed, nothing is said."""
        self.network.connection.is_online = False
        await self.tasks.close()

    async def restart(self) -> None:
        await self.kill()
        self._start()
        await self.log_in()

    async def invite(self, **options: object) -> tuple[Invite, str]:
        """An invitation, known to the others, and its token."""
        invite = self.invites.create(InviteOptions(**options))
        await settle(200)
        return invite, parse_link(invite.link).token

    def asked(self) -> list[JID]:
        """Who waits for the person's answer here."""
        return [request.jid for request in self.friends.requests()]


def guest(name: object) -> JID:
    return JID("guest" + str(name), "capulet.lit")


def _deliver(network: FakeNetwork, request: SubscriptionRequest) -> None:
    if network.connection.is_online:
        network.roster.requested.emit(request)
