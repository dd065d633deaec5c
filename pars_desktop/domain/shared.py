"""What the devices of one account tell one another about its invitations, and how it is read.

There are notes of three kinds, told apart by their ids. They hold hashes, never a token, a label
or a link.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from pars_desktop.domain.errors import BadAddress
from pars_desktop.domain.invite import CLOCK_SKEW, MOST_USES, Invite
from pars_desktop.domain.jid import JID

Facts: TypeAlias = Mapping[str, str]  # what one note says

_ID = re.compile(r"([0-9a-f]{64})(?:-([1-9][0-9]?)(?:-([0-9a-f]{16}))?)?")
_KEPT = timedelta(days=31)  # after its end; a clock that is wrong by more finds no server (TLS)


@dataclass(frozen=True, slots=True)
class Terms:
    """An open invitation: while this note is there, its uses may be taken."""

    hash: bytes
    created: datetime
    expires: datetime
    bound_to: JID | None
    uses: int

    @classmethod
    def of(cls, token_hash: bytes, invite: Invite) -> "Terms":
        """The terms of an invitation that is kept here."""
        return cls(token_hash, invite.created, invite.expires, invite.bound_to, invite.max_uses)

    @property
    def id(self) -> str:
        return self.hash.hex()

    @property
    def facts(self) -> Facts:
        facts = {
            "created": self.created.isoformat(),
            "expires": self.expires.isoformat(),
            "uses": str(self.uses),
        }
        return facts | ({"bound-to": str(self.bound_to)} if self.bound_to else {})

    def admits(self, jid: JID, now: datetime) -> bool:
        """It is good now, and for this person."""
        is_in_time = self.created <= now + CLOCK_SKEW and now < self.expires
        return is_in_time and self.bound_to in (None, jid)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an invitation. Whoever takes this note away has it."""

    hash: bytes
    number: int
    expires: datetime

    @property
    def id(self) -> str:
        return f"{self.hash.hex()}-{self.number}"

    @property
    def facts(self) -> Facts:
        return {"expires": self.expires.isoformat()}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One device tries to take one use, for somebody; `mark` is like no other attempt's."""

    use: Use
    mark: str
    jid: JID
    won: bool = False  # they are let in

    @property
    def id(self) -> str:
        return f"{self.use.id}-{self.mark}"

    @property
    def facts(self) -> Facts:
        facts = {**self.use.facts, "by": str(self.jid)}
        return facts | {"won": "true"} if self.won else facts


class Board:
    """All notes, as they were at one moment. What makes no sense is as if it were not there."""

    def __init__(self, notes: Mapping[str, Facts]) -> None:
        self._terms: dict[bytes, Terms] = {}
        self._uses: dict[bytes, set[int]] = defaultdict(set)
        self._attempts: dict[bytes, list[Attempt]] = defaultdict(list)
        self._ids: dict[bytes, list[str]] = defaultdict(list)
        self._ends: dict[bytes, datetime] = {}
        self.size = len(notes)
        for note, facts in notes.items():
            if found := _ID.fullmatch(note):
                self._read(note, bytes.fromhex(found[1]), found[2], found[3], facts)

    def terms(self, token_hash: bytes) -> Terms | None:
        """The terms of an invitation; None if it is over or unknown."""
        return self._terms.get(token_hash)

    def first_use(self, token_hash: bytes) -> int | None:
        """The lowest number of a use that is left. Every device takes that one first."""
        return min(self._uses.get(token_hash, ()), default=None)

    def attempts(self, token_hash: bytes) -> list[Attempt]:
        """Who tried, or tries, to take a use of this invitation."""
        return self._attempts.get(token_hash, [])

    def rivals(self, attempt: Attempt) -> list[Attempt]:
        """The other attempts at the same use."""
        return [
            each
            for each in self.attempts(attempt.use.hash)
            if each.use.number == attempt.use.number and each.mark != attempt.mark
        ]

    def ids(self, token_hash: bytes) -> list[str]:
        """The ids of all notes about an invitation, its terms first."""
        return sorted(self._ids.get(token_hash, ()), key=len)

    def won(self) -> list[bytes]:
        """Invitations by which somebody has come."""
        return [key for key, tries in self._attempts.items() if any(each.won for each in tries)]

    def ended(self, now: datetime) -> list[bytes]:
        """Invitations that ended a while ago, perhaps of devices that do not exist any more."""
        return [each for each, end in self._ends.items() if end < now - _KEPT]

    def _read(self, note: str, key: bytes, use: str | None, mark: str | None, facts: Facts) -> None:
        self._ids[key].append(note)
        try:
            expires = _moment(facts["expires"])
            self._ends[key] = max(expires, self._ends.get(key, expires))
            if use is None:
                self._terms[key] = _terms(key, expires, facts)
            elif mark is None:
                self._uses[key].add(int(use))
            else:
                by, won = JID.parse(facts["by"]), facts.get("won") == "true"
                self._attempts[key].append(Attempt(Use(key, int(use), expires), mark, by, won))
        except (KeyError, ValueError, OverflowError, BadAddress):
            return


def _terms(key: bytes, expires: datetime, facts: Facts) -> Terms:
    bound_to = JID.parse(facts["bound-to"]) if "bound-to" in facts else None
    uses = min(int(facts["uses"]), MOST_USES)
    return Terms(key, _moment(facts["created"]), expires, bound_to, uses)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)
