"""People who ask and wait for our person: the rows of the requests bar."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.guesses import Guesses
from pars_desktop.core.ports import Clock
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.store.invites import InviteStore
from pars_desktop.store.requests import Decision, RequestStore, StoredRequest

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

OTHER_DEVICE = 10.0  # seconds in which another device of ours may know a token that we do not
_ECHO = timedelta(seconds=5)  # a copy of what we just declined may still be on its way


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks to be our friend.

    `refusal` and `invite` are set only for a token we issued ourselves (R25): the person is told
    what became of it; the one who asks is not.
    """

    account: JID
    jid: JID
    nick: str = ""  # what they call themselves: to be shown as such, never used as a name
    message: str = ""
    at: datetime | None = None
    refusal: Refusal | None = None
    invite: Invite | None = None


class Requests:
    """Requests without a good token: they wait here until a person, or another device, answers.

    After too many wrong tokens further requests are kept in silence, and only counted (R26).
    """

    def __init__(
        self,
        account: JID,
        contacts: Contacts,
        store: RequestStore,
        invites: InviteStore,
        blocking: Blocking,
        clock: Clock,
        tasks: Tasks,
        your_name: Callable[[], str],
        *,
        other_device: float = OTHER_DEVICE,
    ) -> None:
        self.asked: Signal[Request] = Signal()
        self.gone: Signal[JID] = Signal()
        self.hushed: Signal[()] = Signal()  # `silent_count` is another one
        self._account = account
        self._contacts = contacts
        self._store = store
        self._invites = invites
        self._blocking = blocking
        self._guesses = Guesses(clock)
        self._clock = clock
        self._tasks = tasks
        self._your_name = your_name
        self._other_device = other_device
        self._held_back: dict[JID, asyncio.Task[None]] = {}
        self._declined: dict[JID, datetime] = {}
        blocking.changed.connect(self._on_blocked)

    def all(self) -> list[Request]:
        """The requests that wait for an answer, oldest first."""
        return [self._request(stored) for stored in self._store.all(self._account)]

    def oldest(self) -> Request | None:
        """The one that waits longest; strangers may come by the thousand."""
        stored = self._store.oldest(self._account)
        return None if stored is None else self._request(stored)

    def count(self) -> int:
        """How many wait for an answer."""
        return self._store.count(self._account)

    def silent_count(self) -> int:
        """How many wait in silence, because there were too many wrong tokens."""
        return self._store.count(self._account, silent=True)

    def show_silent(self) -> None:
        """Our person wants to see those, too."""
        self._store.show_silent(self._account)
        self.hushed.emit()

    def from_whom(self) -> set[JID]:
        """Everybody who asks now, perhaps in silence, or whose answer is being carried out."""
        return {*self._held_back, *self._store.everybody(self._account)}

    def concerns(self, jid: JID) -> bool:
        """They ask now, or our person has said yes or no and it is being carried out."""
        return self.is_open(jid) or self._store.decision(self._account, jid) is not None

    def is_open(self, jid: JID) -> bool:
        """They ask now, perhaps in silence, and our person has not answered."""
        return self.holds(jid) or self._store.is_silent(self._account, jid)

    def holds(self, jid: JID) -> bool:
        """They ask now, whether or not our person has seen it."""
        return jid in self._held_back or self._find(jid) is not None

    def ask(
        self, request: SubscriptionRequest, refusal: Refusal | None, invite: Invite | None
    ) -> None:
        """Show a request. A repeated one shows nothing new (R24).

        One with a token we do not know is held back for a moment: a device of ours that knows it
        may be letting them in (P-11).
        """
        silent = self._guesses.are_too_many(request.jid)
        if request.token:
            self._guesses.note(request.jid, request.token)
        if self._is_answered(request.jid) or request.jid in self._held_back:
            return
        request = replace(request, at=request.at or self._clock.now())
        if silent and self._find(request.jid) is None:
            self._store.put(self._account, request, refusal, _id(invite), silent=True)
            self.hushed.emit()
        elif request.token and invite is None:
            self._held_back[request.jid] = self._tasks.spawn(
                self._show_later(request), name="hold a request back"
            )
        else:
            self._show(request, refusal, invite)

    async def accept(self, jid: JID) -> None:
        """Let them see us, and ask to see them. Without a session it waits for the next one."""
        self._decide(jid, "accept")
        await self._carry_out_if_possible(jid)

    async def decline(self, jid: JID) -> None:
        """Refuse. Without a session it waits for the next one."""
        self._decide(jid, "decline")
        await self._carry_out_if_possible(jid)

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Have the server keep them away; they are not told. Without a session it waits.

        Raises ServerRefused if the server cannot block; then the request is there again.
        """
        self._decide(jid, "report" if report else "block")
        try:
            await self._carry_out_if_possible(jid)
        except ServerRefused:
            self._store.reconsider(self._account, jid)
            if request := self._find(jid):
                self.asked.emit(request)
            raise

    async def block_server(self, domain: str) -> None:
        """Have our server keep away everybody from another one (R-5).

        Raises Offline, ServerSilent; ServerRefused if ours cannot block.
        """
        await self._blocking.block(JID("", domain))

    def withdraw(self, jid: JID) -> None:
        """They took it back, or are let in otherwise: an answer that waits is void, too."""
        self._dismiss(jid)
        self._store.remove(self._account, jid)

    def note(self, contact: Contact) -> None:
        """The roster changed: somebody who sees us was answered, here or on another device."""
        if contact.sees_us:
            self._dismiss(contact.jid)
            if self._store.decision(self._account, contact.jid) == "accept":
                self._store.decide(self._account, contact.jid, "approved")

    async def resume(self) -> None:
        """Carry out the answers that were given without a session."""
        for jid, _decision in self._store.decided(self._account):
            await self._carry_out_if_possible(jid)

    def _decide(self, jid: JID, decision: Decision) -> None:
        """The answer holds for the same request as well that the server has just brought again."""
        self._store.decide(self._account, jid, decision)
        self._let_go(jid)
        self.gone.emit(jid)

    def _let_go(self, jid: JID) -> None:
        """Do not show later what was held back."""
        if task := self._held_back.pop(jid, None):
            task.cancel()

    def _dismiss(self, jid: JID) -> None:
        self._let_go(jid)
        if self._find(jid) is not None:
            self._store.remove(self._account, jid)
            self.gone.emit(jid)
        elif self._store.is_silent(self._account, jid):
            self._store.remove(self._account, jid)
            self.hushed.emit()

    def _on_blocked(self) -> None:
        """Who is blocked, perhaps on another device, is not waited for any more."""
        for jid in filter(self._blocking.is_blocked, tuple(self._held_back)):
            self._held_back.pop(jid).cancel()
        blocked = list(filter(self._blocking.is_blocked, self._store.undecided(self._account)))
        if not blocked:
            return
        self._store.remove_all(self._account, blocked)
        for jid in blocked:
            self.gone.emit(jid)
        self.hushed.emit()

    async def _carry_out_if_possible(self, jid: JID) -> None:
        try:
            await self._carry_out(jid)
        except (Offline, ServerSilent):
            return  # the decision stays on disk for the next session

    async def _carry_out(self, jid: JID) -> None:
        decision = self._store.decision(self._account, jid)
        roster = self._contacts.roster
        if decision in ("block", "report"):
            await self._blocking.block(jid, report=decision == "report")
        elif decision == "decline":
            roster.refuse(jid)
            self._declined[jid] = self._clock.now()
        elif decision == "accept":
            roster.approve(jid)
            await self._ask_back(jid)
        elif decision == "approved" and self._contacts.get(jid):  # not removed elsewhere since
            await self._ask_back(jid)
        self._store.remove(self._account, jid)

    async def _ask_back(self, jid: JID) -> None:
        contact, roster = self._contacts.get(jid) or Contact(jid), self._contacts.roster
        if not contact.is_seen and not contact.ask:
            roster.subscribe(jid, nick=self._your_name())
        # No name: theirs is not ours to believe (R23). The answer to this also says that the
        # server has seen the two before it.
        await roster.set(jid, contact.name, contact.groups)

    def _is_answered(self, jid: JID) -> bool:
        declined = self._declined.get(jid)
        if declined is not None and self._clock.now() - declined < _ECHO:
            return True
        return self._store.decision(self._account, jid) is not None

    async def _show_later(self, request: SubscriptionRequest) -> None:
        import asyncio

        await asyncio.sleep(self._other_device)
        del self._held_back[request.jid]
        self._show(request, None, None)

    def _show(
        self, request: SubscriptionRequest, refusal: Refusal | None, invite: Invite | None
    ) -> None:
        before = self._find(request.jid)
        self._store.put(self._account, request, refusal, _id(invite))
        after = self._find(request.jid)
        if after is None or after == before:
            return
        if before is not None:
            self.gone.emit(request.jid)
        self.asked.emit(after)

    def _find(self, jid: JID) -> Request | None:
        stored = self._store.get(self._account, jid)
        return None if stored is None else self._request(stored)

    def _request(self, stored: StoredRequest) -> Request:
        invite = None if stored.invite_id is None else self._invites.get(stored.invite_id)
        return Request(
            account=self._account,
            jid=stored.request.jid,
            nick=stored.request.nick,
            message=stored.request.message,
            at=stored.request.at,
            refusal=stored.refusal,
            invite=invite,
        )


def _id(invite: Invite | None) -> int | None:
    return None if invite is None else invite.id
