"""How far the archive on the server has been read (XEP-0313)."""

from datetime import datetime

from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import moment, storable, ticks
from pars_desktop.store.database import Database


class ArchiveStore:
    """Advance in the same transaction in which the page's messages are kept."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def position(self, account: JID) -> tuple[str | None, datetime | None]:
        """The archive id to read on from, and its time should the server have lost it."""
        row = self._db.first("SELECT last_id, at FROM archive WHERE account = ?", (str(account),))
        return (row["last_id"], moment(row["at"])) if row else (None, None)

    def advance(self, account: JID, archive_id: str, at: datetime) -> None:
        """Everything up to this id is kept."""
        self._db.run(
            """INSERT INTO archive (account, last_id, at) VALUES (?, ?, ?)
               ON CONFLICT (account) DO UPDATE SET last_id = excluded.last_id, at = excluded.at""",
            (str(account), storable(archive_id), ticks(at)),
        )
