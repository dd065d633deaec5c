"""The roster as last seen, and who in it came by invitation and is new."""

import json
from collections.abc import Iterable
from sqlite3 import Row

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import storable
from pars_desktop.store.database import Database


class ContactStore:
    """What the server said last; it is the truth only as long as nothing newer came."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self, account: JID) -> list[Contact]:
        """The whole roster of an account."""
        rows = self._db.select("SELECT * FROM contact WHERE account = ?", (str(account),))
        return [_contact(row) for row in rows]

    def get(self, account: JID, jid: JID) -> Contact | None:
        """One item of the roster."""
        row = self._db.first(
            "SELECT * FROM contact WHERE account = ? AND jid = ?", (str(account), str(jid))
        )
        return _contact(row) if row else None

    def put(self, account: JID, contact: Contact) -> None:
        """Add or change an item."""
        self._db.run(
            """INSERT INTO contact (account, jid, name, subscription, ask, groups)
               VALUES (?, ?, ?, ?, ?, ?)
               ON CONFLICT (account, jid) DO UPDATE SET name = excluded.name,
                   subscription = excluded.subscription, ask = excluded.ask,
                   groups = excluded.groups""",
            (
                str(account),
                str(contact.jid),
                storable(contact.name),
                contact.subscription.value,
                contact.ask,
                json.dumps(sorted(contact.groups)),
            ),
        )

    def remove(self, account: JID, jid: JID) -> None:
        """Remove an item; its chat stays. One that is not there is no error."""
        with self._db.transaction():
            self._db.run(
                "DELETE FROM contact WHERE account = ? AND jid = ?", (str(account), str(jid))
            )
            self.unmark_newcomer(account, jid)

    def replace_all(
        self, account: JID, contacts: Iterable[Contact]
    ) -> tuple[list[Contact], list[JID]]:
        """Take a whole roster over; say which items are new or different, and which are gone."""
        new = {contact.jid: contact for contact in contacts}
        with self._db.transaction():
            old = {contact.jid: contact for contact in self.all(account)}
            changed = [contact for jid, contact in new.items() if old.get(jid) != contact]
            removed = [jid for jid in old if jid not in new]
            for contact in changed:
                self.put(account, contact)
            for jid in removed:
                self.remove(account, jid)
        return changed, removed

    def mark_newcomer(self, account: JID, jid: JID) -> None:
        """Remember that they came by invitation. The roster item may follow later."""
        self._db.run(
            "INSERT INTO newcomer (account, jid) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (str(account), str(jid)),
        )

    def is_newcomer(self, account: JID, jid: JID) -> bool:
        """They came by invitation, and our person has not dealt with them yet."""
        row = self._db.first(
            "SELECT 1 FROM newcomer WHERE account = ? AND jid = ?", (str(account), str(jid))
        )
        return row is not None

    def unmark_newcomer(self, account: JID, jid: JID) -> None:
        """They are an ordinary contact from now on."""
        self._db.run("DELETE FROM newcomer WHERE account = ? AND jid = ?", (str(account), str(jid)))


def _contact(row: Row) -> Contact:
    return Contact(
        jid=JID.trusted(row["jid"]),
        name=row["name"],
        subscription=Subscription(row["subscription"]),
        ask=bool(row["ask"]),
        groups=frozenset(json.loads(row["groups"])),
    )
