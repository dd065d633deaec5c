"""What to do with a link: one proposal at a time, now or once there is an account."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum

from pars_desktop.base.signal import Signal
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.ports import Pages
from pars_desktop.core.trust import Concern, blocked, concerns
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.errors import InvitationGone, LookupTrouble, StorageFailed
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.settings import SettingsStore

_QUEUE = 3  # more links than this behind the shown one are no person clicking

_FRIEND_ACTIONS = frozenset({Action.ROSTER, Action.SUBSCRIBE, Action.CHAT})


class ProposalKind(Enum):
    """What the person is asked, or told."""

    ADD_FRIEND = "add friend"
    OPEN_CHAT = "open chat"  # already a friend
    OWN_ADDRESS = "own address"
    COMPOSE = "compose"  # put link.body into a composer, unsent
    LOOK_UP = "look up"  # a page has to be asked what it stands for, if the person agrees
    REMOVE = "remove"  # from the list of friends
    STOP_SEEING = "stop seeing"  # whether they are online
    NOT_A_FRIEND = "not a friend"  # so there is nothing to remove or to stop
    OTHER = "other"  # Pars does not do what the link asks
    REFUSED = "refused"  # link.refused and link.explanation say why


_ENDING: dict[Action | None, ProposalKind] = {
    Action.REMOVE: ProposalKind.REMOVE,
    Action.UNSUBSCRIBE: ProposalKind.STOP_SEEING,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link, and what it comes to here. Nothing was done yet, and nothing is by itself."""

    kind: ProposalKind
    link: Link
    accounts: tuple[JID, ...] = ()  # with which of ours it could be done
    preselected: JID | None = None  # None: the person has to choose
    known_as: str = ""  # what we call them, of somebody in our list
    concerns: tuple[Concern, ...] = ()  # why to look twice

    @property
    def unknown_account(self) -> JID | None:
        """The account of ours the link names, if we have no such account: to be said (U-11)."""
        named = self.link.account
        return named if named is not None and named not in self.accounts else None


