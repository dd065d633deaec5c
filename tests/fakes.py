"""The outside world in memory: small classes that know what they mean, not how they are called."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pars_desktop.base.signal import Signal
from pars_desktop.core.ports import ArchiveGone, ArchivePage
from pars_desktop.core.waits import Waits
from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.contact import Contact, Presence, Subscription, SubscriptionRequest
from pars_desktop.domain.errors import NoKeyring, Offline, ServerRefused, SignInTrouble
from pars_desktop.domain.invite import ServerInvite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Message
from pars_desktop.store.approvals import ApprovalStore
from pars_desktop.store.database import Database

ROMEO = JID.trusted("romeo@montague.lit")
JULIET = JID.trusted("juliet@capulet.lit")
TYBALT = JID.trusted("tybalt@capulet.lit")
NEWCOMERS = "Came by invitation"
WAITS = Waits(other_device=0.02, push=0.05, plain_after=60.0)  # short, and R19 out of the way


async def settle(turns: int = 30) -> None:
    """Let everything that is ready run."""
    for _ in range(turns):
        await asyncio.sleep(0)


def wanted(db: Database, account: JID) -> dict[JID, str]:
    """Whom the person wants as friends and who are not yet, with the names chosen for them."""
    return {intent.jid: intent.name for intent in ApprovalStore(db).pending(account)}


class FakeClock:
    """A clock that stands until somebody moves it."""

    def __init__(self, at: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class FakePasswords:
    """A keyring; locked, it does not answer."""

    def __init__(self, **kept: str) -> None:
        self.kept = {JID.trusted(jid): password for jid, password in kept.items()}
        self.locked = False

    async def get(self, jid: JID, keep: KeepPassword) -> str | None:
        self._open(keep)
        return self.kept.get(jid)

    async def put(self, jid: JID, password: str, keep: KeepPassword) -> None:
        self._open(keep)
        if keep is not KeepPassword.ASK:
            self.kept[jid] = password

    async def forget(self, jid: JID) -> None:
        self._open(KeepPassword.KEYRING)
        self.kept.pop(jid, None)

    def _open(self, keep: KeepPassword) -> None:
        if self.locked and keep is KeepPassword.KEYRING:
            raise NoKeyring


class FakeConnection:
    """A line to a server, up or down as the test says."""

    def __init__(self) -> None:
        self.connecting: Signal[()] = Signal()
        self.online: Signal[bool] = Signal()
        self.offline: Signal[SignInTrouble | None, float | None] = Signal()
        self.mechanism_used: Signal[str] = Signal()
        self.is_online = False
        self.attempts: list[tuple[AccountSettings, str]] = []
        self.retries = 0

    def start(self, settings: AccountSettings, password: str) -> None:
        self.attempts.append((settings, password))
        self.connecting.emit()

    def retry_now(self) -> None:
        self.retries += 1

    async def close(self) -> None:
        await asyncio.sleep(0)
        if self.is_online:
            self.drop(None, None)

    def come_up(self, *, resumed: bool = False) -> None:
        self.is_online = True
        self.online.emit(resumed)

    def drop(self, trouble: SignInTrouble | None = None, retry_in: float | None = 1.0) -> None:
        self.is_online = False
        self.offline.emit(trouble, retry_in)


class FakeRoster:
    """The server's side of one contact list (RFC 6121 §2 and §3), with its pushes.

    What we sent is in `sent`; what others do is said with the methods that begin with `they`.
    """

    def __init__(self, connection: FakeConnection) -> None:
        self.changed: Signal[Contact] = Signal()
        self.removed: Signal[JID] = Signal()
        self.requested: Signal[SubscriptionRequest] = Signal()
        self.withdrawn: Signal[JID] = Signal()
        self.acknowledged: Signal[JID] = Signal()
        self.refused: Signal[JID, str] = Signal()
        self.presence: Signal[Presence] = Signal()
        self.can_preapprove = False
        self.rooms: set[JID] = set()
        self.items: dict[JID, Contact] = {}
        self.asking: dict[JID, SubscriptionRequest] = {}  # delivered at every login until answered
        self.approved_before: set[JID] = set()
        self.is_old_prosody = False  # forgets an approval when the entry changes, and only then
        self.sent: list[tuple[object, ...]] = []
        self.trouble: Exception | None = None  # what the server answers instead
        self.cut_at: str | None = None  # the connection breaks when we send this
        self.push_after = 0.0  # seconds
        self._connection = connection

    async def fetch(self) -> list[Contact]:
        self._out("fetch")
        await asyncio.sleep(0)
        for request in self.asking.values():
            asyncio.get_running_loop().call_soon(self.requested.emit, request)
        if self.trouble is not None:
            raise self.trouble
        return list(self.items.values())

    async def set(self, jid: JID, name: str, groups: frozenset[str] = frozenset()) -> None:
        self._out("set", jid, name, groups)
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
        if self.is_old_prosody:
            self.approved_before.discard(jid)
        self._push(replace(self._item(jid), name=name, groups=groups))

    async def remove(self, jid: JID) -> None:
        self._out("remove", jid)
        await asyncio.sleep(0)
        self.approved_before.discard(jid)
        if self.items.pop(jid, None):
            self.removed.emit(jid)

    async def is_room(self, jid: JID) -> bool:
        if not self._connection.is_online:
            raise Offline
        return jid in self.rooms

    def approve(self, jid: JID) -> None:
        self._out("approve", jid)
        if self.asking.pop(jid, None):
            self._push(_with(self._item(jid), from_=True))
        elif self.can_preapprove:
            self.approved_before.add(jid)

    def refuse(self, jid: JID) -> None:
        self._out("refuse", jid)
        self.asking.pop(jid, None)
        if not self.is_old_prosody:
            self.approved_before.discard(jid)
        if jid in self.items:
            self._push(_with(self._item(jid), from_=False))

    def subscribe(self, jid: JID, token: str | None = None, nick: str = "") -> None:
        self._out("subscribe", jid, token, nick)
        item = self._item(jid)
        if item.subscription in (Subscription.NONE, Subscription.FROM):
            self._push(replace(item, ask=True))

    def unsubscribe(self, jid: JID) -> None:
        self._out("unsubscribe", jid)
        if jid in self.items:
            self._push(replace(_with(self._item(jid), to=False), ask=False))

    def they_ask(self, jid: JID, token: str | None = None, nick: str = "") -> None:
        if self._item(jid).subscription in (Subscription.FROM, Subscription.BOTH):
            return  # the server answers that itself
        if jid in self.approved_before:
            self._push(_with(self._item(jid), from_=True))
            return
        self.asking[jid] = SubscriptionRequest(jid, token, nick)
        if self._connection.is_online:
            self.requested.emit(self.asking[jid])

    def they_approve(self, jid: JID) -> None:
        self._push(replace(_with(self._item(jid), to=True), ask=False))

    def they_refuse(self, jid: JID) -> None:
        self._push(replace(_with(self._item(jid), to=False), ask=False))

    def they_withdraw(self, jid: JID) -> None:
        self.asking.pop(jid, None)
        self.withdrawn.emit(jid)
        if jid in self.items:
            self._push(_with(self._item(jid), from_=False))

    def server_lets_in(self, jid: JID, *, asks_back: bool = True) -> None:
        """Our server takes its own invitation: no request reaches us (R11)."""
        self._push(_with(self._item(jid), from_=True))
        if asks_back:
            self._push(replace(self._item(jid), ask=True))

    def of_kind(self, *kinds: str) -> list[tuple[object, ...]]:
        """What we sent, of these kinds only."""
        return [sent for sent in self.sent if sent[0] in kinds]

    def _out(self, kind: str, *what: object) -> None:
        if self.cut_at == kind:
            self.cut_at = None
            self._connection.drop()
        if not self._connection.is_online:
            raise Offline
        self.sent.append((kind, *what))

    def _item(self, jid: JID) -> Contact:
        return self.items.get(jid) or Contact(jid)

    def _push(self, contact: Contact) -> None:
        self.items[contact.jid] = contact
        if self._connection.is_online and self.push_after:
            asyncio.get_running_loop().call_later(self.push_after, self.changed.emit, contact)
        elif self._connection.is_online:
            self.changed.emit(contact)


def _with(contact: Contact, *, to: bool | None = None, from_: bool | None = None) -> Contact:
    """The contact with a direction of the subscription changed."""
    if to is None:
        to = contact.subscription in (Subscription.TO, Subscription.BOTH)
    if from_ is None:
        from_ = contact.subscription in (Subscription.FROM, Subscription.BOTH)
    both = {
        (False, False): Subscription.NONE,
        (True, False): Subscription.TO,
        (False, True): Subscription.FROM,
        (True, True): Subscription.BOTH,
    }
    return replace(contact, subscription=both[to, from_])


class FakeArchive:
    """Our archive on the server: an id for every message, in order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.trouble: Exception | None = None
        self.largest_page = 50
        self.stuck = False  # gives the same page for ever
        self.asked = 0
        self._count = 0

    def keep(self, message: Message) -> Message:
        self._count += 1
        kept = replace(message, archive_id=f"archive-{self._count}", delivery=Delivery.SENT, id=0)
        self.messages.append(kept)
        return kept

    async def page(
        self, *, after: str | None = None, start: datetime | None = None, limit: int = 50
    ) -> ArchivePage:
        await self._asked()
        found = [each for each in self.messages if start is None or each.at >= start]
        if after is not None and not self.stuck:
            found = found[self._index(after) + 1 :]
        size = min(limit, self.largest_page)
        complete = len(found) <= size and not self.stuck
        return _page(found[:size], complete=complete)

    async def latest(self, limit: int = 50, before: str | None = None) -> ArchivePage:
        await self._asked()
        end = len(self.messages) if before is None or self.stuck else self._index(before)
        begin = max(0, end - min(limit, self.largest_page))
        return _page(self.messages[begin:end], complete=begin == 0 and not self.stuck)

    async def _asked(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble

    def _index(self, archive_id: str) -> int:
        for index, message in enumerate(self.messages):
            if message.archive_id == archive_id:
                return index
        raise ArchiveGone


def _page(messages: list[Message], *, complete: bool) -> ArchivePage:
    if not messages:
        return ArchivePage([], None, complete)
    return ArchivePage(messages, messages[-1].archive_id, complete, messages[0].archive_id)


class FakeMessenger:
    """A stream with XEP-0198 to a server that archives what it gets.

    Peers see what is in `arrived`. With `lossy` the server gets nothing; with `deaf` it gets
    everything, but its acknowledgements are lost.
    """

    def __init__(self, connection: FakeConnection, archive: FakeArchive) -> None:
        self.received: Signal[Message] = Signal()
        self.receipt: Signal[JID, str] = Signal()
        self.acked: Signal[str] = Signal()
        self.refused: Signal[JID, str, str] = Signal()
        self.arrived: list[Message] = []
        self.receipts: list[tuple[JID, str]] = []
        self.given_back = 0
        self.lossy = False
        self.deaf = False
        self._unacknowledged: list[tuple[Message, bool]] = []  # and whether the server has it
        self._connection = connection
        self._archive = archive
        connection.online.connect(self._on_online)

    def send(self, message: Message) -> None:
        if not self._connection.is_online:
            raise Offline
        self._carry(message)

    def send_receipt(self, to: JID, origin_id: str) -> None:
        if not self._connection.is_online:
            raise Offline
        self.receipts.append((to, origin_id))

    def give_back(self) -> None:
        self.given_back += 1

    def _on_online(self, resumed: bool) -> None:
        """A resumed stream sends again what the server did not count; a new one knows nothing."""
        under_way, self._unacknowledged = self._unacknowledged, []
        if resumed:
            for message, has_it in under_way:
                if has_it:
                    self.acked.emit(message.origin_id)
                else:
                    self._carry(message)

    def _carry(self, message: Message) -> None:
        if not self.lossy:
            self.arrived.append(message)
            self._archive.keep(message)
        if self.lossy or self.deaf:
            self._unacknowledged.append((message, not self.lossy))
        else:
            asyncio.get_running_loop().call_soon(self.acked.emit, message.origin_id)


class FakeInvitationServer:
    """A server that makes no invitations unless the test gives it some."""

    def __init__(self, connection: FakeConnection) -> None:
        self.invites: list[ServerInvite] = []  # what it hands out, in this order
        self.accounts: list[ServerInvite] | None = None  # the same for accounts; None: not offered
        self.asked: list[tuple[object, ...]] = []
        self.silence = 0.0  # seconds until it answers
        self._connection = connection

    async def friend(self) -> ServerInvite:
        await self._asked("friend")
        if not self.invites:
            raise ServerRefused("service-unavailable")
        return self.invites.pop(0)

    async def offers_accounts(self) -> bool:
        await self._asked("offers accounts")
        return self.accounts is not None

    async def account(self, user_name: str, *, befriend: bool) -> ServerInvite:
        await self._asked("account", user_name, befriend)
        if not self.accounts:
            raise ServerRefused("forbidden")
        return self.accounts.pop(0)

    async def _asked(self, *what: object) -> None:
        if not self._connection.is_online:
            raise Offline
        self.asked.append(what)
        await asyncio.sleep(self.silence)


class FakeBlocking:
    """The server's list of blocked people, with its pushes."""

    def __init__(self, connection: FakeConnection) -> None:
        self.blocked: Signal[frozenset[JID]] = Signal()
        self.unblocked: Signal[frozenset[JID]] = Signal()
        self.jids: frozenset[JID] = frozenset()
        self.reported: list[JID] = []
        self.trouble: Exception | None = None  # what the server answers instead
        self._connection = connection

    async def fetch(self) -> frozenset[JID]:
        await self._asked()
        return self.jids

    async def block(self, jid: JID, *, report: bool = False) -> None:
        await self._asked()
        self.jids |= {jid}
        if report:
            self.reported.append(jid)
        self.blocked.emit(frozenset({jid}))

    async def unblock(self, jid: JID) -> None:
        await self._asked()
        self.jids -= {jid}
        self.unblocked.emit(frozenset({jid}))

    async def _asked(self) -> None:
        await asyncio.sleep(0)
        if not self._connection.is_online:
            raise Offline
        if self.trouble is not None:
            raise self.trouble


class FakePrivateNode:
    """Notes that all devices of one account see; `notes` may be shared by several of these.

    A device dies at a step of its own if `before` or `after` raises there: the server has not yet,
    or has already, done what it was asked.
    """

    def __init__(self, connection: FakeConnection) -> None:
        self.notes: dict[str, Mapping[str, str]] = {}
        self.offered = False
        self.trouble: Exception | None = None  # what the server answers instead
        self.log: list[tuple[str, str]] = []  # what was asked of it
        self.before: Callable[[str, str], Awaitable[None]] | None = None
        self.after: Callable[[str, str], Awaitable[None]] | None = None
        self._connection = connection

    async def is_offered(self) -> bool:
        await asyncio.sleep(0)
        if not self._connection.is_online:
            raise Offline
        return self.offered

    async def fetch(self) -> Mapping[str, Mapping[str, str]]:
        await self._asked("fetch")
        notes = dict(self.notes)
        await self._answered("fetch")
        return notes

    async def publish(self, note: str, facts: Mapping[str, str]) -> None:
        await self._asked("publish", note)
        self.notes[note] = dict(facts)
        await self._answered("publish", note)

    async def retract(self, note: str) -> bool:
        await self._asked("retract", note)
        was_there = self.notes.pop(note, None) is not None
        await self._answered("retract", note)
        return was_there

    async def _asked(self, what: str, note: str = "") -> None:
        self.log.append((what, note))
        if self.before is not None:
            await self.before(what, note)
        await asyncio.sleep(0)
        if not self._connection.is_online:
            raise Offline
        if self.trouble is not None:
            raise self.trouble

    async def _answered(self, what: str, note: str = "") -> None:
        if self.after is not None:
            await self.after(what, note)
        await asyncio.sleep(0)
        if not self._connection.is_online:
            raise Offline


class FakeNetwork:
    """Everything one account needs of the network; after a restart, before the same server."""

    def __init__(self, before: "FakeNetwork | None" = None) -> None:
        self.connection = FakeConnection()
        self.roster = FakeRoster(self.connection)
        self.archive = FakeArchive()
        self.blocking = FakeBlocking(self.connection)
        self.messenger = FakeMessenger(self.connection, self.archive)
        self.invitations = FakeInvitationServer(self.connection)
        self.private_node = FakePrivateNode(self.connection)
        if before is not None:
            self.roster.items = before.roster.items
            self.roster.asking = before.roster.asking
            self.roster.approved_before = before.roster.approved_before
            self.archive.messages = before.archive.messages
            self.blocking.jids = before.blocking.jids
            self.messenger.arrived = before.messenger.arrived
            self.private_node.notes = before.private_node.notes
            self.private_node.offered = before.private_node.offered
