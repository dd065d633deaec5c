"""The roster as last seen, and who in it came by invitation and is new."""

import json
from collections.abc import Iterable
from sqlite3 import Row

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import storable
from pars_desktop.store.database import Database

_PUT = """
INSERT INTO contact (account, jid, name, subscription, ask, groups) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (account, jid) DO UPDATE SET name = excluded.name,
    subscription = excluded.subscription, ask = excluded.ask, groups = excluded.groups
"""

# A whole roster while it is read: in memory, and gone with the process.
_FETCHED = """
CREATE TEMP TABLE IF NOT EXISTS fetched (
    account TEXT, jid TEXT, name TEXT, subscription TEXT, ask INTEGER, groups TEXT, is_new INTEGER,
    PRIMARY KEY (account, jid)
) WITHOUT ROWID
"""
_PUT_ASIDE = "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?, ?, ?)"
_GONE = """
SELECT jid FROM contact
WHERE account = :account AND jid NOT IN (SELECT jid FROM fetched WHERE account = :account)
"""
_LEAVE = (
    """
DELETE FROM newcomer
WHERE account = :account AND jid NOT IN (SELECT jid FROM fetched WHERE account = :account)
    AND jid IN (SELECT jid FROM contact WHERE account = :account)
""",
    """
DELETE FROM contact
WHERE account = :account AND jid NOT IN (SELECT jid FROM fetched WHERE account = :account)
""",
)
_TAKE_OVER = """
INSERT INTO contact (account, jid, name, subscription, ask, groups)
SELECT account, jid, name, subscription, ask, groups FROM fetched
WHERE account = :account AND is_new
ON CONFLICT (account, jid) DO UPDATE SET name = excluded.name,
    subscription = excluded.subscription, ask = excluded.ask, groups = excluded.groups
"""


class ContactStore:
    """What the server said last; it is the truth only as long as nothing newer came."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self, account: JID) -> list[Contact]:
        """The whole roster of an account."""
        rows = self._db.select("SELECT * FROM contact WHERE account = ?", (str(account),))
        return [_contact(row) for row in rows]

    def names(self, account: JID, after: str, most: int) -> list[tuple[str, str]]:
        """Some addresses with the names given to them: from the one after an address on."""
        rows = self._db.select(
            "SELECT jid, name FROM contact WHERE account = ? AND jid > ? ORDER BY jid LIMIT ?",
            (str(account), after, most),
        )
        return [(row["jid"], row["name"]) for row in rows]

    def get(self, account: JID, jid: JID) -> Contact | None:
        """One item of the roster."""
        row = self._db.first(
            "SELECT * FROM contact WHERE account = ? AND jid = ?", (str(account), str(jid))
        )
        return _contact(row) if row else None

    def put(self, account: JID, contact: Contact) -> None:
        """Add or change an item."""
        self._db.run(_PUT, _values(account, contact))

    def remove(self, account: JID, jid: JID) -> None:
        """Remove an item; its chat stays. One that is not there is no error."""
        with self._db.transaction():
            self._db.run(
                "DELETE FROM contact WHERE account = ? AND jid = ?", (str(account), str(jid))
            )
            self.unmark_newcomer(account, jid)

    def expect(self, account: JID, jid: JID) -> None:
        """They came by invitation, and are about to be welcomed: `mark_newcomer` ends that."""
        self._db.run(
            "INSERT INTO newcomer (account, jid, is_expected) VALUES (?, ?, 1) "
            "ON CONFLICT DO NOTHING",
            (str(account), str(jid)),
        )

    def expected(self, account: JID) -> list[JID]:
        """Whose welcome has begun and is not complete."""
        rows = self._db.select(
            "SELECT jid FROM newcomer WHERE account = ? AND is_expected", (str(account),)
        )
        return [JID.trusted(row["jid"]) for row in rows]

    def mark_newcomer(self, account: JID, jid: JID) -> None:
        """Remember that they came by invitation. The roster item may follow later."""
        self._db.run(
            "INSERT INTO newcomer (account, jid) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET is_expected = 0",
            (str(account), str(jid)),
        )

    def is_newcomer(self, account: JID, jid: JID) -> bool:
        """They came by invitation, and our person has not dealt with them yet."""
        row = self._db.first(
            "SELECT 1 FROM newcomer WHERE account = ? AND jid = ? AND NOT is_expected",
            (str(account), str(jid)),
        )
        return row is not None

    def newcomers(self, account: JID) -> set[JID]:
        """Everybody who came by invitation, and our person has not dealt with them yet."""
        rows = self._db.select(
            "SELECT jid FROM newcomer WHERE account = ? AND NOT is_expected", (str(account),)
        )
        return {JID.trusted(row["jid"]) for row in rows}

    def unmark_newcomer(self, account: JID, jid: JID) -> None:
        """They are an ordinary contact from now on."""
        self._db.run("DELETE FROM newcomer WHERE account = ? AND jid = ?", (str(account), str(jid)))


class RosterUpdate:
    """A whole roster on its way into the store: laid aside in parts, then taken over at once.

    Between the parts others may have a turn, as long as they change no contact of this account.
    An update that is not finished changes nothing.
    """

    def __init__(self, account: JID, db: Database) -> None:
        self._account = account
        self._db = db
        self._contacts = ContactStore(db)
        self._changes: list[tuple[Contact | None, Contact]] = []
        db.run(_FETCHED)
        db.run("DELETE FROM fetched WHERE account = ?", (str(account),))

    def add(self, part: Iterable[Contact]) -> None:
        """Lay some items aside."""
        with self._db.transaction():
            for contact in part:
                before = self._contacts.get(self._account, contact.jid)
                if before != contact:
                    self._changes.append((before, contact))
                self._db.run(_PUT_ASIDE, (*_values(self._account, contact), before != contact))

    def finish(self) -> tuple[list[tuple[Contact | None, Contact]], list[JID]]:
        """Take everything over; say which items are different, from what, and which are gone."""
        account = {"account": str(self._account)}
        with self._db.transaction():
            gone = [JID.trusted(row["jid"]) for row in self._db.select(_GONE, account)]
            for statement in _LEAVE if gone else ():
                self._db.run(statement, account)
            self._db.run(_TAKE_OVER, account)
            self._db.run("DELETE FROM fetched WHERE account = :account", account)
        return self._changes, gone


def _values(account: JID, contact: Contact) -> tuple[object, ...]:
    return (
        str(account),
        str(contact.jid),
        storable(contact.name),
        contact.subscription.value,
        contact.ask,
        json.dumps(sorted(contact.groups)),
    )


def _contact(row: Row) -> Contact:
    return Contact(
        jid=JID.trusted(row["jid"]),
        name=row["name"],
        subscription=Subscription(row["subscription"]),
        ask=bool(row["ask"]),
        groups=frozenset(json.loads(row["groups"])),
    )
