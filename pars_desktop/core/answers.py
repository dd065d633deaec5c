"""What our person answered to a request: kept until it was carried out, over sessions."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.ports import Clock
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import Offline, ServerRefused, ServerSilent
from pars_desktop.domain.jid import JID
from pars_desktop.store.requests import RequestStore

_log = logging.getLogger(__name__)

_ECHO = timedelta(seconds=5)  # a copy of what we just declined may still be on its way
_BLOCKS = ("block", "report")


class Answers:
    """The answers of one account. What the one who asks does meanwhile changes none by itself."""

    def __init__(
        self,
        account: JID,
        contacts: Contacts,
        store: RequestStore,
        blocking: Blocking,
        clock: Clock,
        your_name: Callable[[], str],
    ) -> None:
        self.impossible: Signal[JID] = Signal()  # our server cannot block: they ask again
        self._account = account
        self._contacts = contacts
        self._store = store
        self._blocking = blocking
        self._clock = clock
        self._your_name = your_name
        self._declined: dict[JID, datetime] = {}

    def is_given(self, jid: JID) -> bool:
        """There is an answer to what they ask now."""
        declined = self._declined.get(jid)
        # If the clock was set back, nobody knows how long ago that was (N-7).
        if declined is not None and timedelta(0) <= self._clock.now() - declined < _ECHO:
            return True
        return self.is_pending(jid)

    def is_pending(self, jid: JID) -> bool:
        """It is being carried out."""
        return self._store.decision(self._account, jid) is not None

    def is_yes(self, jid: JID) -> bool:
        """They are to be let in, and were not seen to be."""
        return self._store.decision(self._account, jid) == "accept"

    def is_block(self, jid: JID) -> bool:
        """They are to be blocked."""
        return self._store.decision(self._account, jid) in _BLOCKS

    def forgive(self, jid: JID) -> None:
        """Our person wants them as a friend now: a No that waits is void (P-10)."""
        if self._store.decision(self._account, jid) in ("decline", *_BLOCKS):
            self._store.remove(self._account, jid)

    def note(self, contact: Contact) -> None:
        """The roster changed: it says when a Yes has landed."""
        if contact.sees_us and self.is_yes(contact.jid):
            self._store.decide(self._account, contact.jid, "approved")

    async def resume(self) -> None:
        """Carry out what was answered without a session."""
        for jid, _decision in self._store.decided(self._account):
            try:
                await self.carry_out(jid)
            except ServerRefused as refused:  # the others are answered all the same
                _log.info("an answer was not carried out: %s", type(refused).__name__)

    async def carry_out(self, jid: JID) -> None:
        """Do it now if there is a session, else in the next one. Raises ServerRefused."""
        try:
            await self._carry_out(jid)
        except (Offline, ServerSilent):
            return  # it stays on disk
        except ServerRefused:
            if self.is_block(jid):
                self._store.reconsider(self._account, jid)
                self.impossible.emit(jid)
            raise

    async def _carry_out(self, jid: JID) -> None:
        decision = self._store.decision(self._account, jid)
        if decision is None:
            return
        roster = self._contacts.roster
        if decision in _BLOCKS:
            await self._blocking.block(jid, report=decision == "report")
        elif decision == "decline":
            roster.refuse(jid)
            self._declined[jid] = self._clock.now()
        elif decision == "accept":
            roster.approve(jid)
            await self._ask_back(jid)
        elif self._contacts.get(jid):  # "approved", and not removed elsewhere since
            await self._ask_back(jid)
        self._store.settle(self._account, jid, decision)

    async def _ask_back(self, jid: JID) -> None:
        contact, roster = self._contacts.get(jid) or Contact(jid), self._contacts.roster
        if not contact.is_seen and not contact.ask:
            roster.subscribe(jid, nick=self._your_name())
        # No name: theirs is not ours to believe (R23). The answer to this also says that the
        # server has seen the two before it.
        await roster.set(jid, contact.name, contact.groups)
