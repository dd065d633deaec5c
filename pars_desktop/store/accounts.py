"""The accounts as they were set up. Passwords live elsewhere."""

from pars_desktop.domain.account import AccountSettings, KeepPassword
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import storable
from pars_desktop.store.database import Database


class AccountStore:
    """Everything else in the store hangs on an account: `put` it before anything of it is kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[AccountSettings]:
        """In the order in which they were added."""
        return [
            AccountSettings(
                jid=JID.trusted(row["jid"]),
                host=row["host"],
                port=row["port"],
                ca_file=row["ca_file"],
                your_name=row["your_name"],
                keep_password=KeepPassword(row["keep_password"]),
                best_mechanism=row["best_mechanism"],
            )
            for row in self._db.select("SELECT * FROM account ORDER BY id")
        ]

    def being_made(self) -> list[JID]:
        """Those of which nobody knows yet whether their server has made them."""
        rows = self._db.select("SELECT jid FROM account WHERE being_made ORDER BY id")
        return [JID.trusted(row["jid"]) for row in rows]

    def put(self, settings: AccountSettings, *, being_made: bool = False) -> None:
        """Add an account, or change the one with this address.

        `being_made`: its server is about to be asked to make it; the next `put` says that it has.
        """
        with self._db.transaction():
            self._db.run(
                """INSERT INTO account
                   (jid, host, port, ca_file, your_name, keep_password, best_mechanism, being_made)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                   ON CONFLICT (jid) DO UPDATE SET host = excluded.host, port = excluded.port,
                       ca_file = excluded.ca_file, your_name = excluded.your_name,
                       keep_password = excluded.keep_password,
                       best_mechanism = excluded.best_mechanism,
                       being_made = excluded.being_made""",
                (
                    str(settings.jid),
                    settings.host,
                    settings.port,
                    storable(settings.ca_file),
                    storable(settings.your_name),
                    settings.keep_password.value,
                    settings.best_mechanism,
                    being_made,
                ),
            )
            self._db.keep_safe()

    def remove(self, jid: JID) -> None:
        """Remove an account with its contacts, messages and invitations, also from the backup.

        Nothing of it stays in the file's free pages. Damaged files that were put aside earlier
        are left alone: the person was told of them.
        """
        was_used = jid not in self.being_made()
        with self._db.transaction():
            removed = self._db.run("DELETE FROM account WHERE jid = ?", (str(jid),)).rowcount
            if removed:
                self._db.keep_safe()
        if removed and was_used:  # what came to nothing leaves nothing, and takes nothing along
            self._db.forget_backup()
