"""How we become the friend of somebody who invited us (XEP-0379 §4.1 and §5, R14 to R20)."""

import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.ports import Clock, Roster
from pars_desktop.core.preapprovals import Preapprovals
from pars_desktop.domain.contact import Contact, Presence, Progress
from pars_desktop.domain.errors import IsRoom, Offline, ServerSilent, Trouble
from pars_desktop.domain.invite import LIFETIME
from pars_desktop.domain.jid import JID
from pars_desktop.store.approvals import ApprovalStore, Intent

if TYPE_CHECKING:  # see base/tasks.py
    import asyncio

_log = logging.getLogger(__name__)

# An inviter may be on holiday, but somebody who comes to see us months after we asked is a
# surprise: by then the person should be asked again.
PATIENCE = timedelta(weeks=4)
PUSH_WAIT = 10.0  # seconds for the server to say that an older request is withdrawn
DOUBT_AFTER = timedelta(days=1)  # without an answer an invitation has probably ended
PLAIN_AFTER = 30.0  # seconds without any sign of life, before the request is repeated (R19)


class Befriending:
    """Carries out what the person confirmed, and knows whom to let in because of it.

    The intent is on disk before anything is sent and stays until both directions stand. It is the
    only reason to approve somebody unasked: being in the roster is none (R20).
    """

    def __init__(
        self,
        account: JID,
        contacts: Contacts,
        blocking: Blocking,
        store: ApprovalStore,
        clock: Clock,
        tasks: Tasks,
        your_name: Callable[[], str],
        asks_us: Callable[[JID], bool],
        *,
        newcomer_group: str,
        patience: timedelta = PATIENCE,
        push_wait: float = PUSH_WAIT,
        plain_after: float = PLAIN_AFTER,
        doubt_after: timedelta = DOUBT_AFTER,
    ) -> None:
        self.befriended: Signal[Contact] = Signal()
        self.begun: Signal[JID] = Signal()
        self.progressed: Signal[JID] = Signal()  # ask for `progress` again
        self._account = account
        self._contacts = contacts
        self._blocking = blocking
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._your_name = your_name
        self._asks_us = asks_us
        self._newcomer_group = newcomer_group
        self._patience = patience
        self._push_wait = push_wait
        self._plain_after = plain_after
        self._doubt_after = doubt_after
        self._acknowledged: set[JID] = set()
        self._came_back: dict[JID, Progress] = {}
        self._preapprovals = Preapprovals(contacts, tasks, asks_us, pause=push_wait)
        self._under_way: set[JID] = set()
        self._withdrawing: dict[JID, asyncio.Future[None]] = {}
        self._no_sign_yet: dict[JID, asyncio.Task[None]] = {}
        blocking.changed.connect(self._obey_blocks)

    def attach(self, roster: Roster) -> None:
        """Listen to the server from now on."""
        roster.presence.connect(self._on_presence)
        roster.acknowledged.connect(self._on_acknowledged)
        roster.refused.connect(self._on_refused)

    async def add(self, jid: JID, name: str, token: str | None, group: str) -> None:
        """Befriend somebody. What cannot be sent now is sent in the next session.

        What keeps them away at this moment is unblocked for it, and nothing that is blocked later.
        Raises ServerRefused or IsRoom, and then nothing of it stays behind.
        """
        now = self._clock.now()
        intent = Intent(self._account, jid, name, group, token, now + self._patience, now)
        intent = replace(intent, unblocks=self._blocking.in_the_way(jid))
        self._store.put(intent)
        if not token and await self._is_room(jid):  # nobody invites us with the address of a room
            self._store.erase(self._account, jid)
            raise IsRoom
        self._heard_of(jid)
        self.begun.emit(jid)
        try:
            await self._alone(intent, self._carry_out)
        except (Offline, ServerSilent):
            return
        except Trouble:
            self._store.erase(self._account, jid)
            raise

    def pending(self) -> dict[JID, str]:
        """Whom the person wants as friends and who are not yet, with the names chosen for them."""
        return {intent.jid: intent.name for intent in self._store.pending(self._account)}

    def is_waiting(self, jid: JID) -> bool:
        """The person confirmed it, and it does not stand yet."""
        return self._store.get(self._account, jid) is not None

    def progress(self, jid: JID) -> Progress | None:
        """How far it has come; None if nothing is under way."""
        contact = self._contacts.get(jid) or Contact(jid)
        intent = self._store.get(self._account, jid)
        if contact.is_friend:
            return None
        if intent is None:
            return Progress.WAITING if contact.is_waiting else None
        if contact.is_seen:
            return Progress.ACCEPTED
        if came_back := self._came_back.get(jid):
            return came_back
        return Progress.EXPIRED if self._has_probably_ended(intent) else Progress.WAITING

    async def ask_again(self, jid: JID) -> None:
        """Ask without the invitation. Needs no session; nothing if they are not waited for."""
        intent = self._store.get(self._account, jid)
        if intent is None:
            return
        now = self._clock.now()
        plain = replace(intent, token=None, sent=False, created=now, until=now + self._patience)
        self._store.put(plain)
        self._heard_of(jid)
        self.progressed.emit(jid)
        await self._quietly(plain, self._ask_anew)

    def end(self, jid: JID) -> None:
        """The person does not want it any more, here or on another device."""
        if self.is_waiting(jid):
            self._give_up(self._contacts.get(jid) or Contact(jid))

    def answer(self, jid: JID) -> bool:
        """They ask to see us: approve if that was agreed, once, before it expires (P-12)."""
        if not self._store.take(self._account, jid, self._clock.now()):
            return False
        self._heard_of(jid)
        with suppress(Offline):  # it was cut off in this moment: see `renew`
            self._contacts.roster.approve(jid)
        return True

    def note(self, contact: Contact) -> None:
        """The roster changed: it alone says what our request has come to."""
        intent = self._store.get(self._account, contact.jid)
        if intent is None:
            return
        if contact.sees_us:
            if self._store.take(self._account, contact.jid, self._clock.now()):
                self._preapprovals.is_used(contact)  # the server let them in: that was the once
            self._store.mark_landed(self._account, contact.jid)
        withdrawn = self._withdrawing.get(contact.jid)
        if contact.is_friend:
            self._store.erase(self._account, contact.jid)
            self._heard_of(contact.jid)
            self.befriended.emit(contact)
        elif withdrawn is not None and not contact.ask:
            if not withdrawn.done():
                withdrawn.set_result(None)
        elif contact.ask or contact.is_seen:
            self._store.mark_sent(self._account, contact.jid)
        elif intent.sent:  # it was pending and is not any more: they said no
            self._give_up(contact)

    def renew(self) -> None:
        """A session begins: an approval of ours that never landed may be given again (P-13)."""
        for intent in self._store.pending(self._account):
            if not self._contacts.sees_us(intent.jid):
                self._store.renew(self._account, intent.jid)

    def resume(self, *, fresh: bool) -> None:
        """Do what is left to do, after the roster was read."""
        self._obey_blocks()
        for intent in self._store.pending(self._account):
            work = self._again if fresh else self._if_not_sent
            self._tasks.spawn(self._quietly(intent, work), name="go on befriending")

    async def _again(self, intent: Intent) -> None:
        """In a fresh session: our server has asked again by itself, but without the token (R16)."""
        contact = self._contacts.get(intent.jid) or Contact(intent.jid)
        if self._clock.now() >= intent.until:
            self._give_up(contact)
        elif contact.is_friend:
            self.note(contact)
        elif not intent.sent:
            await self._if_not_sent(intent)
        elif contact.is_waiting and intent.token:
            await self._ask_anew(intent)
        elif not contact.ask and not contact.is_seen:
            self._give_up(contact)

    async def _if_not_sent(self, intent: Intent) -> None:
        if intent.sent:
            return
        contact = self._contacts.get(intent.jid) or Contact(intent.jid)
        await self._carry_out(intent)
        if contact.is_waiting and not intent.token:
            await self._ask_anew(intent)  # the older request has the token that has ended

    async def _carry_out(self, intent: Intent) -> None:
        """In the order of R14; the allow-list is the intent itself. Unblocked is first: the answer
        of somebody who is blocked would not arrive (P-10)."""
        roster, jid = self._contacts.roster, intent.jid
        await self._blocking.lift(intent.unblocks)
        contact = self._contacts.get(jid) or Contact(jid)
        groups = contact.groups - {self._newcomer_group}
        await roster.set(jid, intent.name, groups | {intent.group} if intent.group else groups)
        if not self.is_waiting(jid):
            return  # it has ended meanwhile, perhaps by a block
        if roster.can_preapprove or self._asks_us(jid):
            roster.approve(jid)
        if contact.is_waiting and intent.token:
            await self._ask_anew(intent)
        elif not contact.is_seen and not contact.ask:
            self._ask(intent)

    async def _ask_anew(self, intent: Intent) -> None:
        """Servers keep the first request only: withdraw it, so that the token arrives (R15)."""
        import asyncio

        jid = intent.jid
        # Until the new request is seen in the roster, a crash must not look like their No.
        self._store.mark_sent(self._account, jid, False)
        withdrawn = self._withdrawing[jid] = asyncio.get_running_loop().create_future()
        try:
            self._contacts.roster.unsubscribe(jid)
            async with asyncio.timeout(self._push_wait):
                await withdrawn
        except TimeoutError:
            _log.info("the server did not confirm that a request was withdrawn")
        finally:
            del self._withdrawing[jid]
        self._ask(intent)

    def _ask(self, intent: Intent) -> None:
        if not self.is_waiting(intent.jid):
            return  # the same
        self._contacts.roster.subscribe(intent.jid, intent.token, self._your_name())
        if intent.token and intent.jid not in self._no_sign_yet:
            self._no_sign_yet[intent.jid] = self._tasks.spawn(
                self._ask_plainly(intent.jid), name="repeat a request without token"
            )

    async def _ask_plainly(self, jid: JID) -> None:
        """Prosody before 0.12.5 may lose a request with a token: repeat it without, once (R19)."""
        import asyncio

        await asyncio.sleep(self._plain_after)
        contact = self._contacts.get(jid)
        if contact is not None and contact.is_waiting and self.is_waiting(jid):
            with suppress(Offline):  # the next session asks anew
                self._contacts.roster.subscribe(jid, nick=self._your_name())

    def _obey_blocks(self) -> None:
        """A block that came after the wish ends it, and is not undone by it (P-10)."""
        if not self._contacts.fetched or not self._blocking.is_known:
            return  # `resume` comes once it is known whom there is an approval to take back from
        for intent in self._store.pending(self._account):
            jid, in_the_way = intent.jid, self._blocking.in_the_way(intent.jid)
            if not in_the_way <= intent.unblocks:
                self.end(jid)
            elif in_the_way != intent.unblocks:
                self._store.mark_unblocking(self._account, jid, in_the_way)

    def _give_up(self, contact: Contact) -> None:
        """No, or not in time: the token is forgotten, and nobody is approved by itself any more."""
        self._store.erase(self._account, contact.jid)
        self._heard_of(contact.jid)
        self._preapprovals.withdraw(contact)
        self.progressed.emit(contact.jid)

    async def _is_room(self, jid: JID) -> bool:
        try:
            return await self._contacts.roster.is_room(jid)
        except Offline:
            return False

    def _has_probably_ended(self, intent: Intent) -> bool:
        """Their server has it and nobody answers, or it is as old as invitations get."""
        age = self._clock.now() - intent.created
        patience = self._doubt_after if intent.jid in self._acknowledged else LIFETIME
        return bool(intent.token) and intent.sent and age >= patience

    def _on_presence(self, presence: Presence) -> None:
        self._heard_of(presence.jid)

    def _on_acknowledged(self, jid: JID) -> None:
        self._heard_of(jid)
        if self.is_waiting(jid):
            self._acknowledged.add(jid)
            self.progressed.emit(jid)

    def _on_refused(self, jid: JID, condition: str) -> None:
        """The wish stays: a server that cannot be found may be there again in the next session."""
        if self.is_waiting(jid):
            self._heard_of(jid)
            unfound = condition == "remote-server-not-found"
            self._came_back[jid] = Progress.UNREACHABLE if unfound else Progress.TURNED_AWAY
            self.progressed.emit(jid)

    def _heard_of(self, jid: JID) -> None:
        self._came_back.pop(jid, None)
        if task := self._no_sign_yet.pop(jid, None):
            task.cancel()

    async def _alone(
        self, intent: Intent, work: Callable[[Intent], Coroutine[Any, Any, None]]
    ) -> None:
        """One at a time for each person: a new session may begin while the last one's waits."""
        if intent.jid in self._under_way:
            return
        self._under_way.add(intent.jid)
        try:
            await work(intent)
        finally:
            self._under_way.discard(intent.jid)

    async def _quietly(
        self, intent: Intent, work: Callable[[Intent], Coroutine[Any, Any, None]]
    ) -> None:
        try:
            await self._alone(intent, work)
        except Trouble as trouble:
            _log.info("befriending waits for the next session: %s", type(trouble).__name__)
