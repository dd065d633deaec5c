"""Copies of one account without a window, on a real server: the core, the store and the network.

`python -m tests.sharing.copies DATABASE STEP` is one as a process of its own, which reads its
password and kills itself with signal 9 at a step: "before publish", "after retract" and so on.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import Account
from pars_desktop.core.waits import Waits
from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.invite import InviteOptions, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from pars_desktop.store.sharing import SharingStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.xmpp.network import Network
from tests.server.prosody import Person

WAITS = Waits(other_device=3.0, look_after=0.2, pause=0.2, push=5.0, plain_after=60.0)
ROOT = Path(__file__).parents[2]


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


class Copy:
    """One copy, on a file of its own."""

    def __init__(self, file: Path, waits: Waits = WAITS) -> None:
        self.file = file
        self.approved: list[JID] = []
        self._waits = waits

    def prepare(self, person: Person) -> None:
        database = Database.open(self.file)
        AccountStore(database).put(person.settings)
        database.close()

    async def start(self, password: str, step: str = "") -> None:
        self.database = Database.open(self.file)
        settings = AccountStore(self.database).all()[0]
        self.tasks = Tasks()
        self.account = Account(
            settings,
            self.database,
            SystemClock(),
            self.tasks,
            newcomer_group="Came by invitation",
            waits=self._waits,
        )
        self.network = Network(settings)
        self._watch(step)
        self.account.attach(self.network)
        self.account.sign_in(password)
        await until(lambda: self.account._start_complete)

    async def invite(self, uses: int = 1) -> str:
        """The token of a new invitation that the others know by now."""
        invite = self.account.invites.create(InviteOptions(uses=uses))
        token = parse_link(invite.link or "").token
        assert token
        store = SharingStore(self.database, self.account.jid)
        await until(lambda: store.is_told(token_hash(token)))
        return token

    def asked(self) -> set[JID]:
        """Who waits for the person's answer here."""
        return {request.jid for request in self.account.friends.requests()}

    async def quit(self) -> None:
        await self.account.sign_out()
        await self.tasks.close()
        self.database.close()

    def _watch(self, step: str) -> None:
        approve, node = self.network.roster.approve, self.network.private_node

        def approving(jid: JID) -> None:
            approve(jid)
            self.approved.append(jid)

        self.network.roster.approve = approving  # type: ignore[method-assign]
        for name in ("publish", "retract"):
            setattr(node, name, _deadly(getattr(node, name), name, step))


def _deadly(work: Callable[..., Awaitable[Any]], name: str, step: str) -> Callable[..., Any]:
    async def deadly(note: str, *more: Any) -> Any:
        if step == f"before {name}":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await work(note, *more)
        if step == f"after {name}":
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return deadly


@asynccontextmanager
async def guest(person: Person) -> AsyncIterator[Network]:
    """Somebody who comes, online."""
    network = Network(person.settings)
    network.connection.start(person.settings, person.password)
    try:
        await until(lambda: network.connection.is_online)
        await network.roster.fetch()
        yield network
    finally:
        await network.connection.close()


def comes(network: Network, to: JID, token: str) -> None:
    """They ask with a token, and agree to what is asked back, as any client does."""

    def agree(request: SubscriptionRequest) -> None:
        with suppress(Offline):  # they may be leaving
            network.roster.approve(request.jid)

    network.roster.requested.connect(agree)
    network.roster.subscribe(to, token, "A guest")


async def process(file: Path, password: str, step: str) -> asyncio.subprocess.Process:
    """A copy as a process; it says "online" when it is."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.sharing.copies",
        str(file),
        step,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(f"{password}\n".encode())
    await running.stdin.drain()
    assert await asyncio.wait_for(running.stdout.readline(), 30) == b"online\n"
    return running


async def _main() -> None:
    copy = Copy(Path(sys.argv[1]))
    await copy.start(sys.stdin.readline().strip(), sys.argv[2])
    sys.stdout.write("online\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
