"""One account's line to its server: connect, keep alive, back off, resume, close."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import (
    ConnectionLost,
    CredentialsExpired,
    ForbiddenData,
    SignInTrouble,
    WrongPassword,
)
from pars_desktop.xmpp import sasl
from pars_desktop.xmpp.client import Client, make_client
from pars_desktop.xmpp.dialing import dial
from pars_desktop.xmpp.endpoints import Lookup

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timing:
    """Every wait of a connection, in seconds; tests make them short."""

    attempt: float = 10.0  # TCP, and TLS if it is direct, to one address
    first_pause: float = 1.0  # before the first new attempt; doubles
    longest_pause: float = 300.0
    forbidden_pause: float = 5.0  # at least, after a server that sent nonsense
    stable: float = 30.0  # a session of this length starts the back-off anew
    ping_after: float = 30.0  # of silence
    ping_answer: float = 10.0
    goodbye: float = 2.0  # for the server to close its side


class Connection:
    """Keeps one client connected, as `core.ports.Connection` says.

    There is one client for as long as the settings and the password stay the same, since only the
    same object can resume its session; `client_ready` announces every new one before it connects.
    Handlers added to the client then hear `session_start`, `session_resumed` and `disconnected`
    before `online` and `offline` are emitted.
    """

    def __init__(
        self,
        new_client: Callable[[AccountSettings, str], Client] = make_client,
        *,
        timing: Timing | None = None,
        lookup: Lookup | None = None,
        standing: Client | None = None,
    ) -> None:
        """`standing` is a client on whose link the account was just created: the first attempt
        logs in there."""
        self.connecting: Signal[()] = Signal()
        self.online: Signal[bool] = Signal()
        self.offline: Signal[SignInTrouble | None, float | None] = Signal()
        self.mechanism_used: Signal[str] = Signal()
        self.client_ready: Signal[Client] = Signal()
        self.client: Client | None = None
        self._new_client = new_client
        self._timing = timing or Timing()
        self._lookup = lookup
        self._standing = standing
        self._tasks = Tasks()
        self._settings: AccountSettings | None = None
        self._password = ""
        self._pinned = ""  # the strongest login seen, over all clients of this account
        self._running: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._failures = 0  # in a row
        self._trouble: SignInTrouble | None = None
        self._online_since: float | None = None
        self._pinging: asyncio.Task[None] | None = None

    @property
    def is_online(self) -> bool:
        """There is a session now."""
        return self.client is not None and self.client.in_session

    def start(self, settings: AccountSettings, password: str) -> None:
        """Connect, and reconnect until `close`. The same account again means `retry_now`."""
        is_same = (
            self._settings is not None
            and _way_in(settings) == _way_in(self._settings)
            and password == self._password
        )
        self._settings, self._password = settings, password
        if is_same and self._is_running:
            self.retry_now()
            return
        if self._running is not None:
            self._running.cancel()
        self._begin(anew=not is_same)

    def retry_now(self) -> None:
        """Do not wait for the back-off: the network may be back. Online: see whether it is."""
        self._hurry.set()
        needs_password = isinstance(self._trouble, WrongPassword | CredentialsExpired)
        if self._settings is not None and not self._is_running and not needs_password:
            self._begin(anew=False)

    async def close(self) -> None:
        """Close the stream cleanly and stay offline."""
        was_started, self._settings = self._settings is not None, None
        await self._tasks.close()
        await self._drop_client()
        if self._standing is not None:
            await self._standing.close()
        if was_started:
            self.offline.emit(None, None)

    # --- connecting again and again --------------------------------------------------------------

    @property
    def _is_running(self) -> bool:
        return self._running is not None and not self._running.done()

    def _begin(self, *, anew: bool) -> None:
        self._failures = 0
        self._online_since = None
        self._running = self._tasks.spawn(self._run(anew=anew), name="connection")

    async def _run(self, *, anew: bool) -> None:
        if anew:
            await self._drop_client()
        while (settings := self._settings) is not None:
            self._hurry.clear()
            self.connecting.emit()
            self._trouble = await self._whatever_comes(settings)
            pause = self._pause_after(self._trouble)
            _log.info("offline: %s; next attempt in %s s", type(self._trouble).__name__, pause)
            self.offline.emit(self._trouble, pause)
            if pause is None:
                return
            await self._hurried(pause)

    async def _whatever_comes(self, settings: AccountSettings) -> SignInTrouble:
        """`_one_link`, and an error that nobody foresaw is a trouble as well: it may pass, and an
        account that gave up without a word would seem to connect for ever."""
        try:
            return await self._one_link(settings)
        except Exception as error:  # noqa: BLE001 - see above
            _log.error("connecting failed: %s", type(error).__name__)
        return ConnectionLost()

    async def _one_link(self, settings: AccountSettings) -> SignInTrouble:
        """Connect, and stay until the link is gone; the answer is why."""
        try:
            standing, self._standing = self._standing, None
            client = self.client or self._build_client(settings, standing)
            gone = client.disconnected
            if standing is None or not standing.log_in(settings.jid, self._password):
                await dial(client, settings, self._lookup, self._timing.attempt)
        except SignInTrouble as trouble:
            return trouble
        try:
            await asyncio.shield(gone)
        finally:
            if self._pinging is not None:
                self._pinging.cancel()
        if self._online_since is not None:
            if _now() - self._online_since >= self._timing.stable:
                self._failures = 0
            self._online_since = None
        return client.trouble or ConnectionLost()

    def _pause_after(self, trouble: SignInTrouble) -> float | None:
        if not trouble.retries:
            return None
        pause = self._timing.first_pause * 2.0 ** min(self._failures, 20)
        self._failures += 1
        if isinstance(trouble, ForbiddenData):
            pause = max(pause, self._timing.forbidden_pause)
        # Jitter, so that not everybody returns at once to a server that restarted.
        return min(self._timing.longest_pause, pause * random.uniform(1.0, 1.5))  # noqa: S311

    async def _hurried(self, seconds: float) -> bool:
        """Wait, and return early and True if somebody calls `retry_now`."""
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            return False
        self._hurry.clear()
        return True

    # --- one client, one session -----------------------------------------------------------------

    def _build_client(self, settings: AccountSettings, standing: Client | None) -> Client:
        pinned = max(self._pinned, settings.best_mechanism, key=sasl.rank)
        settings = replace(settings, best_mechanism=pinned)
        self.client = client = standing or self._new_client(settings, self._password)
        self.client_ready.emit(client)
        client.add_event_handler("session_start", lambda _: self._on_session(resumed=False))
        client.add_event_handler("session_resumed", lambda _: self._on_session(resumed=True))
        return client

    async def _drop_client(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            self._pinned = client.pinned
            try:
                await client.close(self._timing.goodbye)
            except Exception as error:  # noqa: BLE001 - the next client has to be built all the same
                _log.error("closing failed: %s", type(error).__name__)
                client.abort()

    def _on_session(self, *, resumed: bool) -> None:
        client = self.client
        if client is None:
            return
        self._online_since = _now()
        self._pinging = self._tasks.spawn(self._keep_alive(client), name="keepalive")
        self.mechanism_used.emit(client.mechanism)
        self.online.emit(resumed)

    async def _keep_alive(self, client: Client) -> None:
        """Ask the server whether it is there when nothing came for a while (XEP-0199 §4.2)."""
        try:
            while client.in_session:
                await self._see_whether_it_is_there(client)
        except Exception as error:  # noqa: BLE001 - without it a dead link would not be noticed
            _log.error("keeping alive failed: %s", type(error).__name__)
            client.give_up(ConnectionLost())

    async def _see_whether_it_is_there(self, client: Client) -> None:
        silence = _now() - client.last_heard
        hurried = await self._hurried(max(0.0, self._timing.ping_after - silence))
        is_silent = _now() - client.last_heard >= self._timing.ping_after
        if not client.in_session or not (hurried or is_silent):
            return
        asked = _now()
        client.send(client.new_ping())
        await asyncio.sleep(self._timing.ping_answer)
        if client.last_heard < asked:
            client.give_up(ConnectionLost())


def _way_in(settings: AccountSettings) -> tuple[object, ...]:
    """What a client is built from; a name or a pinned login does not need a new one."""
    return settings.jid, settings.host, settings.port, settings.ca_file


def _now() -> float:
    return asyncio.get_running_loop().time()
