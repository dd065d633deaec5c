"""Invitations we issued, and who used them (XEP-0379 §6). `claim` decides and records at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from sqlite3 import Row

from pars_desktop.domain.invite import (
    CLOCK_SKEW,
    Invite,
    InviteState,
    Purpose,
    Refusal,
    Via,
)
from pars_desktop.domain.jid import JID
from pars_desktop.store.columns import moment, storable, ticks
from pars_desktop.store.database import Database

_LATELY = timedelta(weeks=4)


class ClaimKind(Enum):
    """How a claim ended."""

    CLAIMED = "claimed"  # let them in
    AGAIN = "again"  # the same address again, as servers redeliver: already let in
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a token somebody presented."""

    kind: ClaimKind
    refusal: Refusal | None = None  # only if refused
    invite: Invite | None = None  # None only for a token that is not ours


class InviteStore:
    """Tokens come in as hashes only; the one readable copy is the link of an open invitation."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self,
        account: JID,
        token_hash: bytes,
        link: str,
        created: datetime,
        expires: datetime,
        label: str = "",
        max_uses: int = 1,
        bound_to: JID | None = None,
        *,
        via: Via = Via.CLIENT,
        purpose: Purpose = Purpose.FRIEND,
        page: str | None = None,
        ibr: bool = False,
        befriends: bool = True,
        shown_again: bool = True,
    ) -> Invite:
        """Keep a new invitation; once this returns, it is on disk and may be shown.

        `shown_again`: `reusable` may find it; `befriends`: its guest will be in our list.
        """
        with self._db.transaction():
            invite_id = self._db.run(
                """INSERT INTO invite (account, hash, created, expires, max_uses, label, bound_to,
                                       state, link, via, purpose, page, ibr, befriends,
                                       shown_again)
                   VALUES (?, ?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?, ?, ?)""",
                (
                    str(account),
                    token_hash,
                    ticks(created),
                    ticks(expires),
                    max_uses,
                    storable(label),
                    str(bound_to) if bound_to else None,
                    storable(link),
                    via.value,
                    purpose.value,
                    page,
                    ibr,
                    befriends,
                    shown_again,
                ),
            ).lastrowid
            self._db.keep_safe()
        return Invite(
            id=invite_id or 0,
            account=account,
            created=created,
            expires=expires,
            max_uses=max_uses,
            label=label,
            bound_to=bound_to,
            link=link,
            via=via,
            purpose=purpose,
            page=page,
            ibr=ibr,
            befriends=befriends,
        )

    def all(self, account: JID) -> list[Invite]:
        """Every invitation that was made here for an account, newest first."""
        return self._select(
            "account = ? AND via <> 'shared' ORDER BY created DESC, id DESC", str(account)
        )

    def get(self, invite_id: int) -> Invite | None:
        """One invitation."""
        return next(iter(self._select("id = ?", invite_id)), None)

    def reusable(self, account: JID, since: datetime, now: datetime) -> Invite | None:
        """The newest open, unused invitation for one person made since then, to be shown again."""
        found = self._select(
            """account = ? AND created >= ? AND link IS NOT NULL AND shown_again AND uses = 0
               AND max_uses = 1 AND bound_to IS NULL ORDER BY created DESC, id DESC""",
            str(account),
            ticks(since),
        )
        return next((invite for invite in found if invite.is_open(now)), None)

    def knows(self, account: JID, token_hash: bytes) -> bool:
        """This token is one of the account's invitations."""
        return self._find(account, token_hash) is not None

    def outstanding(self, account: JID, now: datetime) -> list[Invite]:
        """Invitations of our server's that nobody was seen to use and that have not ended.

        Without those that were set aside, if there are others. If there are none at all, those that
        ended in the last weeks: they may have been used while we were away.
        """
        unused = "account = ? AND via = 'server' AND befriends AND uses = 0 AND expires > ?"
        lately = ticks(now - _LATELY)
        likely = self._select(f"{unused} AND NOT set_aside", str(account), lately)
        whole = self._select(unused, str(account), lately)
        return (
            [invite for invite in likely if invite.is_open(now)]
            or [invite for invite in whole if invite.is_open(now)]
            or whole
        )

    def keep_hidden(self, invite_ids: Iterable[int]) -> None:
        """Let `reusable` find these no more."""
        with self._db.transaction():
            for invite_id in invite_ids:
                self._db.run("UPDATE invite SET shown_again = 0 WHERE id = ?", (invite_id,))

    def set_aside(self, invite_id: int, aside: bool) -> None:
        """Another took its place on the screen before it was given away; or it is there again."""
        self._db.run(
            "UPDATE invite SET set_aside = ? WHERE id = ? AND set_aside <> ?",
            (aside, invite_id, aside),
        )

    def invitation_of(self, account: JID, jid: JID) -> Invite | None:
        """By which invitation somebody came, if that is known: the latest."""
        found = self._select(
            """account = ? AND id IN (SELECT invite FROM redemption WHERE jid = ?)
               ORDER BY created DESC, id DESC LIMIT 1""",
            str(account),
            str(jid),
        )
        return next(iter(found), None)

    def extend(self, invite_id: int, until: datetime, now: datetime) -> bool:
        """Let an open invitation of our own end at another time; False if it is none (any more)."""
        with self._db.transaction():
            extended = self._db.run(
                """UPDATE invite SET expires = ?
                   WHERE id = ? AND state = 'open' AND via = 'client' AND expires > ?
                     AND (SELECT count(*) FROM redemption WHERE invite = id) < max_uses""",
                (ticks(until), invite_id, ticks(now)),
            ).rowcount
            self._db.keep_safe()
        return extended == 1

    def delete(self, invite_id: int) -> None:
        """Forget an invitation and who used it; its token is one that is not ours from now on."""
        with self._db.transaction():
            self._db.run("UPDATE request SET refusal = NULL WHERE invite = ?", (invite_id,))
            self._db.run("DELETE FROM invite WHERE id = ?", (invite_id,))
            self._db.keep_safe()

    def claim(self, account: JID, token_hash: bytes, jid: JID, now: datetime) -> Claim:
        """Somebody presents a token: let them in at most once, and never too many of them.

        One statement decides and records, so that of two who come in the same instant, over
        whatever connections, one wins. The same address again gets AGAIN, unless it was sent
        away (`undo`): then the token is used up for it like for everybody else.
        """
        with self._db.transaction():
            invite_id = self._find(account, token_hash)
            if invite_id is None:
                return Claim(ClaimKind.REFUSED, Refusal.UNKNOWN)
            claimed = self._db.run(
                """INSERT INTO redemption (invite, jid, at)
                   SELECT id, :jid, :now FROM invite
                   WHERE id = :id AND state = 'open' AND via = 'client'
                     AND created - :skew <= :now AND :now < expires
                     AND (bound_to IS NULL OR bound_to = :jid)
                     AND (SELECT count(*) FROM redemption WHERE invite = :id) < max_uses
                   ON CONFLICT DO NOTHING""",
                {
                    "id": invite_id,
                    "jid": str(jid),
                    "now": ticks(now),
                    "skew": CLOCK_SKEW // timedelta(microseconds=1),
                },
            ).rowcount
            self._blank_links(now)
            invite = self.get(invite_id)
            if claimed:
                self._db.keep_safe()
                return Claim(ClaimKind.CLAIMED, invite=invite)
            if self._was_let_in(invite_id, jid):
                return Claim(ClaimKind.AGAIN, invite=invite)
            if invite and invite.via is Via.SHARED:  # here nobody knows whether it is still good
                return Claim(ClaimKind.REFUSED, Refusal.UNKNOWN)
            # (A token of our server's that comes to us was refused by it: it is used up there.)
            refusal = invite.refusal(now, jid) if invite else None
            return Claim(ClaimKind.REFUSED, refusal or Refusal.USED, invite)

    def let_in(self, invite_id: int, jid: JID, now: datetime) -> None:
        """Our server let somebody in with this invitation of its own (R11)."""
        with self._db.transaction():
            self._db.run(
                """INSERT INTO redemption (invite, jid, at) VALUES (?, ?, ?)
                   ON CONFLICT DO NOTHING""",
                (invite_id, str(jid), ticks(now)),
            )
            self._blank_links(now)
            self._db.keep_safe()

    def revoke(self, invite_id: int, now: datetime) -> None:
        """From now on nobody new is let in with it."""
        with self._db.transaction():
            self._db.run("UPDATE invite SET state = 'revoked' WHERE id = ?", (invite_id,))
            self._blank_links(now)
            self._db.keep_safe()

    def expire(self, now: datetime) -> None:
        """Forget the links of invitations that ended."""
        with self._db.transaction():
            self._blank_links(now)

    def used_by(self, invite_id: int) -> list[tuple[JID, datetime]]:
        """Who used an invitation, and when, first one first."""
        rows = self._db.select(
            "SELECT jid, at FROM redemption WHERE invite = ? ORDER BY at", (invite_id,)
        )
        return [(JID.trusted(row["jid"]), moment(row["at"])) for row in rows]

    def unfinished(self, account: JID) -> list[JID]:
        """Whom we let in without having carried everything out yet."""
        rows = self._db.select(
            """SELECT DISTINCT redemption.jid FROM redemption JOIN invite ON invite.id = invite
               WHERE account = ? AND NOT finished AND NOT undone ORDER BY at""",
            (str(account),),
        )
        return [JID.trusted(row["jid"]) for row in rows]

    def finish(self, account: JID, jid: JID) -> None:
        """Everything for the welcome of this address was carried out."""
        self._db.run(
            """UPDATE redemption SET finished = 1
               WHERE jid = ? AND NOT finished
                 AND invite IN (SELECT id FROM invite WHERE account = ?)""",
            (str(jid), str(account)),
        )

    def undo(self, account: JID, jid: JID) -> None:
        """This address was sent away again; its token lets it in no more, and nobody else."""
        self._db.run(
            """UPDATE redemption SET undone = 1
               WHERE jid = ? AND invite IN (SELECT id FROM invite WHERE account = ?)""",
            (str(jid), str(account)),
        )

    def _select(self, condition: str, *values: object) -> list[Invite]:
        """The invitations that fulfil a condition; `uses` in it is how often one was used."""
        rows = self._db.select(
            f"""SELECT * FROM (
                    SELECT *, (SELECT count(*) FROM redemption WHERE invite = id) AS uses
                    FROM invite
                ) WHERE {condition}""",  # noqa: S608 - conditions are constants of this file
            values,
        )
        return [_invite(row) for row in rows]

    def _find(self, account: JID, token_hash: bytes) -> int | None:
        row = self._db.first(
            "SELECT id FROM invite WHERE account = ? AND hash = ?", (str(account), token_hash)
        )
        return row["id"] if row else None

    def _was_let_in(self, invite_id: int, jid: JID) -> bool:
        row = self._db.first(
            "SELECT 1 FROM redemption WHERE invite = ? AND jid = ? AND NOT undone",
            (invite_id, str(jid)),
        )
        return row is not None

    def _blank_links(self, now: datetime) -> None:
        blanked = self._db.run(
            """UPDATE invite SET link = NULL, page = NULL
               WHERE link IS NOT NULL AND (
                   state <> 'open' OR expires <= ?
                   OR (SELECT count(*) FROM redemption WHERE invite = id) >= max_uses)""",
            (ticks(now),),
        ).rowcount
        if blanked:
            self._db.keep_safe()


def _invite(row: Row) -> Invite:
    return Invite(
        id=row["id"],
        account=JID.trusted(row["account"]),
        created=moment(row["created"]),
        expires=moment(row["expires"]),
        max_uses=row["max_uses"],
        uses=row["uses"],
        label=row["label"],
        bound_to=JID.trusted(row["bound_to"]) if row["bound_to"] else None,
        state=InviteState(row["state"]),
        link=row["link"],
        via=Via(row["via"]),
        purpose=Purpose(row["purpose"]),
        page=row["page"],
        ibr=bool(row["ibr"]),
        befriends=bool(row["befriends"]),
    )
