"""A real core over a database in memory, with people and messages put straight into the store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pars_desktop.base.tasks import Tasks
from pars_desktop.core.account import AccountStatus, State
from pars_desktop.core.accounts import Accounts
from pars_desktop.core.conversations import Conversations
from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Availability, Contact, Presence, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from tests.fakes import JULIET, NEWCOMERS, ROMEO, FakeClock, FakeNetwork, FakePasswords

MERCUTIO = JID("mercutio", "verona.lit")
NOW = datetime.now(UTC).replace(microsecond=0)


class Stage:
    """Romeo's program. What others do is said with short verbs."""

    def __init__(self, *accounts):
        self.db = Database.open(":memory:")
        for jid in accounts or (ROMEO,):
            AccountStore(self.db).put(AccountSettings(jid))
        self.clock = FakeClock(NOW)
        self.accounts = Accounts(
            self.db, FakePasswords(), self.clock, Tasks(), newcomer_group=NEWCOMERS
        )
        self.conversations = Conversations(self.db, self.accounts)
        self.conversations.follow()
        self.network = FakeNetwork()
        self.account = self.accounts.all()[0]
        self.account.attach(self.network)
        self.contacts = ContactStore(self.db)
        self.messages = MessageStore(self.db)
        self._count = 0

    def close(self):
        self.db.close()

    def befriend(self, jid=JULIET, name="", *, waiting=False, newcomer=False):
        """Put somebody into the roster."""
        subscription = Subscription.NONE if waiting else Subscription.BOTH
        self.contacts.put(self.account.jid, Contact(jid, name, subscription, waiting))
        if newcomer:
            self.contacts.mark_newcomer(self.account.jid, jid)
        key = ChatKey(self.account.jid, jid)
        self.conversations.changed.emit(key)
        return key

    def estrange(self, jid=JULIET, name="Juliet", subscription=Subscription.NONE):
        """Somebody in the roster is no friend any more."""
        self.contacts.put(self.account.jid, Contact(jid, name, subscription))
        key = ChatKey(self.account.jid, jid)
        self.conversations.changed.emit(key)
        return key

    def remember(
        self, jid, body, *, ours=False, ago=timedelta(0), unread=False, delivery=None, error=""
    ):
        """A message that is in the store already when the program starts."""
        self._count += 1
        message = Message(
            jid,
            Direction.OUT if ours else Direction.IN,
            body,
            NOW - ago,
            origin_id=f"m{self._count}",
            delivery=delivery or Delivery.DELIVERED,
            error=error or ("remote-server-not-found" if delivery is Delivery.FAILED else ""),
        )
        return self.messages.add(self.account.jid, message, unread=unread)

    def remember_many(self, jid, count, *, every=timedelta(minutes=1)):
        """A long chat, in one transaction."""
        with self.db.transaction():
            for number in range(count):
                body = f"line {number} " + "and so on " * (number % 7)
                self.remember(jid, body, ours=number % 3 == 0, ago=every * (count - number))

    def receive(self, jid, body, *, at=None):
        """A message comes in now."""
        self._count += 1
        at = at or NOW + timedelta(seconds=self._count)
        self.account.inbox.accept(Message(jid, Direction.IN, body, at, origin_id=f"m{self._count}"))

    def appear(self, jid, availability=Availability.ONLINE):
        """Somebody's presence changes."""
        self.network.roster.presence.emit(Presence(jid, availability))

    def status(self, state=State.ONLINE, trouble=None, retry_in=None):
        """How the account is doing."""
        retry_at = None if retry_in is None else datetime.now(UTC) + timedelta(seconds=retry_in)
        self.account.status = AccountStatus(state, trouble, retry_at)
        self.account.status_changed.emit(self.account.status)

    def last(self, jid):
        """The newest message of a chat."""
        return self.conversations.page(ChatKey(self.account.jid, jid), None, 1)[0]


def person(number):
    """One of many."""
    return JID(f"person{number:04}", "verona.lit")


def later(message, **changes):
    """The same message, come further."""
    return replace(message, **changes)
