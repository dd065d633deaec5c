"""How strangers become friends, in both directions, and who is one (journeys (a) and (b))."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.befriending import PATIENCE, PLAIN_AFTER, PUSH_WAIT, Befriending
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.invites import Invites
from pars_desktop.core.ports import Clock, Roster
from pars_desktop.core.requests import OTHER_DEVICE, Request, Requests
from pars_desktop.core.welcome import Welcome
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.invite import Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.store.approvals import ApprovalStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import ClaimKind, InviteStore
from pars_desktop.store.requests import RequestStore

MANY = 50  # more changes than this at once are announced as one


@dataclass(frozen=True, slots=True)
class Waits:
    """How long we wait for others, in seconds; and for a friend, in weeks."""

    other_device: float = OTHER_DEVICE
    push: float = PUSH_WAIT
    plain_after: float = PLAIN_AFTER
    patience: timedelta = PATIENCE


USUAL = Waits()


class Friends:
    """The friends of one account.

    A request is decided here, in this order: a good invitation lets them in (`Welcome`), an
    agreement of our own approves them (`Befriending`), anything else is asked (`Requests`).
    """

    def __init__(
        self,
        account: JID,
        db: Database,
        invites: Invites,
        clock: Clock,
        tasks: Tasks,
        your_name: Callable[[], str],
        *,
        newcomer_group: str,
        waits: Waits = USUAL,
    ) -> None:
        self.changed: Signal[Contact] = Signal()
        self.removed: Signal[JID] = Signal()
        self.reloaded: Signal[()] = Signal()  # very much changed at once: read everything anew
        self._account = account
        self._invites = invites
        self._newcomer_group = newcomer_group
        store = ContactStore(db)
        self._contacts = Contacts(account, store)
        self._requests = Requests(
            account,
            self._contacts,
            RequestStore(db),
            InviteStore(db),
            clock,
            tasks,
            your_name,
            other_device=waits.other_device,
        )
        self._welcome = Welcome(
            account, self._contacts, invites, store, tasks, your_name, newcomer_group
        )
        self._befriending = Befriending(
            account,
            self._contacts,
            ApprovalStore(db),
            clock,
            tasks,
            your_name,
            self._requests.holds,
            newcomer_group=newcomer_group,
            patience=waits.patience,
            push_wait=waits.push,
            plain_after=waits.plain_after,
        )
        self.asked = self._requests.asked  # Signal[Request]
        self.request_gone = self._requests.gone  # Signal[JID]
        self.arrived = self._welcome.arrived  # Signal[Contact]: a newcomer by invitation
        self.begun = self._befriending.begun  # Signal[JID]: the person wants them as a friend
        self.befriended = self._befriending.befriended  # Signal[Contact]: what we asked for stands
        self._contacts.changed.connect(self._on_changed)
        self._contacts.removed.connect(self._on_removed)
        self._contacts.loaded.connect(self._on_loaded)

    def attach(self, roster: Roster) -> None:
        """Listen to the server from now on."""
        self._contacts.attach(roster)
        self._befriending.attach(roster)
        roster.requested.connect(self._on_requested)
        roster.withdrawn.connect(self._requests.withdraw)

    def contact(self, jid: JID) -> Contact | None:
        """Somebody in our list, or None."""
        return self._contacts.get(jid)

    def sees_us(self, jid: JID) -> bool:
        """They may know that we are here: we approved them."""
        return self._contacts.sees_us(jid)

    def requests(self) -> list[Request]:
        """Who waits for an answer of ours, longest first."""
        return self._requests.all()

    def oldest_request(self) -> Request | None:
        """The first of `requests`."""
        return self._requests.oldest()

    def request_count(self) -> int:
        """How many wait for an answer of ours."""
        return self._requests.count()

    def waiting(self, jid: JID) -> bool:
        """We asked, or are going to as soon as there is a session, and they have not answered."""
        contact = self._contacts.get(jid)
        return (contact is not None and contact.is_waiting) or self._befriending.is_waiting(jid)

    def pending(self) -> dict[JID, str]:
        """Whom we want as friends and who are not yet, with the names chosen for them."""
        return self._befriending.pending()

    def is_newcomer(self, jid: JID) -> bool:
        """They came by invitation, and the person has not said Keep yet."""
        return self._welcome.is_newcomer(jid)

    async def add(self, jid: JID, name: str, token: str | None = None, group: str = "") -> None:
        """Ask somebody to be a friend, with the token of their invitation if there is one.

        Needs no session: what cannot be sent now is sent when there is one, even after a restart.
        `befriended` says when it stands. Raises ServerRefused.
        """
        await self._befriending.add(jid.bare, name.strip(), token, group)

    async def accept(self, jid: JID) -> None:
        """Say yes to a request. Needs no session. Raises ServerRefused."""
        await self._requests.accept(jid)

    async def decline(self, jid: JID) -> None:
        """Say no to a request. Needs no session."""
        await self._requests.decline(jid)

    async def undo(self, jid: JID) -> None:
        """Send a newcomer away again; the invitation stays used. Raises Offline, ServerRefused."""
        await self._welcome.undo(jid)

    async def keep(self, jid: JID) -> None:
        """A newcomer stays. Raises Offline, ServerRefused."""
        await self._welcome.keep(jid)

    async def rename(self, jid: JID, name: str) -> None:
        """Give a contact a name of our own choice. Raises Offline, ServerRefused."""
        contact = self._contacts.get(jid) or Contact(jid)
        groups = contact.groups - {self._newcomer_group}
        await self._contacts.roster.set(jid, name.strip(), groups)

    async def refresh(self) -> None:
        """A fresh session: read the roster. Raises what the server says if it does not give it."""
        self._befriending.renew()
        await self._contacts.refresh()

    async def resume(self, *, fresh: bool) -> None:
        """Carry out what is left from before: welcomes, answers, and what we asked for."""
        if not self._contacts.fetched:
            return
        self._welcome.resume()
        self._befriending.resume(fresh=fresh)
        await self._requests.resume()

    def _on_requested(self, request: SubscriptionRequest) -> None:
        jid = request.jid
        if jid == self._account:
            return
        claim = self._invites.redeem(request.token, jid)
        if claim.kind is ClaimKind.CLAIMED or jid in self._invites.unfinished():
            self._requests.withdraw(jid)
            self._welcome.begin(request)
        elif self._contacts.fetched and self._contacts.sees_us(jid):
            return  # the server answers this itself (RFC 6121 §3.1.3); nothing new is asked of us
        elif not self._befriending.answer(jid):
            # A token that is not ours is like none, to our person too (XEP-0379 §4.1); one that
            # let them in before, until they were removed again, is used up.
            refusal = (claim.refusal or Refusal.USED) if claim.invite else None
            self._requests.ask(request, refusal, claim.invite)

    def _on_changed(self, contact: Contact) -> None:
        self._note(contact)
        self._befriending.note(contact)  # first: after a No, nobody is waited for any more
        self.changed.emit(contact)

    def _on_removed(self, jid: JID) -> None:
        self._befriending.forget(jid)
        self.removed.emit(jid)

    def _on_loaded(self, changed: Sequence[Contact], removed: Sequence[JID]) -> None:
        for contact in changed:
            self._note(contact)
            self._befriending.note(contact)
        for jid in removed:
            self._befriending.forget(jid)
        if len(changed) + len(removed) > MANY:
            self.reloaded.emit()
        else:
            for contact in changed:
                self.changed.emit(contact)
            for jid in removed:
                self.removed.emit(jid)

    def _note(self, contact: Contact) -> None:
        self._welcome.note(contact)
        self._requests.note(contact)
