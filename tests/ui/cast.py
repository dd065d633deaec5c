"""A small cast for the dialogs: accounts that remember what they were asked, and nothing else."""

import asyncio
from dataclasses import dataclass, field, replace

from pars_desktop.base.signal import Signal
from pars_desktop.core.account import AccountStatus, State
from pars_desktop.core.likeness import Likeness
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact
from pars_desktop.domain.conversation import ChatKey, Conversation
from pars_desktop.domain.settings import Settings


class CastInvites:
    """Remembers who used which invitation."""

    def __init__(self):
        self.changed = Signal()
        self.guests = {}

    def used_by(self, invite_id):
        return self.guests.get(invite_id, [])


class CastSettings:
    """Settings that nobody writes to a disk; `trouble` is raised instead, if set."""

    def __init__(self, **kept):
        self.kept = Settings(**kept)
        self.trouble = None

    def load(self):
        return self.kept

    def save(self, settings):
        if self.trouble is not None:
            raise self.trouble
        self.kept = settings


class CastFriends:
    """Writes down what it was asked to do; `trouble` is raised instead, if set."""

    def __init__(self):
        self.asked = Signal()
        self.request_gone = Signal()
        self.request_hushed = Signal()
        self.arrived = Signal()
        self.befriended = Signal()
        self.changed, self.removed, self.reloaded = Signal(), Signal(), Signal()
        self.progressed, self.how_far, self.entries = Signal(), {}, {}
        self.waiting_requests = []
        self.silent_requests = []
        self.people = []  # contacts
        self.done = []
        self.invitations = {}  # by which invitation somebody came
        self.trouble = None

    def requests(self):
        return list(self.waiting_requests)

    def names(self, after, most):
        known = sorted((str(each.jid), each.name) for each in self.people)
        return [each for each in known if each[0] > after][:most]

    def befriend(self, *contacts):
        self.people += contacts
        for contact in contacts:
            self.changed.emit(contact)

    def oldest_request(self):
        return next(iter(self.waiting_requests), None)

    def request_count(self):
        return len(self.waiting_requests)

    def silent_request_count(self):
        return len(self.silent_requests)

    def show_silent_requests(self):
        self.waiting_requests += self.silent_requests
        self.silent_requests = []
        self.request_hushed.emit()

    async def block(self, jid, *, report=False):
        self._do("report" if report else "block", jid)
        self._answered(jid)

    async def block_server(self, domain):
        self._do("block server", domain)
        for jid in [one.jid for one in self.waiting_requests if one.jid.domain == domain]:
            self._answered(jid)

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

    async def remove(self, jid):
        self._do("remove", jid)

    async def stop_seeing(self, jid):
        self._do("stop seeing", jid)

    async def rename(self, jid, name, group=""):
        self._do("rename", jid, name, group)

    def progress(self, jid):
        return self.how_far.get(jid)

    def contact(self, jid):
        return self.entries.get(jid)

    def waiting(self, jid):
        return jid in self.how_far

    def refuse(self, jid):
        """They said no."""
        self.entries[jid] = Contact(jid)
        self.how_far.pop(jid, None)
        self.progressed.emit(jid)

    def come_to(self, jid, progress):
        self.how_far[jid] = progress
        self.progressed.emit(jid)

    def invitation_of(self, jid):
        return self.invitations.get(jid)

    def _do(self, *what):
        if self.trouble is not None:
            raise self.trouble
        self.done.append(what)

    def _answered(self, jid):
        self.waiting_requests = [one for one in self.waiting_requests if one.jid != jid]
        self.request_gone.emit(jid)


class CastBlocking:
    """Whom a server keeps away; `trouble` is raised instead of a change, if set."""

    def __init__(self):
        self.changed = Signal()
        self.is_known = True
        self.jids = []
        self.trouble = None

    def all(self):
        return list(self.jids)

    def is_blocked(self, jid):
        return jid in self.jids

    async def unblock(self, jid):
        if self.trouble is not None:
            raise self.trouble
        self.jids.remove(jid)
        self.changed.emit()


class CastAccount:
    """One account, signed in."""

    def __init__(self, settings):
        self.settings = settings
        self.jid = settings.jid
        self.status, self.status_changed = AccountStatus(State.ONLINE), Signal()
        self.friends = CastFriends()
        self.likeness = Likeness(self.friends, self.friends.names)
        self.blocking = CastBlocking()
        self.invites = CastInvites()

    def become(self, state):
        self.status = AccountStatus(state)
        self.status_changed.emit(self.status)


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
        self.looked_up = []
        self.found = None  # what a page leads to: a proposal, or a trouble

    async def look_up(self, proposal):
        self.looked_up.append(proposal)
        await asyncio.sleep(0)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def open(self, text):
        self.opened.append(text)

    def finished(self):
        self.finished_count += 1


class CastEyes:
    """Sees the pictures it is given, and in each the codes that it is told are there."""

    def __init__(self, shown=(), codes=None):
        self.shown = list(shown)
        self.codes = codes or {}
        self.looked = 0
        self.asks_each_time = False
        self.trouble = None

    async def screens(self):
        self.looked += 1
        if self.trouble is not None:
            raise self.trouble
        return self.shown

    def asks(self):
        return self.asks_each_time

    async def read(self, picture):
        found = self.codes[picture]
        if isinstance(found, Exception):
            raise found
        return found


def newcomer(account, peer):
    return Conversation(ChatKey(account, peer), in_roster=True, is_newcomer=True)
