"""People our person decided to befriend: what is left to do, and whom to approve (XEP-0379 §5)."""

from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row

from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import moment, storable, ticks
from pars_desktop.store.database import Database


@dataclass(frozen=True, slots=True)
class Intent:
    """A confirmed wish to befriend somebody. It is erased once the friendship stands."""

    account: JID
    jid: JID  # bare
    name: str
    group: str
    token: str | None = field(repr=False)  # from their invitation; theirs, so kept no longer
    until: datetime  # their own request is approved by itself before this time, once
    created: datetime
    sent: bool = False  # our request left
    unblocks: frozenset[JID] = frozenset()  # what was blocked, and is not to stand in the way


class ApprovalStore:
    """The local allow-list, written before anything is sent, so that a crash loses nothing.

    `taken` is 0 until they are approved, 1 from then on, and 2 once the roster has shown it.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, intent: Intent) -> None:
        """Keep an intent; one for the same address is replaced."""
        self._db.run(
            """INSERT OR REPLACE INTO intent
               (account, jid, name, "group", token, until, created, sent, unblocks, taken)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)""",
            (
                str(intent.account),
                str(intent.jid),
                storable(intent.name),
                storable(intent.group),
                storable(intent.token) if intent.token else None,
                ticks(intent.until),
                ticks(intent.created),
                intent.sent,
                _joined(intent.unblocks),
            ),
        )

    def get(self, account: JID, jid: JID) -> Intent | None:
        """The intent for one address."""
        row = self._db.first(
            "SELECT * FROM intent WHERE account = ? AND jid = ?", (str(account), str(jid))
        )
        return _intent(row) if row else None

    def pending(self, account: JID) -> list[Intent]:
        """Every friendship of ours that does not stand yet, oldest first."""
        rows = self._db.select(
            "SELECT * FROM intent WHERE account = ? ORDER BY created", (str(account),)
        )
        return [_intent(row) for row in rows]

    def mark_sent(self, account: JID, jid: JID, sent: bool = True) -> None:
        """Our request to them left; or it is about to be sent anew."""
        self._db.run(
            "UPDATE intent SET sent = ? WHERE account = ? AND jid = ? AND sent <> ?",
            (sent, str(account), str(jid), sent),
        )

    def mark_unblocking(self, account: JID, jid: JID, unblocks: frozenset[JID]) -> None:
        """Of what was to be unblocked, this is still blocked."""
        self._db.run(
            "UPDATE intent SET unblocks = ? WHERE account = ? AND jid = ?",
            (_joined(unblocks), str(account), str(jid)),
        )

    def take(self, account: JID, jid: JID, now: datetime) -> bool:
        """They ask to see our presence: True if it was agreed beforehand, once, before its end."""
        taken = self._db.run(
            """UPDATE intent SET taken = 1
               WHERE account = ? AND jid = ? AND NOT taken AND ? < until""",
            (str(account), str(jid), ticks(now)),
        )
        return taken.rowcount == 1

    def mark_landed(self, account: JID, jid: JID) -> None:
        """They were seen to see us: `renew` does not give this approval again."""
        self._db.run(
            "UPDATE intent SET taken = 2 WHERE account = ? AND jid = ? AND taken < 2",
            (str(account), str(jid)),
        )

    def renew(self, account: JID, jid: JID) -> None:
        """Our approval may have been lost on its way: they may be approved once more."""
        self._db.run(
            "UPDATE intent SET taken = 0 WHERE account = ? AND jid = ? AND taken = 1",
            (str(account), str(jid)),
        )

    def erase(self, account: JID, jid: JID) -> None:
        """The friendship stands, or there is no hope: forget the intent and its token."""
        with self._db.transaction():
            erased = self._db.run(
                "DELETE FROM intent WHERE account = ? AND jid = ?", (str(account), str(jid))
            )
            if erased.rowcount:
                self._db.keep_safe()


def _intent(row: Row) -> Intent:
    return Intent(
        account=JID.trusted(row["account"]),
        jid=JID.trusted(row["jid"]),
        name=row["name"],
        group=row["group"],
        token=row["token"],
        until=moment(row["until"]),
        created=moment(row["created"]),
        sent=bool(row["sent"]),
        unblocks=frozenset(map(JID.trusted, row["unblocks"].split())),
    )


def _joined(jids: frozenset[JID]) -> str:
    return " ".join(map(str, sorted(jids)))
