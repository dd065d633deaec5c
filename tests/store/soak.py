"""L-1: a process that sends, receives and redeems is killed again and again; nothing is lost.

`python -m tests.soak store` kills it many times, the test suite a few times.
What the process said it had kept must be there, once, and everything must fit together.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.invite import LIFETIME, token_hash
from pars_desktop.domain.jid import JID
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.archive import ArchiveStore
from pars_desktop.store.conversations import ConversationStore
from pars_desktop.store.database import Database
from pars_desktop.store.invites import ClaimKind, InviteStore
from pars_desktop.store.messages import MessageStore

ME = JID.trusted("juliet@capulet.lit")
PEERS = [JID.trusted(f"friend{number}@montague.lit") for number in range(4)]
START = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = 5  # messages of the archive kept in one transaction


class Life:
    """What the killed process does; each line it says names something that was kept."""

    def __init__(self, database: Database, name: str, chance: random.Random) -> None:
        self._database = database
        self._messages = MessageStore(database)
        self._invites = InviteStore(database)
        self._archive = ArchiveStore(database)
        self._name = name
        self._chance = chance
        AccountStore(database).put(AccountSettings(ME))

    def steps(self) -> Iterator[str]:
        """Live for ever."""
        number = 0
        while True:
            number += 1
            step = self._chance.choice(
                [self._send, self._send, self._receive, self._receive, self._catch_up, self._redeem]
            )
            yield from step(f"{self._name}-{number}")
            if self._chance.random() < 0.05:
                self._database.backup()

    def _send(self, name: str) -> Iterator[str]:
        message = self._message(name, Direction.OUT, Delivery.QUEUED)
        self._messages.add(ME, message)
        yield f"message {name}"
        if self._chance.random() < 0.7:
            self._messages.advance(ME, message.peer, name, Delivery.SENT)
            yield f"sent {name}"

    def _receive(self, name: str) -> Iterator[str]:
        message = self._message(name, Direction.IN)
        self._messages.add(ME, message)
        yield f"message {name}"
        if self._messages.add(ME, message) is not None:  # redelivered
            yield f"doubled {name}"

    def _catch_up(self, name: str) -> Iterator[str]:
        with self._database.transaction():
            for number in range(PAGE):
                self._messages.add(ME, self._message(f"{name}-{number}", Direction.IN))
            self._archive.advance(ME, name, START)
        yield f"page {name}"

    def _redeem(self, name: str) -> Iterator[str]:
        uses = self._chance.choice([1, 1, 2])
        hashed = token_hash(name)
        self._invites.add(ME, hashed, f"xmpp:{name}", START, START + LIFETIME, name, uses)
        yield f"invitation {name}"
        for peer in self._chance.sample(PEERS, 3):
            if self._invites.claim(ME, hashed, peer, START).kind is ClaimKind.CLAIMED:
                yield f"redeemed {name} {peer}"

    def _message(
        self, name: str, direction: Direction, delivery: Delivery = Delivery.SENT
    ) -> Message:
        return Message(
            self._chance.choice(PEERS),
            direction,
            f"{name} " + "o" * self._chance.randrange(2000),
            START + timedelta(seconds=self._chance.randrange(10_000)),
            origin_id=name,
            archive_id=f"archived-{name}" if direction is Direction.IN else "",
            delivery=delivery,
        )


def soak(folder: Path, seed: int, count: int) -> int:
    """Kill a living process `count` times and check after each; return how many things it kept."""
    chance = random.Random(seed)
    path = folder / "pars.db"
    said: set[str] = set()
    for number in range(count):
        said |= _live_and_die(path, f"{seed}-{number}", chance)
        check(path, said)
    return len(said)


def _live_and_die(path: Path, name: str, chance: random.Random) -> set[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.soak", str(path), name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    if process.stdout is None:
        raise AssertionError
    # Sometimes while it starts, mostly while it lives.
    if chance.random() < 0.8 and process.stdout.readline() != "alive\n":
        raise AssertionError(f"{name} did not come to life")
    time.sleep(chance.uniform(0.0, 0.3))
    process.kill()
    output, _ = process.communicate()
    if process.returncode >= 0:
        raise AssertionError(f"{name} ended by itself")
    whole_lines = output.rpartition("\n")[0].splitlines()
    return set(whole_lines) - {"alive"}


def check(path: Path, said: set[str]) -> None:
    """Everything that was said is there once, and the file fits together."""
    database = Database.open(path)
    try:
        _require([row[0] for row in database.select("PRAGMA integrity_check")], ["ok"])
        _require(database.select("PRAGMA foreign_key_check"), [])
        _check_said(database, said)
        _check_chats(database)
        _check_invitations(database)
    finally:
        database.close()


def _check_said(database: Database, said: set[str]) -> None:
    rows = database.select("SELECT origin_id, delivery FROM message")
    kept = {row["origin_id"]: row["delivery"] for row in rows}
    _require(len(rows), len(kept))
    labels = {row["label"] for row in database.select("SELECT label FROM invite")}
    uses = {
        (row["label"], row["jid"])
        for row in database.select("SELECT label, jid FROM redemption JOIN invite ON id = invite")
    }
    for line in said:
        what, name, *more = line.split()
        found = {
            "message": lambda name=name: name in kept,
            "sent": lambda name=name: kept.get(name) == "sent",
            "page": lambda name=name: all(f"{name}-{number}" in kept for number in range(PAGE)),
            "invitation": lambda name=name: name in labels,
            "redeemed": lambda name=name, more=more: (name, more[0]) in uses,
            "doubled": lambda: False,
        }[what]()
        _require((line, found), (line, True))
    queued = {message.origin_id for message in MessageStore(database).queued(ME)}
    _require(queued, {name for name, delivery in kept.items() if delivery == "queued"})
    position, _ = ArchiveStore(database).position(ME)
    _require(position is None or f"{position}-{PAGE - 1}" in kept, True)


def _check_chats(database: Database) -> None:
    messages = MessageStore(database)
    for row in ConversationStore(database).rows():
        page = messages.page(row.key, limit=1_000_000)
        unread = 0
        for message in sorted(page, key=lambda message: message.id):
            newest = all(
                (other.at, other.id) <= (message.at, message.id)
                for other in page
                if other.id < message.id
            )
            if message.direction is Direction.IN:
                unread += 1
            elif newest:
                unread = 0
        last = page[-1] if page else None
        _require(row.last_text, last.body[:200] if last else "")
        _require(row.last_delivery, last.delivery if last else None)
        _require((row.key, row.unread), (ChatKey(ME, row.key.peer), unread))


def _check_invitations(database: Database) -> None:
    for invite in InviteStore(database).all(ME):
        _require(invite.uses <= invite.max_uses, True)
        _require(invite.link is None, invite.uses == invite.max_uses)


def _require(found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"found {found!r}, expected {expected!r}")


def main() -> None:
    """Be the process that is killed."""
    path, name = sys.argv[1:]
    life = Life(Database.open(Path(path)), name, random.Random(name))
    sys.stdout.write("alive\n")
    sys.stdout.flush()
    for said in life.steps():
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
