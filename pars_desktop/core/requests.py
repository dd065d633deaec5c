"""People who ask and wait for our person: the rows of the requests bar."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.answers import Answers
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.guesses import Guesses
from pars_desktop.core.ports import Clock
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.store.invites import InviteStore
from pars_desktop.store.requests import Decision, RequestStore, StoredRequest

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

OTHER_DEVICE = 10.0  # seconds in which another device of ours may know a token that we do not
MOST = 500  # requests in one room: see `Requests`


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

    Nobody reads thousands (R-5). There is room for `MOST` to be shown and as many to be counted,
    and again for as many who name an invitation of ours; whoever is in our list always finds room.
    So a storm fills a room of its own, and pushes nobody out. Whom there is no room for is not
    kept here, but our server keeps them, and brings them again at each login (RFC 6121 §3.1.3).
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
        self._answers = Answers(account, contacts, store, blocking, clock, your_name)
        self._guesses = Guesses(clock)
        self._clock = clock
        self._tasks = tasks
        self._other_device = other_device
        self._held_back: dict[JID, asyncio.Task[None]] = {}
        blocking.changed.connect(self._on_blocked)
        self._answers.impossible.connect(self._ask_again)

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
        """How many wait in silence, because of wrong tokens or for want of room."""
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
        return self.is_open(jid) or self._answers.is_pending(jid)

    def is_open(self, jid: JID) -> bool:
        """They ask now, whether or not our person has seen it, and there is no answer yet."""
        return jid in self._held_back or self._store.is_open(self._account, jid)

    def stands(self, jid: JID) -> bool:
        """It is open, or our person's Yes is being carried out: a No of ours would be wrong."""
        return self.is_open(jid) or self._answers.is_yes(jid)

    def is_unwanted(self, jid: JID) -> bool:
        """They are blocked, or our person has said so and it is being carried out (R22)."""
        return self._blocking.is_blocked(jid) or self._answers.is_block(jid)

    def ask(
        self, request: SubscriptionRequest, refusal: Refusal | None, invite: Invite | None
    ) -> bool:
        """Show a request. A repeated one shows nothing new (R24).

        One with a token we do not know is held back for a moment: a device of ours that knows it
        may be letting them in (P-11). False: it is answered. True says that they wait, also where
        there is no room to keep it.
        """
        silent = self._guesses.are_too_many(request.jid)
        if request.token:
            self._guesses.note(request.jid, request.token)
        if self._answers.is_given(request.jid):
            return False
        if request.jid in self._held_back:
            return True
        request = replace(request, at=request.at or self._clock.now())
        if silent and self._find(request.jid) is None:
            self._count(request, refusal, invite)
        elif request.token and invite is None and len(self._held_back) < MOST:
            self._held_back[request.jid] = self._tasks.spawn(
                self._show_later(request), name="hold a request back"
            )
        else:
            self._show(request, refusal, invite)
        return True

    async def accept(self, jid: JID) -> None:
        """Let them see us, and ask to see them. Without a session it waits for the next one."""
        await self._answer(jid, "accept")

    async def decline(self, jid: JID) -> None:
        """Refuse. Without a session it waits for the next one."""
        await self._answer(jid, "decline")

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Have the server keep them away; they are not told. Without a session it waits.

        Raises ServerRefused if the server cannot block; then the request is there again.
        """
        await self._answer(jid, "report" if report else "block")

    async def block_server(self, domain: str) -> None:
        """Have our server keep away everybody from another one (R-5).

        Raises Offline, ServerSilent; ServerRefused if ours cannot block.
        """
        await self._blocking.block(JID("", domain))

    def withdraw(self, jid: JID) -> None:
        """They took it back, or are let in otherwise: an answer that waits is void, too.

        Not a block: that is about them, and they would only have to ask once more.
        """
        self._dismiss(jid)
        if not self._answers.is_block(jid):
            self._store.remove(self._account, jid)

    def forgive(self, jid: JID) -> None:
        """Our person wants them as a friend now: a No that waits is void (P-10)."""
        self._answers.forgive(jid)

    def note(self, contact: Contact) -> None:
        """The roster changed: somebody who sees us was answered, here or on another device."""
        if contact.sees_us:
            self._dismiss(contact.jid)
        self._answers.note(contact)

    async def resume(self) -> None:
        """Carry out the answers that were given without a session."""
        await self._answers.resume()

    async def _answer(self, jid: JID, decision: Decision) -> None:
        """It holds for the same request as well that the server has just brought again.

        Who took it back in this moment needs no answer, but is to be blocked all the same.
        """
        if self.concerns(jid) or decision not in ("accept", "decline"):
            self._store.decide(self._account, jid, decision)
        self._let_go(jid)
        self.gone.emit(jid)
        await self._answers.carry_out(jid)

    def _ask_again(self, jid: JID) -> None:
        if request := self._find(jid):
            self.asked.emit(request)

    def _let_go(self, jid: JID) -> None:
        """Do not show later what was held back."""
        if task := self._held_back.pop(jid, None):
            task.cancel()

    def _dismiss(self, jid: JID) -> None:
        self._let_go(jid)
        if self._find(jid) is not None:
            self._store.remove(self._account, jid)
            self.gone.emit(jid)
        elif self._store.is_open(self._account, jid):
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

    async def _show_later(self, request: SubscriptionRequest) -> None:
        import asyncio

        await asyncio.sleep(self._other_device)
        del self._held_back[request.jid]
        self._show(request, None, None)

    def _show(
        self, request: SubscriptionRequest, refusal: Refusal | None, invite: Invite | None
    ) -> None:
        before = self._find(request.jid)
        if before is None and not self._has_room(request.jid, refusal, silent=False):
            self._count(request, refusal, invite)
            return
        was_counted = before is None and self._store.is_open(self._account, request.jid)
        self._store.put(self._account, request, refusal, _id(invite))
        after = self._find(request.jid)
        if was_counted:
            self.hushed.emit()
        if after is None or after == before:
            return
        if before is not None:
            self.gone.emit(request.jid)
        self.asked.emit(after)

    def _count(
        self, request: SubscriptionRequest, refusal: Refusal | None, invite: Invite | None
    ) -> None:
        """Keep one in silence, who is not in sight."""
        is_new = not self._store.is_open(self._account, request.jid)
        if is_new and not self._has_room(request.jid, refusal, silent=True):
            return
        self._store.put(self._account, request, refusal, _id(invite), silent=True)
        if is_new:
            self.hushed.emit()

    def _has_room(self, jid: JID, refusal: Refusal | None, *, silent: bool) -> bool:
        if self._contacts.get(jid) is not None:
            return True
        is_refused = refusal is not None
        return self._store.crowd(self._account, silent=silent, is_refused=is_refused) < MOST

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