class Links:
    """Takes links from anywhere, and proposes them one after the other.

    A link that comes before the first account waits for it, and so does one the program ended
    over, also across a restart. Of several it is the first that nobody decided about: later ones
    queue up, and more than a person clicks are counted, not shown (U-10).
    """

    def __init__(
        self,
        accounts: Accounts,
        settings: SettingsStore,
        pages: Pages | None = None,  # without it pages are explained, never asked
    ) -> None:
        self.proposed: Signal[Proposal] = Signal()
        self.waits: Signal[Link] = Signal()  # until there is an account
        self.ignored: Signal[int] = Signal()  # how many so far, beside the one that is shown
        self._accounts = accounts
        self._settings = settings
        self._pages = pages
        self._queue: deque[str] = deque()
        self._shown: str | None = None
        self._ignored = 0
        self._held: str | None = None
        self._waiting = settings.load().waiting_link
        self.waiting_is_kept = True  # False: on disk there was no room for it
        accounts.added.connect(self._on_account_added)

    @property
    def is_busy(self) -> bool:
        """The person has not decided about what is shown, which may be what the first window
        says of a link that waits."""
        return self._shown is not None or (bool(self._waiting) and not self._accounts.all())

    @property
    def waiting(self) -> Link | None:
        """The link that waits for the first account, perhaps since an earlier start."""
        return parse_link(self._waiting) if self._waiting else None

    def expect(self, text: str) -> None:
        """A link that came before there was anything to show it: `start` proposes it."""
        self._queue.append(text)

    def start(self) -> None:
        """Go on with a link that waited, perhaps since an earlier start."""
        if self._waiting and self._accounts.all() and self._waiting != self._held:
            if self._waiting not in self._queue:
                self._queue.appendleft(self._waiting)
            self._ignored = 0
            self._wait_with("")
        self._go_on()

    def leave(self) -> None:
        """The program ends: the first link that nobody decided about waits for the next start.

        Only now, and not before it is shown: one that brings us down must not do it every time.
        """
        open_ones = (text for text in (self._shown, *self._queue) if text is not None)
        text = self._waiting or next(filter(self._is_undecided, open_ones), "")
        if text != self._waiting or not self.waiting_is_kept:
            self._wait_with(text)

    def hold(self) -> None:
        """An account is being made with the link that is shown or waits: until `release` it is
        kept on disk, and not proposed because that account is there."""
        if self._shown is not None:
            self._wait_with(self._shown)
        self._held = self._waiting

    def meant_for(self, account: JID) -> None:
        """The held link makes this account: if the program ends before it is settled, `unsettled`
        tells the next start."""
        if self._held and self._held == self._waiting:
            self._wait_with(self._waiting, account)

    @property
    def unsettled(self) -> JID | None:
        """The account that was being made with the link that waits, if it is one of ours."""
        meant = self._settings.load().waiting_account
        known = (account.jid for account in self._accounts.all())
        return next((jid for jid in known if str(jid) == meant), None) if self._waiting else None

    def forget(self) -> None:
        """The person wants nothing of the link that waits."""
        self._held = None
        self._wait_with("")
        self._go_on()

    def release(self, *, done: bool) -> None:
        """It is settled, or given up (done); or else it goes on waiting."""
        held, self._held = self._held, None
        if done and held == self._waiting:
            self._wait_with("")

    def open(self, text: str) -> None:
        """Propose a link that the person gives here, as soon as no other one is shown.

        Before the first account it takes the place of the one that waits, unless an account is
        being made with that.
        """
        is_choice = not self._accounts.all() and self._shown is None and self._held is None
        if is_choice:
            self._ignored = 0
            self._propose(text)
        else:
            self.receive(text)

    def receive(self, text: str) -> None:
        """Propose a link that another program hands over, as soon as no other one is shown.

        A web page can do that by itself, so it takes no other link's place.
        """
        if not self.is_busy and not self._queue:
            self._propose(text)
        elif text in (self._shown, self._waiting) or text in self._queue:
            return  # clicked twice
        elif self._ignored or len(self._queue) >= _QUEUE:
            # A flood: what of it already waits was no person's wish either.
            self._ignored += len(self._queue) + 1
            self._queue.clear()
            self.ignored.emit(self._ignored)
        else:
            self._queue.append(text)

    async def look_up(self, proposal: Proposal) -> Proposal:
        """Ask the page what it stands for, which the person agreed to. Raises LookupTrouble.

        What it says is judged like any link; only, it cannot send us on to another page.
        """
        page = proposal.link.page
        if self._pages is None or page is None:
            raise LookupTrouble
        text = await self._pages.link_of(page)
        link = parse_link(text)
        if link.action is Action.LOOKUP:
            raise InvitationGone
        if self._shown is not None:
            self._shown = text  # it is what the person decides about from now on
        elif self._waiting and parse_link(self._waiting).page == page:
            self._wait_with(text)
        warnings = tuple(sorted({*link.warnings, *proposal.link.warnings}))
        return self._judge(replace(link, warnings=warnings))

    def finished(self) -> None:
        """The person is done with what was proposed: on to the next."""
        self._shown, self._ignored = None, 0
        self._go_on()

    def _go_on(self) -> None:
        while self._queue and not self.is_busy:
            self._propose(self._queue.popleft())

    def _propose(self, text: str) -> None:
        proposal = self._judge(parse_link(text))
        if proposal.kind is not ProposalKind.REFUSED and not self._accounts.all():
            self._wait_with(text)
            self.waits.emit(proposal.link)
            return
        self._shown = text
        self.proposed.emit(proposal)

    def _judge(self, link: Link) -> Proposal:
        accounts = self._accounts.all()
        if link.refused is not None:
            return Proposal(ProposalKind.REFUSED, link)
        if link.action is Action.MESSAGE:
            return self._doubted(self._with(ProposalKind.COMPOSE, link, accounts))
        if link.action is Action.LOOKUP and self._pages is not None:
            return self._with(ProposalKind.LOOK_UP, link, accounts)
        if link.action not in _FRIEND_ACTIONS | _ENDING.keys() or link.jid is None:
            return self._with(ProposalKind.OTHER, link, accounts)
        if self._accounts.get(link.jid) is not None:
            return self._with(ProposalKind.OWN_ADDRESS, link, accounts)
        hinted = self._accounts.get(link.account) if link.account else None
        candidates = (hinted,) if hinted else accounts
        if link.action in _ENDING:
            return self._ending(link, link.jid, candidates)
        friends = tuple(account for account in candidates if _can_chat(account, link.jid))
        if friends:
            return self._with(ProposalKind.OPEN_CHAT, link, friends)
        return self._doubted(self._with(ProposalKind.ADD_FRIEND, link, accounts))

    def _ending(self, link: Link, jid: JID, accounts: tuple[Account, ...]) -> Proposal:
        """Where there is something to end; the person decides (R45)."""
        kind = _ENDING[link.action]
        concerned = {}
        for account in accounts:
            contact = account.friends.contact(jid)
            if contact is not None and (kind is ProposalKind.REMOVE or _asks_or_sees(contact)):
                concerned[account] = contact.name
        if not concerned:
            return self._with(ProposalKind.NOT_A_FRIEND, link, accounts)
        known_as = next(filter(None, concerned.values()), "")
        return replace(self._with(kind, link, tuple(concerned)), known_as=known_as)

    def _doubted(self, proposal: Proposal) -> Proposal:
        link, accounts = proposal.link, self._accounts.all()
        if link.jid is None:
            return proposal
        found = blocked(accounts, link.jid)
        if not any(account.friends.contact(link.jid) for account in accounts):
            found += concerns(accounts, link.jid, link.name or "")
        return replace(proposal, concerns=found)

    def _with(self, kind: ProposalKind, link: Link, accounts: tuple[Account, ...]) -> Proposal:
        """The link's own hint preselects, and so does there being no choice; nothing else does."""
        jids = tuple(account.jid for account in accounts)
        preselected = None
        if link.account is not None:
            preselected = link.account if link.account in jids else None
        elif len(jids) == 1:
            preselected = jids[0]
        return Proposal(kind, link, jids, preselected)

    def _is_undecided(self, text: str) -> bool:
        """A friend or an account would come of it, and the person has said neither yes nor no."""
        proposal = self._judge(parse_link(text))
        jid = proposal.link.jid
        if proposal.kind is ProposalKind.LOOK_UP or proposal.link.action is Action.REGISTER:
            return True
        if proposal.kind is not ProposalKind.ADD_FRIEND or jid is None:
            return False
        return not any(account.friends.waiting(jid) for account in self._accounts.all())

    def _wait_with(self, text: str, account: JID | None = None) -> None:
        """Keep a link in a file that only its owner reads, or else as long as we run."""
        self._waiting = text
        self.waiting_is_kept = False
        with suppress(StorageFailed):
            self._settings.save(
                replace(
                    self._settings.load(), waiting_link=text, waiting_account=str(account or "")
                )
            )
            self.waiting_is_kept = True

    def _on_account_added(self, account: Account) -> None:
        self.start()


def _asks_or_sees(contact: Contact) -> bool:
    return contact.is_seen or contact.ask


def _can_chat(account: Account, jid: JID) -> bool:
    """They let us see them (XEP-0401 §3.4): there is nothing left to ask for; unless our person
    has blocked them, and has to decide about that first."""
    contact = account.friends.contact(jid)
    return contact is not None and contact.is_seen and not account.blocking.is_blocked(jid)
