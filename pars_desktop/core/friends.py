"""How strangers become friends, in both directions, and who is one (journeys (a) and (b))."""

from collections.abc import Callable, Sequence

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.befriending import Befriending
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.invites import Invites
from pars_desktop.core.ports import Clock, PrivateNode, Roster
from pars_desktop.core.requests import Request, Requests
from pars_desktop.core.sharing import Sharing
from pars_desktop.core.waits import USUAL, Waits
from pars_desktop.core.welcome import Welcome
from pars_desktop.domain.contact import Contact, Progress, SubscriptionRequest
from pars_desktop.domain.invite import Invite, Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.store.approvals import ApprovalStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import Claim, ClaimKind, InviteStore
from pars_desktop.store.requests import RequestStore
from pars_desktop.store.sharing import SharingStore

MANY = 50  # more changes than this at once are announced as one


class Friends:
    """The friends of one account.

    A request is decided here, in this order: a good invitation lets them in (`Welcome`; where our
    other devices know it, too, `Sharing` decides), an agreement of our own approves them
    (`Befriending`), anything else is asked (`Requests`).
    """

    def __init__(
        self,
        account: JID,
        db: Database,
        invites: Invites,
        blocking: Blocking,
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
        self._contacts = Contacts(account, db)
        self._requests = Requests(
            account,
            self._contacts,
            RequestStore(db),
            InviteStore(db),
            blocking,
            clock,
            tasks,
            your_name,
            other_device=waits.other_device,
        )
        self._welcome = Welcome(
            account, self._contacts, invites, blocking, store, tasks, your_name, newcomer_group
        )
        self._sharing = Sharing(
            account,
            invites,
            SharingStore(db, account),
            clock,
            blocking,
            tasks,
            look_after=waits.look_after,
            pause=waits.pause,
        )
        self._befriending = Befriending(
            account,
            self._contacts,
            blocking,
            ApprovalStore(db),
            clock,
            tasks,
            your_name,
            lambda jid: self._requests.stands(jid) or self._sharing.concerns(jid),  # they wait
            newcomer_group=newcomer_group,
            patience=waits.patience,
            push_wait=waits.push,
            plain_after=waits.plain_after,
            doubt_after=waits.doubt_after,
        )
        self.asked = self._requests.asked  # Signal[Request]
        self.request_gone = self._requests.gone  # Signal[JID]
        self.request_hushed = self._requests.hushed  # Signal[()]: the count of silent ones
        self.arrived = self._welcome.arrived  # Signal[Contact]: a newcomer by invitation
        self.progressed = self._befriending.progressed  # Signal[JID]: see `progress`
        self.begun = self._befriending.begun  # Signal[JID]: the person wants them as a friend
        self.befriended = self._befriending.befriended  # Signal[Contact]: what we asked for stands
        self._contacts.added.connect(self._on_added)
        self._contacts.changed.connect(self._on_changed)
        self._contacts.removed.connect(self._on_removed)
        self._contacts.loaded.connect(self._on_loaded)
        self._contacts.requested.connect(self._on_requested)
        for listener in (self._welcome.take_back, self._sharing.forget, self._requests.withdraw):
            self._contacts.withdrawn.connect(listener)
        self._requests.gone.connect(self._sharing.forget)
        self._befriending.begun.connect(self._requests.forgive)
        self._sharing.decided.connect(self._on_decided)
        self._sharing.let_in.connect(self._let_in)
        self._sharing.undecided.connect(self._on_requested)

    def attach(self, roster: Roster, private_node: PrivateNode) -> None:
        """Listen to the server from now on."""
        self._contacts.attach(roster)
        self._befriending.attach(roster)
        self._sharing.attach(private_node)

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

    def silent_request_count(self) -> int:
        """How many wait in silence: after too many wrong tokens (R26), or in a storm (R-5)."""
        return self._requests.silent_count()

    def show_silent_requests(self) -> None:
        """The person wants to see those, too."""
        self._requests.show_silent()

    def waiting(self, jid: JID) -> bool:
        """We asked, or are going to as soon as there is a session, and they have not answered."""
        contact = self._contacts.get(jid)
        return (contact is not None and contact.is_waiting) or self._befriending.is_waiting(jid)

    def progress(self, jid: JID) -> Progress | None:
        """How far a friendship has come that we asked for; None if nothing is under way."""
        return self._befriending.progress(jid)

    async def ask_again(self, jid: JID) -> None:
        """Ask somebody we wait for once more, without the invitation. Needs no session."""
        await self._befriending.ask_again(jid)

    def is_newcomer(self, jid: JID) -> bool:
        """They came by invitation, and the person has not said Keep yet."""
        return self._welcome.is_newcomer(jid)

    def invitation_of(self, jid: JID) -> Invite | None:
        """By which invitation of ours they came, if that is known: its label says for whom it was.

        Known to whoever hears `arrived`, and later.
        """
        return self._invites.invitation_of(jid)

    async def add(self, jid: JID, name: str, token: str | None = None, group: str = "") -> None:
        """Ask somebody to be a friend, with the token of their invitation if there is one.

        Needs no session: what cannot be sent now is sent when there is one, even after a restart.
        `befriended` says when it stands. Raises ServerRefused, IsRoom.
        """
        await self._befriending.add(jid.bare, name.strip(), token, group)

    async def accept(self, jid: JID) -> None:
        """Say yes to a request. Needs no session. Raises ServerRefused."""
        await self._requests.accept(jid)

    async def decline(self, jid: JID) -> None:
        """Say no to a request. Needs no session."""
        await self._requests.decline(jid)

    async def block(self, jid: JID, *, report: bool = False) -> None:
        """Have our server keep away whoever asks; they are not told. Needs no session.

        `report`: tell the server that they send spam. Raises ServerRefused if it cannot block.
        """
        await self._requests.block(jid, report=report)
        self._befriending.end(jid)  # without a session it is not blocked yet

    async def block_server(self, domain: str) -> None:
        """Have our server keep away everybody from another one, and forget their requests.

        Raises Offline, ServerSilent; ServerRefused if ours cannot block.
        """
        await self._requests.block_server(domain)

    async def undo(self, jid: JID) -> None:
        """Send a newcomer away again; the invitation stays used. Raises Offline, ServerRefused."""
        await self._welcome.undo(jid)

    async def keep(self, jid: JID) -> None:
        """A newcomer stays. Raises Offline, ServerRefused."""
        await self._welcome.keep(jid)

    async def remove(self, jid: JID) -> None:
        """Take somebody off our list: neither sees the other any more. The chat stays.

        Raises Offline, ServerRefused, ServerSilent.
        """
        if self._contacts.get(jid) is None:  # what we wanted of them was never sent
            self._on_removed(jid)
        else:
            await self._contacts.roster.remove(jid)

    async def stop_seeing(self, jid: JID) -> None:
        """See no longer when they are online, nor wait for it; they go on seeing us.

        Raises Offline.
        """
        self._contacts.roster.unsubscribe(jid)
        self._befriending.end(jid)

    async def rename(self, jid: JID, name: str, group: str = "") -> None:
        """Give a contact a name of our own choice, and put them into a group too if one is named.

        Raises Offline, ServerRefused.
        """
        contact = self._contacts.get(jid) or Contact(jid)
        groups = contact.groups - {self._newcomer_group} | ({group} if group else set())
        await self._contacts.roster.set(jid, name.strip(), groups)

    async def refresh(self) -> None:
        """A fresh session: read the roster. Raises what the server says if it does not give it."""
        self._befriending.renew()
        expects_guests = self._invites.expects_guests()
        asked_before = self._requests.from_whom() if expects_guests else set()
        added = await self._contacts.refresh()
        if expects_guests:
            for contact in added:  # our server asks its guests back at once
                if contact.jid not in asked_before and (contact.ask or contact.is_seen):
                    self._on_added(contact)

    async def resume(self, *, fresh: bool) -> None:
        """Carry out what is left from before: welcomes, answers, and what we asked for."""
        self._sharing.resume(fresh=fresh)
        if not self._contacts.fetched:
            return
        self._welcome.resume(fresh=fresh)
        self._befriending.resume(fresh=fresh)
        await self._requests.resume()

    def _on_requested(self, request: SubscriptionRequest) -> None:
        if request.jid == self._account or self._requests.is_unwanted(request.jid):
            return
        if self._sharing.takes(request):
            return
        claim = self._invites.redeem(request.token, request.jid)
        if self._on_decided(request, claim) and claim.invite is None:
            self._sharing.look_up(request)

    def _let_in(self, request: SubscriptionRequest) -> None:
        """Their token is good. Whoever was blocked since they asked is not welcomed."""
        if self._requests.is_unwanted(request.jid):
            self._invites.undo(request.jid)
        else:
            self._requests.withdraw(request.jid)
            self._welcome.begin(request)

    def _on_decided(self, request: SubscriptionRequest, claim: Claim) -> bool:
        """True: our person has to say what becomes of it."""
        jid = request.jid
        if self._is_good(claim, jid):
            self._let_in(request)
            return False
        # The server answers who sees us (RFC 6121 §3.1.3): nothing new is asked of us.
        is_in = self._contacts.fetched and self._contacts.sees_us(jid)
        if self._requests.is_unwanted(jid) or is_in or self._befriending.answer(jid):
            return False
        # A token that is not ours is like none, to our person too (XEP-0379 §4.1); one that let
        # them in before, until they were removed again, is used up.
        refusal = (claim.refusal or Refusal.USED) if claim.invite else None
        return self._requests.ask(request, refusal, claim.invite)

    def _is_good(self, claim: Claim, jid: JID) -> bool:
        """Their token lets them in, or did, and their welcome has to be completed."""
        if claim.kind is ClaimKind.CLAIMED:
            return True
        if jid in self._invites.unfinished():
            is_gone = self._contacts.fetched and self._contacts.get(jid) is None
            if claim.kind is ClaimKind.AGAIN or not is_gone:
                return True
            self._invites.finish(jid)  # they were removed on another device, and ask anew
        return claim.kind is ClaimKind.AGAIN and self._welcome.may_return(jid)

    def _on_added(self, contact: Contact) -> None:
        """Somebody is in the list. If nobody here, and no other device, put them there, it was our
        server, because they came with an invitation that it had made for us (R11)."""
        is_bare = not contact.name and not contact.groups
        parts = (self._requests.concerns, self._sharing.concerns, self._befriending.is_waiting)
        is_ours = any(concerns(contact.jid) for concerns in parts)
        if contact.sees_us and is_bare and not is_ours:
            self._welcome.let_in_by_server(contact)

    def _on_changed(self, contact: Contact) -> None:
        if self._welcome.is_half_let_in(contact.jid):
            self._on_added(contact)
        self._note(contact)
        self._befriending.note(contact)  # first: after a No, nobody is waited for any more
        self.changed.emit(contact)

    def _on_removed(self, jid: JID) -> None:
        self._befriending.end(jid)
        self.removed.emit(jid)

    def _on_loaded(self, changed: Sequence[Contact], removed: Sequence[JID]) -> None:
        # A roster may be long, and to most of it nothing is pending.
        wanted = self._befriending.pending()
        concerned = self._welcome.newcomers() | self._requests.from_whom() | wanted.keys()
        for contact in changed if concerned else ():
            if contact.jid in concerned:
                self._note(contact)
                self._befriending.note(contact)
        for jid in wanted.keys() & set(removed):
            self._befriending.end(jid)
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
        if contact.sees_us:
            self._sharing.forget(contact.jid)
