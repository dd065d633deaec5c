"""Keeps the notes about our own invitations on the server in step with what is here.

The terms are published last, after all uses, and taken away first: without them nobody takes a
use. So what a crash leaves behind can be published again, or swept up, and no use comes back.
"""

import logging
from typing import TYPE_CHECKING

from pars_desktop.core.ports import Clock, PrivateNode
from pars_desktop.domain.invite import Invite
from pars_desktop.domain.shared import Board, Terms, Use
from pars_desktop.store.sharing import SharingStore

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

_log = logging.getLogger(__name__)

MOST = 200  # notes in all; the server drops the oldest of more than 256, and others publish, too


class Noticeboard:
    """Tells our other devices about the invitations that were made here.

    `update` raises Offline, ServerRefused and ServerSilent, and goes on at the next call.
    """

    def __init__(
        self, store: SharingStore, node: PrivateNode, clock: Clock, turn: "asyncio.Lock"
    ) -> None:
        """`turn`: nobody decides who may come while it is held."""
        self._store = store
        self._node = node
        self._clock = clock
        self._turn = turn

    async def update(self, *, is_fresh: bool) -> bool:
        """Publish, renew and take away what has to be; `is_fresh`: also read what others wrote.

        True if somebody has come by an invitation of ours elsewhere.
        """
        now = self._clock.now()
        over, unshared = self._store.over(now), self._store.unshared(now)
        for token_hash, invite in self._store.outdated(now):
            async with self._turn:
                await self.publish_terms(token_hash, invite)
        if not over and not unshared and not (is_fresh and self._store.has_shared()):
            return False
        board = Board(await self._node.fetch())
        learned = self.learn(board)
        for token_hash in over:
            await self._take_away(token_hash, board)
            self._store.forget(token_hash)
        for token_hash in board.ended(now):
            await self._take_away(token_hash, board)
        size = board.size
        for token_hash, invite in unshared:
            size += 1 + invite.max_uses
            if size <= MOST:
                await self._publish(token_hash, invite, board)
        return learned

    async def catch_up(self) -> bool:
        """Read what the others wrote. True if somebody has come by an invitation of ours."""
        return self.learn(Board(await self._node.fetch()))

    def learn(self, board: Board) -> bool:
        """Take over who came by an invitation of ours elsewhere. True if it is news."""
        now, learned = self._clock.now(), False
        for token_hash in board.won():
            for attempt in board.attempts(token_hash):
                if attempt.won and self._store.learn(token_hash, attempt.jid, now):
                    learned = True
        return learned

    async def _publish(self, token_hash: bytes, invite: Invite, board: Board) -> None:
        if terms := board.terms(token_hash):  # of before this database was restored
            self._store.adopt(terms)
            return
        uses = invite.max_uses - invite.uses
        self._store.begin_sharing(token_hash, uses)
        for number in range(1, uses + 1):
            use = Use(token_hash, number, invite.expires)
            await self._node.publish(use.id, use.facts)
        async with self._turn:
            if self._store.share(token_hash, uses):
                await self.publish_terms(token_hash, invite)
                return
        _log.info("an invitation was used or ended while it was published")
        await self._take_away(token_hash, Board(await self._node.fetch()))
        self._store.forget(token_hash)

    async def publish_terms(self, token_hash: bytes, invite: Invite) -> None:
        """From now on the others may let somebody in by it, until this end. Call it in turn."""
        terms = Terms.of(token_hash, invite)
        await self._node.publish(terms.id, terms.facts)
        self._store.told(token_hash, invite.expires)

    async def _take_away(self, token_hash: bytes, board: Board) -> None:
        for note in board.ids(token_hash):
            await self._node.retract(note)
