"""The roster as the server last told it: a push is the truth, the store remembers it."""

from collections.abc import Sequence

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import Roster
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import Offline
from pars_desktop.domain.jid import JID
from pars_desktop.store.contacts import ContactStore


class Contacts:
    """The contacts of one account, on disk, kept true by the server (RFC 6121 §2)."""

    def __init__(self, account: JID, store: ContactStore) -> None:
        self.changed: Signal[Contact] = Signal()  # by a push
        self.removed: Signal[JID] = Signal()  # by a push
        self.loaded: Signal[Sequence[Contact], Sequence[JID]] = Signal()  # what a refresh changed
        self.fetched = False  # the server gave us the whole roster in this session
        self._account = account
        self._store = store
        self._roster: Roster | None = None
        self._fetching = False
        self._pushed_meanwhile: list[Contact | JID] = []

    def attach(self, roster: Roster) -> None:
        """Listen to the server from now on."""
        self._roster = roster
        roster.changed.connect(self._push)
        roster.removed.connect(self._push)

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

    async def refresh(self) -> None:
        """Read the whole roster, once per fresh session.

        If the server does not give it, what we know stays (R-4). Pushes that come while we wait
        are newer than the answer and are applied after it.
        """
        self.fetched, self._fetching = False, True
        try:
            contacts = await self.roster.fetch()
            changed, removed = self._store.replace_all(self._account, contacts)
            self.fetched = True
            self.loaded.emit(changed, removed)
        finally:
            self._fetching = False
            pushed, self._pushed_meanwhile = self._pushed_meanwhile, []
            for push in pushed:
                self._push(push)

    def _push(self, push: Contact | JID) -> None:
        if self._fetching:
            self._pushed_meanwhile.append(push)
        elif isinstance(push, Contact):
            self._store.put(self._account, push)
            self.changed.emit(push)
        else:
            self._store.remove(self._account, push)
            self.removed.emit(push)
