"""Whom our person has had blocked on the server (XEP-0191)."""

from pars_desktop.base.signal import Signal
from pars_desktop.core import ports
from pars_desktop.domain.errors import Offline, ServerRefused
from pars_desktop.domain.jid import JID


class Blocking:
    """The block list of one account, as far as the server told it in this session."""

    def __init__(self) -> None:
        self.changed: Signal[()] = Signal()
        self.is_known = False  # the server has told us, since the program began
        self._blocked: frozenset[JID] = frozenset()
        self._server: ports.Blocking | None = None

    def attach(self, server: ports.Blocking) -> None:
        """Listen to the server from now on."""
        self._server = server
        server.blocked.connect(lambda jids: self._set(self._blocked | jids))
        server.unblocked.connect(lambda jids: self._set(self._blocked - jids if jids else jids))

    async def refresh(self) -> None:
        """Read the list. Raises Offline, ServerSilent; a server that has none is no trouble."""
        if self._server is None:
            return
        try:
            blocked = await self._server.fetch()
        except ServerRefused:
            blocked = frozenset()
        is_news = not self.is_known
        self.is_known = True
        self._set(blocked, is_news=is_news)

    def all(self) -> list[JID]:
        """Everybody who is blocked, in order; an address without a name is a whole server."""
        return sorted(self._blocked, key=lambda jid: (jid.domain, jid.local))

    def is_blocked(self, jid: JID) -> bool:
        """The server keeps this address away, or everybody from its server."""
        return bool(self.in_the_way(jid))

    def in_the_way(self, jid: JID) -> frozenset[JID]:
        """Why they are blocked: their address, their whole server, or both; empty: they are not."""
        return self._blocked & {jid.bare, JID("", jid.domain)}

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Keep somebody away from now on; `report`: tell the server that they send spam.

        Raises Offline, ServerSilent; ServerRefused if the server cannot do it.
        """
        await self._attached.block(jid, report=report)
        self._set(self._blocked | {jid.bare})

    async def unblock(self, jid: JID) -> None:
        """Let somebody, and their whole server if that was blocked, reach us. Raises as `block`."""
        await self.lift(self.in_the_way(jid))

    async def lift(self, blocks: frozenset[JID]) -> None:
        """Block exactly these no more, as far as they are blocked. Raises as `block`."""
        for blocked in sorted(blocks):
            if blocked in self._blocked:
                await self._attached.unblock(blocked)
                self._set(self._blocked - {blocked})

    @property
    def _attached(self) -> ports.Blocking:
        if self._server is None:
            raise Offline
        return self._server

    def _set(self, blocked: frozenset[JID], *, is_news: bool = False) -> None:
        if is_news or blocked != self._blocked:
            self._blocked = blocked
            self.changed.emit()
