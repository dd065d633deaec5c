"""Which invitations our other devices know, and which uses we try to take for somebody."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from sqlite3 import Row

from pars_desktop.domain.invite import Invite
from pars_desktop.domain.jid import JID
from pars_desktop.domain.shared import Attempt, Terms, Use
from pars_desktop.store.columns import moment, ticks
from pars_desktop.store.database import Database
from pars_desktop.store.invites import InviteStore

# Ours, and somebody may still come with it.
_OPEN = """via = 'client' AND state = 'open' AND expires > :now
           AND (SELECT count(*) FROM redemption WHERE invite = invite.id) < max_uses"""


class AttemptState(Enum):
    """How far a device has come with one use."""

    TRYING = "trying"  # nobody here knows whether the server has given it to us
    WON = "won"  # it has, and who it is for was let in; the others have to be told
    LOST = "lost"  # it has not; the others have to be told


@dataclass(frozen=True, slots=True)
class KeptAttempt:
    """An attempt as it stands here."""

    attempt: Attempt
    state: AttemptState


class SharingStore:
    """Every method speaks of one account."""

    def __init__(self, db: Database, account: JID) -> None:
        self._db = db
        self._account = account
        self._invites = InviteStore(db)

    # --- what the others know ------------------------------------------------------------------

    def shared(self, token_hash: bytes) -> Invite | None:
        """An invitation of which the others know: who may come is decided with them."""
        row = self._db.first(
            """SELECT invite.id FROM invite JOIN shared USING (account, hash)
               WHERE account = ? AND hash = ? AND shared.state = 'shared'""",
            (str(self._account), token_hash),
        )
        return self._invites.get(row["id"]) if row else None

    def is_told(self, token_hash: bytes) -> bool:
        """The others know it for sure."""
        row = self._db.first(
            "SELECT 1 FROM shared WHERE account = ? AND hash = ? AND told IS NOT NULL",
            (str(self._account), token_hash),
        )
        return row is not None

    def unshared(self, now: datetime) -> list[tuple[bytes, Invite]]:
        """Open invitations of our own that the others do not know yet."""
        return self._with_hash(
            f"""SELECT id, hash FROM invite WHERE account = :account AND {_OPEN} AND NOT EXISTS (
                    SELECT 1 FROM shared WHERE shared.account = invite.account
                    AND shared.hash = invite.hash AND shared.state <> 'publishing')""",  # noqa: S608 - constants of this file
            now,
        )

    def outdated(self, now: datetime) -> list[tuple[bytes, Invite]]:
        """Open invitations of which the others know another end, or perhaps nothing."""
        return self._with_hash(
            f"""SELECT id, hash FROM invite WHERE account = :account AND {_OPEN} AND EXISTS (
                    SELECT 1 FROM shared WHERE shared.account = invite.account
                    AND shared.hash = invite.hash AND shared.state = 'shared'
                    AND shared.told IS NOT invite.expires)""",  # noqa: S608 - constants of this file
            now,
        )

    def over(self, now: datetime) -> list[bytes]:
        """Invitations that the others should forget: used up, ended, revoked, deleted."""
        rows = self._db.select(
            f"""SELECT hash FROM shared WHERE account = :account AND NOT EXISTS (
                    SELECT 1 FROM invite WHERE invite.account = shared.account
                    AND invite.hash = shared.hash AND {_OPEN.replace("state =", "invite.state =")})
                """,  # noqa: S608 - constants of this file
            {"account": str(self._account), "now": ticks(now)},
        )
        return [row["hash"] for row in rows]

    def has_shared(self) -> bool:
        """The others know of something."""
        row = self._db.first("SELECT 1 FROM shared WHERE account = ?", (str(self._account),))
        return row is not None

    def begin_sharing(self, token_hash: bytes, uses: int) -> None:
        """From now on there may be notes on the server that somebody has to take away again."""
        self._db.run(
            """INSERT INTO shared (account, hash, state, uses) VALUES (?, ?, 'publishing', ?)
               ON CONFLICT DO UPDATE SET state = excluded.state, uses = excluded.uses""",
            (str(self._account), token_hash, uses),
        )

    def share(self, token_hash: bytes, uses: int) -> bool:
        """From now on it is decided with the others; False if not as many uses are left."""
        shared = self._db.run(
            """UPDATE shared SET state = 'shared'
               WHERE account = :account AND hash = :hash AND :uses = (
                   SELECT max_uses - (SELECT count(*) FROM redemption WHERE invite = invite.id)
                   FROM invite
                   WHERE account = :account AND hash = :hash AND invite.state = 'open')""",
            {"account": str(self._account), "hash": token_hash, "uses": uses},
        ).rowcount
        return shared == 1

    def adopt(self, terms: Terms) -> None:
        """The others know it already, though this database does not remember it."""
        self.begin_sharing(terms.hash, terms.uses)
        self._set_state(terms.hash, "shared")
        self.told(terms.hash, terms.expires)

    def told(self, token_hash: bytes, expires: datetime) -> None:
        """The others know it, with this end."""
        self._db.run(
            "UPDATE shared SET told = ? WHERE account = ? AND hash = ?",
            (ticks(expires), str(self._account), token_hash),
        )

    def unshare(self, token_hash: bytes) -> None:
        """The server has lost what the others knew: it is decided here alone for good."""
        self._set_state(token_hash, "alone")

    def forget(self, token_hash: bytes) -> None:
        """Nothing of it is on the server any more."""
        self._db.run(
            "DELETE FROM shared WHERE account = ? AND hash = ?", (str(self._account), token_hash)
        )

    def learn(self, token_hash: bytes, jid: JID, now: datetime) -> bool:
        """Another device let somebody in by an invitation of ours. False if that is known."""
        with self._db.transaction():
            learned = self._db.run(
                """INSERT INTO redemption (invite, jid, at, finished)
                   SELECT id, ?, ?, 1 FROM invite
                   WHERE account = ? AND hash = ? AND via = 'client' ON CONFLICT DO NOTHING""",
                (str(jid), ticks(now), str(self._account), token_hash),
            ).rowcount
            self._invites.expire(now)
            if learned:
                self._db.keep_safe()
        return learned == 1

    # --- attempts ------------------------------------------------------------------------------

    def begin(self, terms: Terms, attempt: Attempt) -> None:
        """Write an attempt down, before the server is asked."""
        with self._db.transaction():
            self._db.run(
                """INSERT INTO invite (account, hash, created, expires, max_uses, label, bound_to,
                                       state, via, shown_again)
                   VALUES (?, ?, ?, ?, ?, '', ?, 'open', 'shared', 0) ON CONFLICT DO NOTHING""",
                (
                    str(self._account),
                    terms.hash,
                    ticks(terms.created),
                    ticks(terms.expires),
                    terms.uses,
                    str(terms.bound_to) if terms.bound_to else None,
                ),
            )
            self._db.run(
                """INSERT INTO attempt (mark, invite, use, jid, state)
                   SELECT ?, id, ?, ?, 'trying' FROM invite WHERE account = ? AND hash = ?""",
                (
                    attempt.mark,
                    attempt.use.number,
                    str(attempt.jid),
                    str(self._account),
                    terms.hash,
                ),
            )
            self._db.keep_safe()

    def attempts(self) -> list[KeptAttempt]:
        """Everything that is not settled, oldest invitation first."""
        rows = self._db.select(
            """SELECT attempt.*, hash, expires FROM attempt JOIN invite ON invite.id = invite
               WHERE account = ? ORDER BY invite, use""",
            (str(self._account),),
        )
        return [_attempt(row) for row in rows]

    def win(self, attempt: Attempt, now: datetime) -> bool:
        """The use is ours: in one commit it is used up by them, and they are to be let in.

        False if the invitation was revoked or deleted meanwhile, or has ended: it is used up all
        the same, and for the others it is as if they had been let in and sent away.
        """
        with self._db.transaction():
            row = self._db.first(
                """SELECT invite.state = 'open' AND :now < expires AS is_good
                   FROM attempt JOIN invite ON invite.id = invite WHERE mark = :mark""",
                {"mark": attempt.mark, "now": ticks(now)},
            )
            is_good = row is not None and bool(row["is_good"])
            self._db.run("UPDATE attempt SET state = 'won' WHERE mark = ?", (attempt.mark,))
            self._db.run(
                """INSERT INTO redemption (invite, jid, at, undone)
                   SELECT invite, jid, ?, ? FROM attempt WHERE mark = ? ON CONFLICT DO NOTHING""",
                (ticks(now), not is_good, attempt.mark),
            )
            self._invites.expire(now)
            self._db.keep_safe()
        return is_good

    def lose(self, attempt: Attempt) -> None:
        """The use is somebody else's."""
        self._db.run("UPDATE attempt SET state = 'lost' WHERE mark = ?", (attempt.mark,))

    def settle(self, attempt: Attempt) -> None:
        """The others know how it ended. An invitation of theirs by which nobody came goes, too."""
        with self._db.transaction():
            self._db.run("DELETE FROM attempt WHERE mark = ?", (attempt.mark,))
            self._db.run(
                """DELETE FROM invite WHERE account = ? AND hash = ? AND via = 'shared'
                   AND NOT EXISTS (SELECT 1 FROM redemption WHERE invite = invite.id)
                   AND NOT EXISTS (SELECT 1 FROM attempt WHERE invite = invite.id)""",
                (str(self._account), attempt.use.hash),
            )

    def _with_hash(self, query: str, now: datetime) -> list[tuple[bytes, Invite]]:
        rows = self._db.select(query, {"account": str(self._account), "now": ticks(now)})
        found = [(row["hash"], self._invites.get(row["id"])) for row in rows]
        return [(token_hash, invite) for token_hash, invite in found if invite is not None]

    def _set_state(self, token_hash: bytes, state: str) -> None:
        self._db.run(
            "UPDATE shared SET state = ? WHERE account = ? AND hash = ?",
            (state, str(self._account), token_hash),
        )


def _attempt(row: Row) -> KeptAttempt:
    state = AttemptState(row["state"])
    use = Use(row["hash"], row["use"], moment(row["expires"]))
    jid = JID.trusted(row["jid"])
    return KeptAttempt(Attempt(use, row["mark"], jid, state is AttemptState.WON), state)
