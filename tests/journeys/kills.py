"""kill -9, again and again, while the real program sends, lets in and befriends (L-1, P-13).

The test suite kills a few times (`test_program`), `make soak` many times.
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.domain.conversation import ChatKey
from pars_desktop.domain.message import Delivery, Direction, Message
from pars_desktop.domain.uri import invitation_link
from pars_desktop.store.database import Database
from pars_desktop.store.messages import MessageStore
from pars_desktop.system.clock import SystemClock
from pars_desktop.xmpp.network import Network
from tests.demo.driver import main_window, send
from tests.desktop.a11y import Desktop, Node
from tests.desktop.program import Program
from tests.desktop.session import Session
from tests.journeys.ground import device, token_of, until
from tests.server.prosody import INVITES_HOST, PLAIN_HOST, Person, Prosody
from tests.xmpp.wire import heard

_TOKEN = "a-token-for-one-use-1234567"
_PATIENCE = 20.0


@dataclass(frozen=True)
class Scene:
    """Where it happens: a screen, its accessibility bus, a server, and chance."""

    stage: Session
    desktop: Desktop
    prosody: Prosody
    chance: random.Random

    def couple(self) -> tuple[Person, Person]:
        """Two people who have never met."""
        return (
            self.prosody.account("romeo", PLAIN_HOST),
            self.prosody.account("juliet", INVITES_HOST),
        )

    @contextmanager
    def victim(self, person: Person) -> "Iterator[Victim]":
        """A program on a fresh profile; ended and looked at in the end."""
        program = Program(person, self.stage, person.jid.local)
        program.prepare()
        victim = Victim(self.desktop, program)
        try:
            yield victim
        finally:
            program.end()
        victim.check()


class Victim:
    """A program that is killed, and started again on the same profile."""

    def __init__(self, desktop: Desktop, program: Program) -> None:
        self._desktop = desktop
        self._program = program
        self._path = program.database

    async def lives(self, *words: str) -> Node:
        """Start it; its windows."""
        self._program.start(*words)
        return await main_window(self._desktop, self._program.pid)

    async def dies(self, after: float) -> None:
        await asyncio.sleep(after)
        self._program.kill()
        self.check()

    def check(self) -> None:
        """The file fits together, whatever happened."""
        with closing(sqlite3.connect(self._path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []

    def messages(self, peer: Person, direction: Direction) -> list[Message]:
        """What it has on disk of the chat with somebody."""
        database = Database.open(self._path)
        try:
            key = ChatKey(self._program.person.jid, peer.jid)
            page = MessageStore(database).page(key, limit=1_000_000)
        finally:
            database.close()
        return [message for message in page if message.direction is direction]

    def has_intents(self) -> bool:
        """It is on its way to befriend somebody."""
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as db:
            return bool(db.execute("SELECT jid FROM intent").fetchall())


async def while_sending(scene: Scene, rounds: int) -> None:
    """L-1: what stood in the list arrives, once and in order; and so does what comes in."""
    romeo, juliet = scene.couple()
    written: list[str] = []
    answers: list[str] = []
    with scene.victim(romeo) as victim:
        async with device(juliet) as hers:
            async with device(romeo) as his:
                await _befriend(his, romeo, hers, juliet)
            arrived: list[Message] = heard(hers.messenger.received)
            for number in range(rounds):
                window = await victim.lives()
                for line in range(scene.chance.randint(1, 3)):
                    written.append(f"line {number}-{line}.")
                    await send(window, str(juliet.jid), written[-1])
                    await _is_written(window)
                    answers.append(f"answer {number}-{line}.")
                    hers.messenger.send(_message(romeo, answers[-1]))
                await victim.dies(scene.chance.uniform(0.0, 0.15))
                assert [m.body for m in victim.messages(juliet, Direction.OUT)] == written
            await victim.lives()
            await until(lambda: {m.body for m in arrived} >= set(written))
            await until(lambda: len(victim.messages(juliet, Direction.IN)) >= len(answers))
            await until(
                lambda: all(
                    message.delivery in (Delivery.SENT, Delivery.DELIVERED)
                    for message in victim.messages(juliet, Direction.OUT)
                )
            )

    assert list(dict.fromkeys(m.body for m in arrived)) == written
    assert len({m.origin_id for m in arrived}) == len(written)  # one sent again has its old id
    assert [m.body for m in victim.messages(juliet, Direction.OUT)] == written
    assert [m.body for m in victim.messages(juliet, Direction.IN)] == answers


async def while_letting_in(scene: Scene, rounds: int) -> None:
    """P-13, the inviter: killed about the time a guest comes with a token."""
    for _ in range(rounds):
        await _let_in(scene)


async def _let_in(scene: Scene) -> None:
    romeo, juliet = scene.couple()
    with scene.victim(romeo) as victim:
        window = await victim.lives()
        await (await window.find("push button", "Invite a friend")).press()
        token = token_of(await (await window.find("text", "Invitation link")).text())
        async with device(juliet) as hers:
            hers.roster.approve(romeo.jid)
            hers.roster.subscribe(romeo.jid, token, "Juliet")
            await victim.dies(scene.chance.uniform(0.0, 0.06))
            window = await victim.lives()
            await window.find("push button", "Undo")
            await until(lambda: scene.prosody.are_friends(romeo.jid, juliet.jid))
    assert scene.prosody.roster(romeo.jid) == {
        juliet.jid: Contact(
            juliet.jid, "", Subscription.BOTH, groups=frozenset({"Came by invitation"})
        )
    }


async def while_befriending(scene: Scene, rounds: int) -> None:
    """P-13, the guest: killed between the click and the friendship; done whole, or not at all."""
    for _ in range(rounds):
        await _ask(scene)


async def _ask(scene: Scene) -> None:
    romeo, juliet = scene.couple()
    with scene.victim(juliet) as victim:
        async with device(romeo) as his:
            asked = heard(his.roster.requested)
            window = await victim.lives("--", invitation_link(romeo.jid, _TOKEN, "Romeo"))
            button = await window.find("push button", "Add friend")
            await until_enabled(button)
            await button.press()
            await victim.dies(scene.chance.uniform(0.05, 0.25))
            was_confirmed = victim.has_intents() or scene.prosody.roster(juliet.jid)
            window = await victim.lives()
            if not was_confirmed:
                await his.roster.fetch()
                assert asked == []
                return
            chats = await window.find("list", "Chats")
            await chats.select_item("Romeo")
            await until(lambda: asked)
            assert {request.token for request in asked} == {_TOKEN}
            his.roster.approve(juliet.jid)
            his.roster.subscribe(juliet.jid)
            await until(lambda: scene.prosody.are_friends(romeo.jid, juliet.jid))
            await until(lambda: not victim.has_intents())
    assert scene.prosody.roster(juliet.jid) == {
        romeo.jid: Contact(romeo.jid, "Romeo", Subscription.BOTH)
    }


async def until_enabled(button: Node) -> None:
    """Nothing confirms for a moment."""
    await _until(button.is_enabled)


async def _is_written(window: Node) -> None:
    """The composer is empty: what was in it is on disk."""
    field = await window.find("text", "Message")

    async def is_empty() -> bool:
        return await field.text() == ""

    await _until(is_empty)


async def _until(asked: Callable[[], Awaitable[bool]]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        if await asked():
            return
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


async def _befriend(his: Network, romeo: Person, hers: Network, juliet: Person) -> None:
    pushed = heard(his.roster.changed), heard(hers.roster.changed)
    for network, peer in ((his, juliet), (hers, romeo)):
        network.roster.approve(peer.jid)
        await network.roster.fetch()
    for network, peer in ((his, juliet), (hers, romeo)):
        network.roster.subscribe(peer.jid)
    await until(lambda: all(each and each[-1].is_friend for each in pushed))


def _message(peer: Person, text: str) -> Message:
    now = SystemClock().now()
    return Message(peer.jid, Direction.OUT, text, now, f"id of {text}", delivery=Delivery.QUEUED)
