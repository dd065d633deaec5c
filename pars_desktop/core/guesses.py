"""Who tries tokens that open nothing (interop R26): they may go on, but nobody is disturbed."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from pars_desktop.core.ports import Clock
from pars_desktop.domain.jid import JID

_PER_ADDRESS = 5
_PER_DOMAIN = 20
_WINDOW = timedelta(hours=1)
_MOST_SOURCES = 1000  # remembered at a time; the oldest is forgotten first


class Guesses:
    """Counts wrong tokens by address and by domain, in memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._latest: dict[str, deque[datetime]] = {}
        self._tokens: dict[JID, int] = {}  # a hash of the last one of each address

    def note(self, jid: JID, token: str) -> None:
        """They came with a token that opened nothing.

        The same again is no guess: a server delivers a request at each login (R24).
        """
        before = self._tokens.pop(jid.bare, None)
        self._tokens[jid.bare] = hash(token)  # at the end, like the others: it was heard of last
        if before == hash(token):
            return
        now = self._clock.now()
        for source, limit in _sources(jid):
            times = self._latest.pop(source, None) or deque(maxlen=limit)
            times.append(now)
            self._latest[source] = times  # at the end: the one heard of last
        _shorten(self._latest)
        _shorten(self._tokens)

    def are_too_many(self, jid: JID) -> bool:
        """Their address, or their domain, was wrong too often within the window.

        What seems to come from the future was before the clock was set back (N-7): long ago.
        """
        now = self._clock.now()
        return any(
            len(times) >= limit and now - _WINDOW < times[0] <= now
            for source, limit in _sources(jid)
            if (times := self._latest.get(source))
        )


def _sources(jid: JID) -> tuple[tuple[str, int], tuple[str, int]]:
    return (str(jid.bare), _PER_ADDRESS), (f"@{jid.domain}", _PER_DOMAIN)


def _shorten(known: dict[Any, Any]) -> None:
    while len(known) > _MOST_SOURCES:
        del known[next(iter(known))]
