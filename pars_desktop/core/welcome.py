"""How somebody who comes with our invitation is let in (XEP-0379 §4.2, R22, R23)."""

import logging
from collections.abc import Callable, Sequence

from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.core.blocking import Blocking
from pars_desktop.core.contacts import Contacts
from pars_desktop.core.invites import Invites
from pars_desktop.domain.contact import Contact, SubscriptionRequest
from pars_desktop.domain.errors import Trouble
from pars_desktop.domain.jid import JID
from pars_desktop.store.contacts import ContactStore

_log = logging.getLogger(__name__)


class Welcome:
    """Lets newcomers in, keeps them recognisable, and sends one away again if asked to.

    The redemption is on disk before anything is sent and is finished only when the server has
    answered, so a crash in between costs nothing (P-13). What the roster already shows is not
    sent again (P-2).
    """

    def __init__(
        self,
        account: JID,
        contacts: Contacts,
        invites: Invites,
        blocking: Blocking,
        newcomers: ContactStore,
        tasks: Tasks,
        your_name: Callable[[], str],
        group: str,
    ) -> None:
        self.arrived: Signal[Contact] = Signal()
        self._account = account
        self._contacts = contacts
        self._invites = invites
        self._blocking = blocking
        self._newcomers = newcomers
        self._tasks = tasks
        self._your_name = your_name
        self._group = group
        self._under_way: set[JID] = set()
        self._asked_meanwhile: set[JID] = set()
        self._nicks: dict[JID, str] = {}  # of whom we welcomed, as they call themselves
        self._half_let_in: set[JID] = set()  # by our server, which asks back in the same breath
        self._taking_back: set[JID] = set()  # who has said so; the roster has not
        self._may_return: set[JID] = set()  # once
        contacts.parted.connect(self._on_parted)
        contacts.removed.connect(self._on_removed)
        contacts.loaded.connect(self._on_loaded)
        blocking.changed.connect(self._on_blocked)

    def begin(self, request: SubscriptionRequest) -> None:
        """Their token is good and is used up by now: let them in, if they are not blocked."""
        if self._blocking.is_blocked(request.jid):
            self._invites.undo(request.jid)
            return
        self._nicks[request.jid] = request.nick
        if not self._contacts.sees_us(request.jid):
            self._taking_back.discard(request.jid)  # here they are again
            self._may_return.discard(request.jid)
        if request.jid in self._under_way:
            self._asked_meanwhile.add(request.jid)
        self._spawn(request.jid, self._known(request.jid))

    def let_in_by_server(self, contact: Contact) -> None:
        """Nobody here put them into our list: our server may have, by an invitation (R11).

        Then it asks back, too. Whoever was only let in was so by another device of ours, unless
        that follows: `is_half_let_in`.
        """
        jid = contact.jid
        if not contact.ask and not contact.is_seen:
            self._half_let_in.add(jid)
            return
        self._half_let_in.discard(jid)
        if jid not in self._under_way and self._invites.let_in_by_server(jid):
            self._newcomers.expect(self._account, jid)  # by which invitation may be unknown
            self._spawn(jid, None, by_server=True)

    def is_half_let_in(self, jid: JID) -> bool:
        """In this session they were let in, by somebody who has not asked back yet."""
        return jid in self._half_let_in

    def take_back(self, jid: JID) -> None:
        """They say that they do not want to see us, or that they are about to ask anew (R15)."""
        if self._contacts.sees_us(jid):
            self._taking_back.add(jid)
        elif jid in self._invites.unfinished():  # before our yes has reached our server
            self._taking_back.add(jid)
            self._may_return.add(jid)

    def may_return(self, jid: JID) -> bool:
        """A newcomer took back by themselves what we had granted, to ask anew (R15): their program
        had not heard our yes. True once; not if somebody here sent them away."""
        if jid not in self._may_return or self._contacts.sees_us(jid):
            return False
        self._may_return.discard(jid)
        return self._contacts.get(jid) is not None and self.is_newcomer(jid)

    def resume(self, *, fresh: bool) -> None:
        """Finish what a crash or a lost connection cut short.

        Whoever does not see us in a fresh session was not approved yet: then our server brings
        their request once more (RFC 6121 §3.1.3), and `begin` goes on. Or they were, and are gone
        from the list since: the roster is the truth, and they are not let in a second time.
        """
        expected = self._newcomers.expected(self._account)
        for jid in dict.fromkeys((*self._invites.unfinished(), *expected)):
            contact = self._contacts.get(jid)
            has_begun = jid in self._nicks and jid not in expected
            if (fresh or not has_begun) and not self._contacts.sees_us(jid):
                self._tasks.spawn(self._drop_unless_asked(jid), name="see who asks again")
                continue
            # A name without a group may be one that the server took from the request (R23).
            is_known = contact is not None and contact.groups and not self._is_untouched(contact)
            invite = self._invites.invitation_of(jid)
            by_server = jid in expected or (invite is not None and not invite.is_ours)
            self._spawn(jid, contact if is_known else None, by_server=by_server)

    def is_newcomer(self, jid: JID) -> bool:
        """They came by invitation, and the person has not said Keep yet."""
        return self._newcomers.is_newcomer(self._account, jid)

    def newcomers(self) -> set[JID]:
        """Everybody who came by invitation, until the person says Keep."""
        return self._newcomers.newcomers(self._account)

    async def undo(self, jid: JID) -> None:
        """Send them away: no approval, no subscription, no contact; the token stays used (P-20)."""
        roster = self._contacts.roster
        roster.refuse(jid)  # first to see that there is a session; it leaves after what follows
        self._invites.undo(jid)
        self._unmark(jid)
        roster.unsubscribe(jid)
        await roster.remove(jid)

    async def keep(self, jid: JID) -> None:
        """The newcomer is a contact like any other from now on."""
        contact = self._contacts.get(jid)
        if contact is not None and self._group in contact.groups:
            groups = contact.groups - {self._group}
            await self._contacts.roster.set(jid, contact.name, groups)
        self._unmark(jid)

    def note(self, contact: Contact) -> None:
        """The roster changed: a first name or another group, given anywhere, ends the novelty."""
        if not self.is_newcomer(contact.jid) or self._is_untouched(contact):
            return
        if self._is_copied(contact):
            self._spawn_set(contact.jid, "", contact.groups)
            return
        self._unmark(contact.jid)
        if self._group in contact.groups:
            self._spawn_set(contact.jid, contact.name, contact.groups - {self._group})

    def _is_untouched(self, contact: Contact) -> bool:
        """The entry is as a welcome leaves it."""
        return contact.groups == {self._group} and not contact.name

    def _is_copied(self, contact: Contact) -> bool:
        """The server took the name from the request, as ejabberd does (R23).

        It does so when they ask, so before they see us; and it leaves the group, which ends when
        the person gives a name. What the person typed may well be what they call themselves.
        """
        asks = contact.jid in self._under_way or not contact.sees_us
        is_nick = bool(contact.name) and contact.name == self._nicks.get(contact.jid)
        return asks and is_nick and contact.groups == {self._group}

    def _known(self, jid: JID) -> Contact | None:
        """Their entry, if there is one that is not as the server alone made it."""
        contact = self._contacts.get(jid)
        return None if contact is not None and self._is_copied(contact) else contact

    def _unmark(self, jid: JID) -> None:
        """They are no newcomer, or none any more."""
        self._nicks.pop(jid, None)
        self._newcomers.unmark_newcomer(self._account, jid)

    def _spawn(self, jid: JID, known: Contact | None, *, by_server: bool = False) -> None:
        if jid not in self._under_way:
            self._under_way.add(jid)
            work = self._let_in(jid, known, by_server=by_server)
            self._tasks.spawn(work, name="welcome a newcomer")

    async def _drop_unless_asked(self, jid: JID) -> None:
        """The requests that wait came after our presence, so before any later answer."""
        try:
            await self._contacts.roster.fetch()
        except Trouble:
            return  # the next session will tell
        is_coming = jid in self._under_way or jid in self._taking_back
        if not is_coming and not self._contacts.sees_us(jid):
            self._end(jid)

    def _end(self, jid: JID) -> None:
        """Nothing is left to be done for them."""
        self._invites.finish(jid)
        if not self.is_newcomer(jid):
            self._unmark(jid)

    async def _let_in(self, jid: JID, known: Contact | None, *, by_server: bool) -> None:
        """Approve, ask back, add. `known`: the person had them in the list already."""
        try:
            roster = self._contacts.roster
            # Prosody 0.12 lets them in without telling them if we are away; twice does no harm.
            if by_server or not self._contacts.sees_us(jid):
                roster.approve(jid)
            if not by_server:
                self._ask_back(jid)
            # Last, because the server's answer to it says that it has seen the two before it.
            if known is None:
                await roster.set(jid, "", frozenset({self._group}))
                self._newcomers.mark_newcomer(self._account, jid)
            else:
                await roster.set(jid, known.name, known.groups)
            self._end(jid)
        except Trouble as trouble:
            _log.info("a welcome waits for the next session: %s", type(trouble).__name__)
            return
        finally:
            self._under_way.discard(jid)
            has_asked = jid in self._asked_meanwhile
            self._asked_meanwhile.discard(jid)
        contact = self._contacts.get(jid) or Contact(jid)
        self.arrived.emit(contact)
        if has_asked and not contact.sees_us:  # they took the first request back (R15)
            self._spawn(jid, self._known(jid))

    def _on_loaded(self, _: Sequence[Contact], removed: Sequence[JID]) -> None:
        self._half_let_in.clear()
        self._taking_back.clear()
        for jid in set(self._invites.unfinished()).intersection(removed):
            self._invites.finish(jid)

    def _on_blocked(self) -> None:
        """Whose welcome was cut short is not welcome any more."""
        for jid in filter(self._blocking.is_blocked, self._invites.unfinished()):
            self._invites.undo(jid)

    def _on_removed(self, jid: JID) -> None:
        """They are in the list no more. For the server that includes somebody who takes back what
        we have not granted yet: then nobody here has sent them away."""
        if jid not in self._under_way and jid not in self._taking_back:
            self._invites.finish(jid)

    def _on_parted(self, contact: Contact) -> None:
        if contact.jid in self._taking_back:
            self._taking_back.discard(contact.jid)
            self._may_return.add(contact.jid)
        else:  # another device of ours has sent them away
            self._may_return.discard(contact.jid)
            self._invites.finish(contact.jid)

    def _ask_back(self, jid: JID) -> None:
        contact = self._contacts.get(jid) or Contact(jid)
        if not contact.is_seen and not contact.ask:
            self._contacts.roster.subscribe(jid, nick=self._your_name())

    def _spawn_set(self, jid: JID, name: str, groups: frozenset[str]) -> None:
        self._tasks.spawn(self._set(jid, name, groups), name="tidy a newcomer's entry")

    async def _set(self, jid: JID, name: str, groups: frozenset[str]) -> None:
        try:
            await self._contacts.roster.set(jid, name, groups)
        except Trouble as trouble:
            _log.info("a newcomer's entry stays as it is: %s", type(trouble).__name__)
