"""People who ask and wait for our person's answer; an answer is kept until it was carried out."""

from collections.abc import Iterable
from dataclasses import dataclass
from sqlite3 import Row
from typing import Literal

from pars_desktop.domain.contact import SubscriptionRequest
from pars_desktop.domain.invite import Refusal
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import moment, storable, ticks
from pars_desktop.store.database import Database

# Who waits for an answer of our person's.
_WAITING = "SELECT * FROM request WHERE account = ? AND decision IS NULL AND NOT silent"
# "approved": accepted, and they were seen to see us; what is left is to ask back.
Decision = Literal["accept", "approved", "decline", "block", "report"]


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request as it was kept: without the token it carried."""

    request: SubscriptionRequest
    refusal: Refusal | None  # why a token of ours did not open the door
    invite_id: int | None  # which invitation of ours that was


class RequestStore:
    """One row per address, however often the server delivers the same request again."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(
        self,
        account: JID,
        request: SubscriptionRequest,
        refusal: Refusal | None = None,
        invite_id: int | None = None,
        *,
        silent: bool = False,
    ) -> None:
        """Keep a request. A repeated one brings its words up to date, but not its time.

        A silent one is counted, and found by nothing else until `show_silent`.
        """
        self._db.run(
            """INSERT INTO request (account, jid, nick, message, at, refusal, invite, silent)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (account, jid) DO UPDATE SET nick = excluded.nick,
                   message = excluded.message, at = coalesce(at, excluded.at),
                   refusal = excluded.refusal, invite = excluded.invite,
                   silent = min(silent, excluded.silent)""",
            (
                str(account),
                str(request.jid),
                storable(request.nick),
                storable(request.message),
                ticks(request.at) if request.at else None,
                refusal.value if refusal else None,
                invite_id,
                silent,
            ),
        )

    def all(self, account: JID) -> list[StoredRequest]:
        """The requests our person has not answered yet, oldest first."""
        rows = self._db.select(_WAITING + " ORDER BY at, jid", (str(account),))
        return [_request(row) for row in rows]

    def oldest(self, account: JID) -> StoredRequest | None:
        """The first of `all`."""
        row = self._db.first(_WAITING + " ORDER BY at, jid LIMIT 1", (str(account),))
        return _request(row) if row else None

    def count(self, account: JID, *, silent: bool = False) -> int:
        """How many there are in `all`, or how many are silent."""
        row = self._db.first(
            """SELECT count(*) AS n FROM request
               WHERE account = ? AND decision IS NULL AND silent = ?""",
            (str(account), silent),
        )
        return int(row["n"]) if row else 0

    def crowd(self, account: JID, *, silent: bool, is_refused: bool) -> int:
        """How many of `count` named an invitation of ours, or did not."""
        row = self._db.first(
            """SELECT count(*) AS n FROM request WHERE account = ? AND decision IS NULL
               AND silent = ? AND (refusal IS NOT NULL) = ?""",
            (str(account), silent, is_refused),
        )
        return int(row["n"]) if row else 0

    def is_open(self, account: JID, jid: JID) -> bool:
        """This address asks, perhaps in silence, and our person has not answered yet."""
        row = self._db.first(
            "SELECT 1 FROM request WHERE account = ? AND jid = ? AND decision IS NULL",
            (str(account), str(jid)),
        )
        return row is not None

    def show_silent(self, account: JID) -> None:
        """Let the silent ones wait with the others."""
        self._db.run("UPDATE request SET silent = 0 WHERE account = ?", (str(account),))

    def get(self, account: JID, jid: JID) -> StoredRequest | None:
        """The request of one address, if our person has not answered it yet."""
        row = self._db.first(_WAITING + " AND jid = ?", (str(account), str(jid)))
        return _request(row) if row else None

    def decision(self, account: JID, jid: JID) -> Decision | None:
        """The answer to one address that was not carried out yet."""
        row = self._db.first(
            "SELECT decision FROM request WHERE account = ? AND jid = ?", (str(account), str(jid))
        )
        return row["decision"] if row else None

    def undecided(self, account: JID) -> list[JID]:
        """Everybody our person has not answered, the silent ones too."""
        rows = self._db.select(
            "SELECT jid FROM request WHERE account = ? AND decision IS NULL", (str(account),)
        )
        return [JID.trusted(row["jid"]) for row in rows]

    def everybody(self, account: JID) -> list[JID]:
        """Whoever asks, and whose answer was not carried out yet."""
        rows = self._db.select("SELECT jid FROM request WHERE account = ?", (str(account),))
        return [JID.trusted(row["jid"]) for row in rows]

    def remove_all(self, account: JID, jids: Iterable[JID]) -> None:
        """These requests are dealt with, in one transaction."""
        with self._db.transaction():
            for jid in jids:
                self.remove(account, jid)

    def remove(self, account: JID, jid: JID) -> None:
        """The request is dealt with, or was withdrawn."""
        self._db.run("DELETE FROM request WHERE account = ? AND jid = ?", (str(account), str(jid)))

    def decide(self, account: JID, jid: JID, decision: Decision) -> None:
        """Our person answered; to be carried out when there is a session, then settled.

        It is kept also where there is no request (any more).
        """
        self._db.run(
            """INSERT INTO request (account, jid, nick, message, decision) VALUES (?, ?, '', '', ?)
               ON CONFLICT (account, jid) DO UPDATE SET decision = excluded.decision""",
            (str(account), str(jid), decision),
        )

    def settle(self, account: JID, jid: JID, decision: Decision) -> None:
        """This answer was carried out. Another one, or what they have asked since, stays."""
        landed = "approved" if decision == "accept" else decision
        self._db.run(
            "DELETE FROM request WHERE account = ? AND jid = ? AND decision IN (?, ?)",
            (str(account), str(jid), decision, landed),
        )

    def reconsider(self, account: JID, jid: JID) -> None:
        """The answer cannot be carried out: our person has to give another one."""
        self._db.run(
            "UPDATE request SET decision = NULL WHERE account = ? AND jid = ?",
            (str(account), str(jid)),
        )

    def decided(self, account: JID) -> list[tuple[JID, Decision]]:
        """Answers that were not carried out yet."""
        rows = self._db.select(
            "SELECT jid, decision FROM request WHERE account = ? AND decision IS NOT NULL",
            (str(account),),
        )
        return [(JID.trusted(row["jid"]), row["decision"]) for row in rows]


def _request(row: Row) -> StoredRequest:
    return StoredRequest(
        request=SubscriptionRequest(
            jid=JID.trusted(row["jid"]),
            nick=row["nick"],
            message=row["message"],
            at=moment(row["at"]) if row["at"] is not None else None,
        ),
        refusal=Refusal(row["refusal"]) if row["refusal"] else None,
        invite_id=row["invite"],
    )
