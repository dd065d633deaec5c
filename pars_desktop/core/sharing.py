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
from pars_desktop.domain.errors import Offline, ServerSilent, Trouble
from pars_desktop.domain.invite import MAX_INCOMING_TOKEN, Invite, Refusal, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.shared import Attempt, Board, Terms
from pars_desktop.store.invites import Claim, ClaimKind
from pars_desktop.store.sharing import SharingStore

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

_log = logging.getLogger(__name__)

LOOK_AFTER = 1.0  # seconds: the device that made the invitation is faster, and many are one look
TRY_AGAIN = 60.0  # seconds, after the server was silent
MOST_UNKNOWN = 1000  # are looked up at a time
_UNKNOWN = Claim(ClaimKind.REFUSED, Refusal.UNKNOWN)


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
        self.undecided: Signal[SubscriptionRequest] = Signal()  # as if it came only now
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
        self._stalled: dict[JID, SubscriptionRequest] = {}  # the line broke, or is silent
        self._looking: asyncio.Task[None] | None = None
        self._trying_again: asyncio.Task[None] | None = None
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
        if fresh:  # it brings again who is waiting
            self._stalled.clear()
        self._hand_back()
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
            work = self._decide(key, invite, request)
            self._tasks.spawn(work, name="decide with our other devices")
        return True

    def look_up(self, request: SubscriptionRequest) -> None:
        """Their token is unknown here: if another device of ours made it, `let_in` will tell.

        However many come, the server is asked once a second at most.
        """
        if self._node is None or not request.token:
            return
        if len(self._unknown) + len(self._stalled) >= MOST_UNKNOWN:
            return  # the person is asked all the same
        self._unknown[request.jid] = request
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.spawn(self._look(), name="look a token up")

    def forget(self, jid: JID) -> None:
        """They do not wait for us any more."""
        for waiting in self._waiting:
            waiting.pop(jid, None)

    def concerns(self, jid: JID) -> bool:
        """They wait for a decision, or their token is being looked up."""
        return any(jid in waiting for waiting in self._waiting)

    @property
    def _waiting(self) -> tuple[dict[JID, SubscriptionRequest], ...]:
        return self._asking, self._unknown, self._stalled

    def _on_blocked(self) -> None:
        """Who is blocked, perhaps on another device, has nothing to wait for."""
        for jid in filter(self._blocking.is_blocked, set().union(*self._waiting)):
            self.forget(jid)

    async def _decide(self, key: bytes, invite: Invite, first: SubscriptionRequest) -> None:
        jid, claim, trouble = first.jid, _UNKNOWN, None
        try:
            outcome = await self._take_own(key, jid)
            if jid in self._asking:  # they did not take it back
                claim = self._claim(outcome, key, invite, first)
        except Trouble as error:
            _log.info("our other devices were not asked: %s", type(error).__name__)
            trouble = error
        except Exception:
            self._tell(jid, claim)  # a mistake of ours leaves nobody waiting
            raise
        if isinstance(trouble, Offline):  # with the next session it is decided after all
            request = self._asking.pop(jid, None)
        else:
            request = self._tell(jid, claim)
        self._put_off([request] if request else [], trouble)

    def _tell(self, jid: JID, claim: Claim) -> SubscriptionRequest | None:
        request = self._asking.pop(jid, None)  # the latest
        if request is not None:
            self.decided.emit(request, claim)
        return request

    def _put_off(self, requests: Sequence[SubscriptionRequest], trouble: Trouble | None) -> None:
        """Decide about some once more: nobody could tell, or a use may be theirs already.

        That is when the line is back, or in a while if it is not broken and the server did not do
        what it should. Until then the person can say yes or no.
        """
        was_unheard = isinstance(trouble, Offline | ServerSilent)
        in_doubt = {attempt.jid for attempt in self._contest.unfinished()}
        again = {each.jid: each for each in requests if was_unheard or each.jid in in_doubt}
        self._stalled |= again
        if not again or trouble is None or isinstance(trouble, Offline):
            return
        if self._trying_again is None or self._trying_again.done():
            self._trying_again = self._tasks.spawn(self._try_again(), name="decide once more")

    async def _try_again(self) -> None:
        import asyncio

        await asyncio.sleep(TRY_AGAIN)
        self._hand_back()

    def _hand_back(self) -> None:
        stalled, self._stalled = self._stalled, {}
        for request in stalled.values():
            self.undecided.emit(request)

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
        return _UNKNOWN  # wait for the other device (P-11)

    async def _take_own(self, key: bytes, jid: JID) -> Outcome:
        async with self._turn:
            invite = self._store.shared(key)  # as it is now: others had their turn before us
            if invite is None or invite.refusal(self._clock.now(), jid) is not None:
                return Outcome.OVER
            if not self._store.is_told(key):
                await self._board.publish_terms(key, invite)
            outcome = await self._take(Terms.of(key, invite), jid, is_fresh=invite.uses == 0)
            if outcome is Outcome.NONE_LEFT and await self._board.catch_up():
                self._invites.changed.emit()  # so nobody else has to find that out
            return outcome

    async def _take(self, terms: Terms, jid: JID, *, is_fresh: bool = False) -> Outcome:
        """What the contest says. Call it when it is our turn."""
        if self._blocking.is_blocked(jid):
            return Outcome.ELSEWHERE
        if jid in self._invites.unfinished():
            return Outcome.WON
        return self._unless_blocked(jid, await self._contest.take(terms, jid, is_fresh=is_fresh))

    def _unless_blocked(self, jid: JID, outcome: Outcome) -> Outcome:
        if outcome is not Outcome.WON:
            return outcome
        if self._blocking.is_blocked(jid):
            self._invites.undo(jid)  # the use is gone, as if they had been let in and sent away
            return Outcome.ELSEWHERE
        self._invites.changed.emit()
        return outcome

    async def _look(self) -> None:
        import asyncio

        while self._unknown:
            await asyncio.sleep(self._look_after)
            requests, trouble = tuple(self._unknown.values()), None
            try:
                await self._look_at(requests)
            except Trouble as error:
                _log.info("a token was not looked up: %s", type(error).__name__)
                trouble = error
            finally:  # who was answered is gone already; or there is another of theirs meanwhile
                left = [each for each in requests if self._unknown.get(each.jid) is each]
                for request in left:
                    del self._unknown[request.jid]
            self._put_off(left, trouble)

    async def _look_at(self, requests: Sequence[SubscriptionRequest]) -> None:
        """Many strangers may come with one token: that it is used up is found out once."""
        node, now = self._node, self._clock.now()
        if node is None or not await node.is_offered():
            return
        board, over = Board(await node.fetch()), set(self._store.over(now))
        begun = {(attempt.use.hash, attempt.jid) for attempt in self._contest.unfinished()}
        spent: set[bytes] = set()
        for request in requests:
            key = token_hash(request.token or "")
            terms = None if key in over else board.terms(key)
            if terms is None or not terms.admits(request.jid, now):
                continue
            has_use = board.first_use(key) is not None and key not in spent
            if has_use or (key, request.jid) in begun:
                outcome = await self._take_theirs(terms, request.jid)
                spent |= {key} if outcome in (Outcome.NONE_LEFT, Outcome.OVER) else set()

    async def _take_theirs(self, terms: Terms, jid: JID) -> Outcome:
        async with self._turn:
            if jid not in self._unknown:  # answered, or taken back
                return Outcome.ELSEWHERE
            outcome = await self._take(terms, jid)
        if outcome is Outcome.WON and (request := self._unknown.pop(jid, None)):
            self.let_in.emit(request)
        return outcome

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
            await self._finish(attempt)
        await self._contest.tidy()
        if await self._board.update(is_fresh=fresh):
            self._invites.changed.emit()

    async def _finish(self, attempt: Attempt) -> None:
        jid = attempt.jid
        async with self._turn:
            if attempt not in self._contest.unfinished():
                return
            outcome = self._unless_blocked(jid, await self._contest.finish(attempt))
        request = self._stalled.get(jid) or self._unknown.get(jid)
        if outcome is Outcome.WON and request:  # whoever comes later is known to have come before
            self.forget(jid)
            self.let_in.emit(request)
