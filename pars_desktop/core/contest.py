"""Who of our devices lets somebody in: whoever takes the note of a use away from the server.

The rule must hold when devices race, and when each of them may die at any step. So a device
 1. writes its attempt down here,
 2. publishes it beside the use, under a mark that no other attempt has,
 3. takes the use away (the retract): success means that it is ours,
 4. in one local commit uses it up for this guest; `Welcome` finishes from there (P-13),
 5. publishes that it has won. A device that was too late takes its attempt away again.

**One approval for each use.** A use is published once and never again, so one retract succeeds.
Who dies between 3 and 4 does not know whether it was theirs. At the next start they repeat 2 and 3;
if the use is gone, then whoever took it had published their attempt before, and never takes it
away while the terms are there (`Noticeboard` removes those first). So somebody who finds the terms,
no use, and no attempt at it but their own, is the one who took it; somebody who finds another
attempt that has won, is not.

**None lost.** What is left to doubt is a use with several attempts none of which has won yet. The
devices that live will have changed that within moments; if two died at this point at once, both
ask their person (a friend is never let in twice, and the person can still say yes).

**One use for each guest (P-2).** All devices begin with the lowest use. Whoever finds it gone looks
at everybody's attempts before trying the next one: whoever took it for the same guest is among
them, and then nothing more is taken. Whoever was too late clears the way before looking, so that
two of them do not wait for each other.

Steps 2 and 3 are two round trips, not one: if they were sent together and 2 was refused, 3 could
succeed unseen by the others.

**Only where one alone succeeds.** ejabberd 23.01 has answered two retracts that overlap with
success both. No rule of ours makes that safe when devices may die as well, so
`PrivateNode.is_offered` is about servers that are known to do one thing after the other; elsewhere
an invitation is known to the device that made it, alone.
"""

import secrets
from collections.abc import AsyncIterator
from enum import Enum, auto

from pars_desktop.core.ports import Clock, PrivateNode
from pars_desktop.domain.errors import ServerRefused
from pars_desktop.domain.jid import JID
from pars_desktop.domain.shared import Attempt, Board, Terms, Use
from pars_desktop.store.sharing import AttemptState, SharingStore

READS = 4  # how often we look whether the others have made up their minds
PAUSE = 0.5  # seconds between


class Outcome(Enum):
    """How it ended for one guest."""

    WON = auto()  # here: they are to be let in
    NONE_LEFT = auto()  # every use is taken, by others
    ELSEWHERE = auto()  # another device of ours lets them in, or may be about to
    OVER = auto()  # the others know nothing of this invitation (any more), or it ended meanwhile


class Contest:
    """Takes uses for guests. One at a time: whoever calls sees to that.

    Every method raises Offline, ServerRefused and ServerSilent; then the attempt stays written
    down, and `finish` goes on with it.
    """

    def __init__(
        self, store: SharingStore, node: PrivateNode, clock: Clock, *, pause: float = PAUSE
    ) -> None:
        self._store = store
        self._node = node
        self._clock = clock
        self._pause = pause

    async def take(self, terms: Terms, jid: JID, *, is_fresh: bool = False) -> Outcome:
        """Take a use for somebody. `is_fresh`: as far as we know nobody has come yet."""
        unfinished = self._unfinished(terms, jid)
        if unfinished is not None:
            outcome = await self.finish(unfinished)
        elif is_fresh:
            outcome = await self._try(terms, 1, jid)
        else:
            outcome = Outcome.NONE_LEFT
        for _ in range(terms.uses + 1):
            if outcome is not Outcome.NONE_LEFT:
                return outcome
            use = await self._look(terms.hash, jid)
            if isinstance(use, Outcome):
                return use
            outcome = await self._try(terms, use, jid)
        return outcome

    async def finish(self, attempt: Attempt) -> Outcome:
        """Find out about an attempt that was cut short; NONE_LEFT: this use is another's."""
        await self._node.publish(attempt.id, attempt.facts)  # perhaps it was not
        if await self._node.retract(attempt.use.id):
            return self._won(attempt)
        async for board in self._reads():
            rivals = self._as_known(board.rivals(attempt))
            if board.terms(attempt.use.hash) is None:
                await self._step_back(attempt)
                return Outcome.OVER
            if not rivals:
                return self._won(attempt)
            if any(rival.won for rival in rivals):
                await self._step_back(attempt)
                return Outcome.NONE_LEFT
        return Outcome.ELSEWHERE

    async def tidy(self) -> None:
        """Tell the others how attempts of ours have ended."""
        for kept in self._store.attempts():
            if kept.state is AttemptState.WON:
                await self._node.publish(kept.attempt.id, kept.attempt.facts)
                self._store.settle(kept.attempt)
            elif kept.state is AttemptState.LOST:
                await self._node.retract(kept.attempt.id)
                self._store.settle(kept.attempt)

    def unfinished(self) -> list[Attempt]:
        """Attempts that were cut short: nobody here knows how they ended."""
        return [
            kept.attempt for kept in self._store.attempts() if kept.state is AttemptState.TRYING
        ]

    def _unfinished(self, terms: Terms, jid: JID) -> Attempt | None:
        fitting = (a for a in self.unfinished() if a.use.hash == terms.hash and a.jid == jid)
        return next(fitting, None)

    async def _look(self, token_hash: bytes, jid: JID) -> int | Outcome:
        """The use to be taken next for somebody, or why there is none to be taken."""
        async for board in self._reads():
            if board.terms(token_hash) is None:
                return Outcome.OVER
            attempts = self._as_known(board.attempts(token_hash))
            theirs = [each for each in attempts if each.jid == jid]
            if not theirs:
                return board.first_use(token_hash) or Outcome.NONE_LEFT
            if any(each.won for each in theirs):
                break
        return Outcome.ELSEWHERE

    def _as_known(self, attempts: list[Attempt]) -> list[Attempt]:
        """Which of our own have won we know before the others are told."""
        ours = (kept.attempt for kept in self._store.attempts())
        won = {attempt.mark: attempt for attempt in ours if attempt.won}
        return [won.get(each.mark, each) for each in attempts]

    async def _try(self, terms: Terms, number: int, jid: JID) -> Outcome:
        """Take this very use; NONE_LEFT: it is gone."""
        use = Use(terms.hash, number, terms.expires)
        attempt = Attempt(use, secrets.token_hex(8), jid)
        self._store.begin(terms, attempt)
        try:
            await self._node.publish(attempt.id, attempt.facts)
        except ServerRefused:  # the use itself was not touched
            self._store.settle(attempt)
            raise
        if await self._node.retract(use.id):
            return self._won(attempt)
        await self._step_back(attempt)
        return Outcome.NONE_LEFT

    def _won(self, attempt: Attempt) -> Outcome:
        is_good = self._store.win(attempt, self._clock.now())
        return Outcome.WON if is_good else Outcome.OVER

    async def _step_back(self, attempt: Attempt) -> None:
        self._store.lose(attempt)
        await self._node.retract(attempt.id)
        self._store.settle(attempt)

    async def _reads(self) -> AsyncIterator[Board]:
        """The board, again and again for a moment."""
        import asyncio

        for number in range(READS):
            if number:
                await asyncio.sleep(self._pause)
            yield Board(await self._node.fetch())
