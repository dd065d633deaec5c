"""What to do with a link: one proposal at a time, now or once there is an account."""

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum

from pars_desktop.base.signal import Signal
from pars_desktop.core.account import Account
from pars_desktop.core.accounts import Accounts
from pars_desktop.domain.jid import JID
from pars_desktop.domain.link import Action, Link
from pars_desktop.domain.uri import parse_link
from pars_desktop.store.settings import SettingsStore

QUEUE = 3  # more links than this behind the shown one are no person clicking

_FRIEND_ACTIONS = frozenset({Action.ROSTER, Action.SUBSCRIBE, Action.CHAT})


class ProposalKind(Enum):
    """What the person is asked, or told."""

    ADD_FRIEND = "add friend"
    OPEN_CHAT = "open chat"  # already a friend
    OWN_ADDRESS = "own address"
    COMPOSE = "compose"  # put link.body into a composer, unsent
    OTHER = "other"  # link.explanation is all there is to say
    REFUSED = "refused"  # link.refused and link.explanation say why


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link, and what it comes to here. Nothing was done yet, and nothing is by itself."""

    kind: ProposalKind
    link: Link
    accounts: tuple[JID, ...] = ()  # with which of ours it could be done
    preselected: JID | None = None  # None: the person has to choose

    @property
    def unknown_account(self) -> JID | None:
        """The account of ours the link names, if we have no such account: to be said (U-11)."""
        named = self.link.account
        return named if named is not None and named not in self.accounts else None


class Links:
    """Takes links from anywhere, and proposes them one after the other.

    A link that comes before the first account waits for it, also across a restart. More links
    than a person clicks are counted, not shown (U-10).
    """

    def __init__(self, accounts: Accounts, settings: SettingsStore, *, queue: int = QUEUE) -> None:
        self.proposed: Signal[Proposal] = Signal()
        self.waits: Signal[Link] = Signal()  # until there is an account
        self.ignored: Signal[int] = Signal()  # how many so far, beside the one that is shown
        self._accounts = accounts
        self._settings = settings
        self._limit = queue
        self._queue: deque[str] = deque()
        self._shown: str | None = None
        self._ignored = 0
        accounts.added.connect(self._on_account_added)

    @property
    def is_busy(self) -> bool:
        """Something is shown that the person has not finished with."""
        return self._shown is not None

    @property
    def waiting(self) -> Link | None:
        """The link that waits for the first account, perhaps since an earlier start."""
        text = self._settings.load().waiting_link
        return parse_link(text) if text else None

    def start(self) -> None:
        """Go on with a link that waited for an account, perhaps since an earlier start."""
        waiting = self._settings.load().waiting_link
        if waiting and self._accounts.all():
            self._wait_with("")
            self.open(waiting)

    def open(self, text: str) -> None:
        """Propose a link as soon as no other one is shown."""
        if self._shown is None and not self._queue:
            self._propose(text)
        elif text == self._shown or text in self._queue:
            return  # clicked twice
        elif self._ignored or len(self._queue) >= self._limit:
            # A flood: what of it already waits was no person's wish either.
            self._ignored += len(self._queue) + 1
            self._queue.clear()
            self.ignored.emit(self._ignored)
        else:
            self._queue.append(text)

    def finished(self) -> None:
        """The person is done with what was proposed: on to the next."""
        self._shown, self._ignored = None, 0
        while self._queue and self._shown is None:
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
            return self._with(ProposalKind.COMPOSE, link, accounts)
        if link.action not in _FRIEND_ACTIONS or link.jid is None:
            return self._with(ProposalKind.OTHER, link, accounts)
        if self._accounts.get(link.jid) is not None:
            return self._with(ProposalKind.OWN_ADDRESS, link, accounts)
        hinted = self._accounts.get(link.account) if link.account else None
        candidates = (hinted,) if hinted else accounts
        friends = tuple(account for account in candidates if _can_chat(account, link.jid))
        if friends:
            return self._with(ProposalKind.OPEN_CHAT, link, friends)
        return self._with(ProposalKind.ADD_FRIEND, link, accounts)

    def _with(self, kind: ProposalKind, link: Link, accounts: tuple[Account, ...]) -> Proposal:
        """The link's own hint preselects, and so does there being no choice; nothing else does."""
        jids = tuple(account.jid for account in accounts)
        preselected = None
        if link.account is not None:
            preselected = link.account if link.account in jids else None
        elif len(jids) == 1:
            preselected = jids[0]
        return Proposal(kind, link, jids, preselected)

    def _wait_with(self, text: str) -> None:
        """Keep the newest link for the first account, in a file that only its owner reads."""
        self._settings.save(replace(self._settings.load(), waiting_link=text))

    def _on_account_added(self, account: Account) -> None:
        self.start()


def _can_chat(account: Account, jid: JID) -> bool:
    """They let us see them (XEP-0401 §3.4): there is nothing left to ask for."""
    contact = account.friends.contact(jid)
    return contact is not None and contact.is_seen
