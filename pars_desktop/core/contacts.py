"""The roster as the server last told it: a push is the truth, the store remembers it."""

from collections.abc import Callable, Sequence

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Roster
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.store.contacts import ContactStore, RosterUpdate
from pars_desktop.store.database import Database

_PART = 200  # contacts that are compared with what we know before others have a turn


class Contacts:
    """The contacts of one account, on disk, kept true by the server (RFC 6121 §2)."""

    def __init__(self, account: JID, db: Database) -> None:
        self.added: Signal[Contact] = Signal()  # by a push, somebody new; then `changed` says it
        self.changed: Signal[Contact] = Signal()  # by a push
        self.removed: Signal[JID] = Signal()  # by a push
        self.parted: Signal[Contact] = Signal()  # they saw us, and do not any more
        self.requested: Signal[SubscriptionRequest] = Signal()  # once the list is read, as pushes
        self.withdrawn: Signal[JID] = Signal()  # the same
        self.loaded: Signal[Sequence[Contact], Sequence[JID]] = Signal()  # what a refresh changed
        self.fetched = False  # the server gave us the whole roster in this session
        self._account = account
        self._db = db
        self._store = ContactStore(db)
        self._roster: Roster | None = None
        self._fetching = False
        self._meanwhile: list[Callable[[], None]] = []  # what the server said while it was read

    def attach(self, roster: Roster) -> None:
        """Listen to the server from now on."""
        self._roster = roster
        roster.changed.connect(lambda contact: self._in_turn(lambda: self._push(contact)))
        roster.removed.connect(lambda jid: self._in_turn(lambda: self._push(jid)))
        roster.requested.connect(lambda asked: self._in_turn(lambda: self.requested.emit(asked)))
        roster.withdrawn.connect(lambda jid: self._in_turn(lambda: self.withdrawn.emit(jid)))

    @property
    def roster(self) -> Roster:
        """The roster on the server. Raises Offline before there is a network."""
        if self._roster is None:
            raise Offline
        return self._roster

    def get(self, jid: JID) -> Contact | None:
        """One contact, or None if they are not in the roster."""
        return self._store.get(self._account, jid)

    def sees_us(self, jid: JID) -> bool:
        """They were approved: they see our presence."""
        contact = self.get(jid)
        return contact is not None and contact.sees_us

    async def refresh(self) -> list[Contact]:
        """Read the whole roster, once per fresh session, and return who is new in it.

        If the server does not give it, what we know stays (R-4). What comes while we wait is
        newer than the answer and counts after it.
        """
        import asyncio  # late: see base/tasks.py

        self.fetched, self._fetching = False, True
        try:
            contacts = await self.roster.fetch()
            update = RosterUpdate(self._account, self._db)
            for start in range(0, len(contacts), _PART):
                update.add(contacts[start : start + _PART])
                await asyncio.sleep(0)
            changes, removed = update.finish()
            self.fetched = True
            self.loaded.emit([now for _, now in changes], removed)
            for before, now in changes:
                self._say_if_parted(before, now)
            return [now for before, now in changes if before is None]
        finally:
            self._fetching = False
            meanwhile, self._meanwhile = self._meanwhile, []
            for happen in meanwhile:
                happen()

    def _in_turn(self, happen: Callable[[], None]) -> None:
        if self._fetching:
            self._meanwhile.append(happen)
        else:
            happen()

    def _push(self, push: Contact | JID) -> None:
        if isinstance(push, Contact):
            before = self.get(push.jid)
            self._store.put(self._account, push)
            if before is None:
                self.added.emit(push)
            self.changed.emit(push)
            self._say_if_parted(before, push)
        else:
            self._store.remove(self._account, push)
            self.removed.emit(push)

    def _say_if_parted(self, before: Contact | None, now: Contact) -> None:
        if before is not None and before.sees_us and not now.sees_us:
            self.parted.emit(now)
