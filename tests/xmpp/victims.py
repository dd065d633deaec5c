"""Who is attacked: our connection, and beside it a bare slixmpp client as the control."""

import asyncio
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import slixmpp

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import SignInTrouble
from pars_desktop.domain.jid import JID
from pars_desktop.xmpp.client import Client
from pars_desktop.xmpp.connection import Connection, Timing
from tests.xmpp import hostile
from tests.xmpp.hostile import PASSWORD

QUICK = Timing(
    attempt=2.0,
    first_pause=0.05,
    longest_pause=0.4,
    forbidden_pause=0.1,
    stable=0.3,
    ping_after=30.0,
    ping_answer=10.0,
    goodbye=0.3,
)


async def until(condition, seconds: float = 3.0) -> bool:
    """Wait until it holds, and say whether it does."""
    for _ in range(int(seconds / 0.01)):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return bool(condition())


def patient(**changes: float) -> Timing:
    """The quick timing of these tests, with some of it changed."""
    return replace(QUICK, **changes)


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


class Victim:
    """Connects to a scripted server and keeps what reaches the program."""

    def __init__(self) -> None:
        self.bodies: list[str] = []  # of messages that a handler saw
        self.froms: list[str] = []
        self.pushes: list[object] = []  # of the roster
        self.sessions = 0

    def watch(self, client: slixmpp.ClientXMPP) -> None:
        client.add_event_handler("message", self._on_message)
        client.add_event_handler("session_start", self._on_session)
        client.add_event_handler("roster_update", self.pushes.append)

    def _on_message(self, stanza: slixmpp.Message) -> None:
        self.bodies.append(stanza["body"])
        self.froms.append(str(stanza["from"]))

    def _on_session(self, _: object) -> None:
        self.sessions += 1

    async def is_told(self, body: str = "after", seconds: float = 2.0) -> bool:
        """Whether a message with this text reaches the program in time."""
        return await until(lambda: body in self.bodies, seconds)

    async def has_session(self, seconds: float = 3.0) -> bool:
        return await until(lambda: self.sessions > 0, seconds)


class Hardened(Victim):
    """Our connection, as the program uses it."""

    is_bare = False

    def __init__(self, ca: Path, *, timing: Timing = QUICK, deadline: float = 2.0) -> None:
        super().__init__()
        self.settings = AccountSettings(JID.parse(hostile.JID), ca_file=str(ca))
        self.troubles: list[SignInTrouble | None] = []
        self.pauses: list[float | None] = []
        self.resumed: list[bool] = []
        self.mechanisms: list[str] = []
        self.attempts = 0
        self.connection = Connection(self._build, timing=timing, lookup=self._lookup)
        self.records: list[tuple[str, str, int]] = []
        self._deadline = deadline
        self.connection.client_ready.connect(self.watch)
        self.connection.connecting.connect(self._on_connecting)
        self.connection.online.connect(self.resumed.append)
        self.connection.offline.connect(self._on_offline)
        self.connection.mechanism_used.connect(self.mechanisms.append)

    @property
    def client(self) -> Client:
        assert self.connection.client is not None
        return self.connection.client

    def connect(self, port: int, *, direct_tls: bool = False, **changes: object) -> None:
        """Connect to 127.0.0.1; direct TLS is what an SRV record says, or port 5223."""
        settings = replace(self.settings, **{"host": "127.0.0.1", "port": port, **changes})
        if direct_tls:
            self.records = [("xmpps-client", "127.0.0.1", port)]
            settings = replace(settings, host="", port=0)
        self.connection.start(settings, PASSWORD)

    async def trouble(self, seconds: float = 5.0) -> type[SignInTrouble] | None:
        """The first reason for being offline, once there is one."""
        await until(lambda: self.troubles, seconds)
        return type(self.troubles[0]) if self.troubles else None

    @property
    def is_up(self) -> bool:
        return self.connection.is_online

    async def close(self) -> None:
        await self.connection.close()

    def _build(self, settings: AccountSettings, password: str) -> Client:
        return Client(
            str(settings.jid),
            password,
            ca_file=settings.ca_file,
            best_mechanism=settings.best_mechanism,
            session_deadline=self._deadline,
        )

    async def _lookup(self, domain: str) -> list[tuple[str, str, int]]:
        return self.records

    def _on_connecting(self) -> None:
        self.attempts += 1

    def _on_offline(self, trouble: SignInTrouble | None, pause: float | None) -> None:
        self.troubles.append(trouble)
        self.pauses.append(pause)


class Bare(Victim):
    """slixmpp as it comes, with nothing but the test's CA: the attack has to work on it."""

    is_bare = True

    def __init__(self, ca: Path) -> None:
        super().__init__()
        self.client = slixmpp.ClientXMPP(
            hostile.JID, PASSWORD, ssl_context=ssl.create_default_context(cafile=str(ca))
        )
        self.ended = False
        self.watch(self.client)
        self.client.add_event_handler("disconnected", self._on_end)

    def connect(self, port: int, *, direct_tls: bool = False) -> None:
        self.client.enable_direct_tls = direct_tls
        self.client.enable_starttls = not direct_tls
        self.client.connect("127.0.0.1", port)

    async def trouble(self, seconds: float = 5.0) -> None:
        """A bare client has no reasons; wait until its link is gone, at most."""
        await until(lambda: self.ended, min(seconds, 0.5))

    @property
    def is_up(self) -> bool:
        return self.client.transport is not None

    async def close(self) -> None:
        self.client.cancel_connection_attempt()
        self.client.abort()
        await asyncio.sleep(0.02)
        if self.client._run_out_filters is not None:
            self.client._run_out_filters.cancel()
        await asyncio.sleep(0)

    def _on_end(self, _: object) -> None:
        self.ended = True
