"""A small cast for the dialogs: accounts that remember what they were asked, and nothing else."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pars_desktop.base.signal import Signal
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.invite import LIFETIME, Invite
from pars_desktop.domain.uri import invitation_link, parse_link


class CastInvites:
    """Hands out invitations with tokens that count up; none is ever used by itself."""

    def __init__(self, jid, your_name):
        self.changed = Signal()
        self.trouble = None
        self.made = []
        self.guests = {}
        self._jid = jid
        self._your_name = your_name

    def current(self):
        unused = [invite for invite in self.made if invite.id not in self.guests]
        return self._named(unused[-1]) if unused else self.create()

    def create(self, label=""):
        if self.trouble is not None:
            raise self.trouble
        number = len(self.made) + 1
        now = datetime.now(UTC)
        link = invitation_link(self._jid, f"{'1tMFqYDdKhfe2pwpXq9Za':0<22}{number:02}")
        self.made.append(Invite(number, self._jid, now, now + LIFETIME, link=link))
        return self._named(self.made[-1])

    def age(self, by):
        """Let all invitations have been made some time ago."""
        self.made = [replace(one, created=one.created - by) for one in self.made]

    def use(self, invite_id, guest):
        self.guests[invite_id] = [(guest, datetime.now(UTC))]
        self.changed.emit()

    def used_by(self, invite_id):
        return self.guests.get(invite_id, [])

    def _named(self, invite):
        token = parse_link(invite.link).token
        return replace(invite, link=invitation_link(self._jid, token, self._your_name()))


class CastFriends:
    """Writes down what it was asked to do; `trouble` is raised instead, if set."""

    def __init__(self):
        self.asked = Signal()
        self.request_gone = Signal()
        self.arrived = Signal()
        self.befriended = Signal()
        self.waiting_requests = []
        self.done = []
        self.trouble = None

    def requests(self):
        return list(self.waiting_requests)

    def oldest_request(self):
        return next(iter(self.waiting_requests), None)

    def request_count(self):
        return len(self.waiting_requests)

    async def add(self, jid, name, token=None, group=""):
        self._do("add", jid, name, token, group)

    async def accept(self, jid):
        self._do("accept", jid)
        self._answered(jid)

    async def decline(self, jid):
        self._do("decline", jid)
        self._answered(jid)

    async def undo(self, jid):
        self._do("undo", jid)

    async def keep(self, jid):
        self._do("keep", jid)

    async def rename(self, jid, name):
        self._do("rename", jid, name)

    def _do(self, *what):
        if self.trouble is not None:
            raise self.trouble
        self.done.append(what)

    def _answered(self, jid):
        self.waiting_requests = [one for one in self.waiting_requests if one.jid != jid]
        self.request_gone.emit(jid)


class CastAccount:
    """One account, signed in."""

    def __init__(self, settings):
        self.settings = settings
        self.jid = settings.jid
        self.friends = CastFriends()
        self.invites = CastInvites(settings.jid, lambda: self.settings.your_name)


class CastAccounts:
    """The accounts of one person."""

    def __init__(self, *jids, your_name=""):
        self.added = Signal()
        self.removed = Signal()
        self._all = {jid: CastAccount(AccountSettings(jid, your_name=your_name)) for jid in jids}

    def all(self):
        return tuple(self._all.values())

    def get(self, jid):
        return self._all.get(jid)

    def rename_me(self, jid, your_name):
        account = self._all[jid]
        account.settings = replace(account.settings, your_name=your_name)


@dataclass
class CastConversations:
    """Rows as they are put in."""

    by_key: dict[ChatKey, Conversation] = field(default_factory=dict)
    changed: Signal = field(default_factory=Signal)
    removed: Signal = field(default_factory=Signal)
    reset: Signal = field(default_factory=Signal)

    def rows(self):
        return list(self.by_key.values())

    def row(self, key):
        return self.by_key.get(key)

    def put(self, row):
        self.by_key[row.key] = row
        self.changed.emit(row.key)


class CastLinks:
    """Remembers which links were opened; the test decides what they lead to."""

    def __init__(self):
        self.proposed = Signal()
        self.opened = []
        self.finished_count = 0

    def open(self, text):
        self.opened.append(text)

    def finished(self):
        self.finished_count += 1


def newcomer(account, peer):
    return Conversation(ChatKey(account, peer), in_roster=True, is_newcomer=True)
