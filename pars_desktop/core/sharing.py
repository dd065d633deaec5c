"""Our invitations are known to all devices of this account that support it.

Whoever comes with one is let in by any device that is online, and only by one: `contest` says how.
A server that keeps no private notes costs nothing: then every device decides about its own
invitations alone, as `Invites.redeem` does.
"""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contest import PAUSE, Contest, Outcome
from pars_desktop.core.invites import Invites
from pars_desktop.core.noticeboard import Noticeboard
from pars_desktop.core.ports import Clock, PrivateNode
from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.errors import Offline, Trouble
from pars_desktop.domain.invite import MAX_INCOMING_TOKEN, Invite, Refusal, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.shared import Board, Terms
from pars_desktop.store.invites import Claim, ClaimKind
from pars_desktop.store.sharing import SharingStore

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

_log = logging.getLogger(__name__)

LOOK_AFTER = 1.0  # seconds: the device that made the invitation is faster, and many are one look


class Sharing:
    """Decides together with our other devices who comes with an invitation of ours."""

    def __init__(
        self,
        account: JID,
        invites: Invites,
        store: SharingStore,
        clock: Clock,
        blocking: Blocking,
        tasks: Tasks,
        *,
        look_after: float = LOOK_AFTER,
        pause: float = PAUSE,
    ) -> None:
        self.decided: Signal[SubscriptionRequest, Claim] = Signal()  # what became of one we took
        self.let_in: Signal[SubscriptionRequest] = Signal()  # one that was looked up is good
        self._account = account
        self._invites = invites
        self._store = store
        self._clock = clock
        self._blocking = blocking
        self._tasks = tasks
        self._look_after = look_after
        self._pause = pause
        self._node: PrivateNode | None = None
        self._asking: dict[JID, SubscriptionRequest] = {}  # who waits for a decision of ours
        self._unknown: dict[JID, SubscriptionRequest] = {}  # whose token has to be looked up
        self._stalled: list[SubscriptionRequest] = []  # the line broke over them
        self._looking: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._is_due = self._is_fresh = False
        invites.changed.connect(self._keep_in_step)
        blocking.changed.connect(self._on_blocked)

    def attach(self, node: PrivateNode) -> None:
        """Here is the network."""
        import asyncio

        self._node = node
        self._turn = asyncio.Lock()  # one contest at a time
        self._contest = Contest(self._store, node, self._clock, pause=self._pause)
        self._board = Noticeboard(self._store, node, self._clock, self._turn)

    def resume(self, *, fresh: bool) -> None:
        """There is a session: tell the others what they do not know, finish what was cut short."""
        stalled, self._stalled = self._stalled, []
        for request in stalled if not fresh else ():  # a new session brings them again
            if not self.takes(request):
                self.look_up(request)
        self._is_fresh = self._is_fresh or fresh
        self._keep_in_step()

    # --- somebody comes --------------------------------------------------------------------------

    def takes(self, request: SubscriptionRequest) -> bool:
        """They come with an open invitation that others know as well: `decided` will tell.

        False: the others have no part in it.
        """
        if self._node is None or not request.token or len(request.token) > MAX_INCOMING_TOKEN:
            return False
        key = token_hash(request.token)
        invite = self._store.shared(key)
        if invite is None or invite.refusal(self._clock.now(), request.jid) is not None:
            return False
        if any(jid == request.jid for jid, _ in self._invites.used_by(invite.id)):
            return False
        is_new = request.jid not in self._asking
        self._asking[request.jid] = request
        if is_new:  # the same again, as servers redeliver, changes nothing (P-2)
            work = self._decide(key, invite, request.jid)
            self._tasks.spawn(work, name="decide with our other devices")
        return True

    def look_up(self, request: SubscriptionRequest) -> None:
        """Their token is unknown here: if another device of ours made it, `let_in` will tell.

        However many come, the server is asked once a second at most.
        """
        if self._node is None or not request.token:
            return
        self._unknown[request.jid] = request
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.spawn(self._look(), name="look a token up")

    def forget(self, jid: JID) -> None:
        """They do not wait for us any more."""
        self._unknown.pop(jid, None)
        self._asking.pop(jid, None)

    def concerns(self, jid: JID) -> bool:
        """They wait for a decision, or their token is being looked up."""
        return jid in self._asking or jid in self._unknown

    def _on_blocked(self) -> None:
        """Who is blocked, perhaps on another device, has nothing to wait for."""
        for jid in filter(self._blocking.is_blocked, {*self._asking, *self._unknown}):
            self.forget(jid)

    async def _decide(self, key: bytes, invite: Invite, jid: JID) -> None:
        try:
            outcome = await self._take_own(key, jid)
        except Offline:
            if request := self._asking.pop(jid, None):
                self._stalled.append(request)
            return
        except Trouble as trouble:
            _log.info("our other devices were not asked: %s", type(trouble).__name__)
            outcome = Outcome.ELSEWHERE
        if request := self._asking.pop(jid, None):  # the latest; none: they took it back
            self.decided.emit(request, self._claim(outcome, key, invite, request))

    def _claim(
        self, outcome: Outcome, key: bytes, invite: Invite, request: SubscriptionRequest
    ) -> Claim:
        if outcome is Outcome.WON:
            return Claim(ClaimKind.CLAIMED, invite=invite)
        if outcome is Outcome.NONE_LEFT:
            return Claim(ClaimKind.REFUSED, Refusal.USED, invite)
        if outcome is Outcome.OVER:  # it ended this moment, or the server lost its notes
            self._store.unshare(key)
            return self._invites.redeem(request.token, request.jid)
        return Claim(ClaimKind.REFUSED, Refusal.UNKNOWN)  # wait for the other device (P-11)

    async def _take_own(self, key: bytes, jid: JID) -> Outcome:
        async with self._turn:
            invite = self._store.shared(key)  # as it is now: others had their turn before us
            if invite is None or invite.refusal(self._clock.now(), jid) is not None:
                return Outcome.OVER
            if not self._store.is_told(key):
                await self._board.publish_terms(key, invite)
            return await self._take(Terms.of(key, invite), jid, is_fresh=invite.uses == 0)

    async def _take(self, terms: Terms, jid: JID, *, is_fresh: bool = False) -> Outcome:
        """What the contest says. Call it when it is our turn."""
        if self._blocking.is_blocked(jid):
            return Outcome.ELSEWHERE
        if jid in self._invites.unfinished():
            return Outcome.WON
        outcome = await self._contest.take(terms, jid, is_fresh=is_fresh)
        if outcome is Outcome.WON and self._blocking.is_blocked(jid):
            self._invites.undo(jid)  # the use is gone, as if they had been let in and sent away
            return Outcome.ELSEWHERE
        if outcome is Outcome.WON:
            self._invites.changed.emit()
        return outcome

    async def _look(self) -> None:
        import asyncio

        while self._unknown:
            await asyncio.sleep(self._look_after)
            requests = tuple(self._unknown.values())
            try:
                await self._look_at(requests)
            except Offline:
                self._stalled.extend(self._unknown.values())
                self._unknown.clear()
            except Trouble as trouble:
                _log.info("a token was not looked up: %s", type(trouble).__name__)
                for request in requests:
                    self._unknown.pop(request.jid, None)

    async def _look_at(self, requests: Sequence[SubscriptionRequest]) -> None:
        node, now = self._node, self._clock.now()
        if node is None or not await node.is_offered():
            self._unknown.clear()
            return
        board, over = Board(await node.fetch()), self._store.over(now)
        for request in requests:
            key = token_hash(request.token or "")
            terms = None if key in over else board.terms(key)
            if terms is not None and terms.admits(request.jid, now):
                await self._take_theirs(terms, request.jid)
            if self._unknown.get(request.jid) is request:  # not another one meanwhile
                del self._unknown[request.jid]

    async def _take_theirs(self, terms: Terms, jid: JID) -> None:
        async with self._turn:
            if jid not in self._unknown:  # answered, or taken back
                return
            outcome = await self._take(terms, jid)
        if outcome is Outcome.WON and (request := self._unknown.pop(jid, None)):
            self.let_in.emit(request)

    # --- the others ------------------------------------------------------------------------------

    def _keep_in_step(self) -> None:
        self._is_due = self._node is not None
        if self._is_due and (self._keeping is None or self._keeping.done()):
            self._keeping = self._tasks.spawn(self._keep(), name="share the invitations")

    async def _keep(self) -> None:
        while self._is_due:
            self._is_due = False
            fresh, self._is_fresh = self._is_fresh, False
            try:
                await self._keep_once(fresh=fresh)
            except Trouble as trouble:  # the next session goes on, or the next invitation
                _log.info("the invitations are not shared: %s", type(trouble).__name__)
                self._is_fresh = self._is_fresh or fresh
                return

    async def _keep_once(self, *, fresh: bool) -> None:
        if self._node is None or not await self._node.is_offered():
            return
        for attempt in self._contest.unfinished() if fresh else ():
            async with self._turn:
                if attempt in self._contest.unfinished():
                    await self._contest.finish(attempt)
        await self._contest.tidy()
        if await self._board.update(is_fresh=fresh):
            self._invites.changed.emit()
