"""What a bad line does to a friendship: each case takes how long or how often.

The test suite runs them short (`test_faults`), `make soak` long.
"""

import asyncio
import math
import random
import resource
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from pars_desktop.core.account import State
from pars_desktop.domain.message import Delivery, Direction
from pars_desktop.xmpp.connection import Timing
from tests.journeys.copies import TIMING, Copy
from tests.journeys.ground import until
from tests.journeys.story import Story
from tests.server.prosody import INVITES_HOST
from tests.xmpp.fault_proxy import FaultProxy, faulty

LONG = 40.0  # seconds for what must happen in the end, on any machine


class Pair:
    """Romeo behind a bad line, and Juliet; each has the other's chat open."""

    def __init__(self, story: Story, line: FaultProxy, his: Copy, hers: Copy) -> None:
        self.line, self.his, self.hers = line, his, hers
        self._count = 0
        his.may_break = True
        self._texts: dict[Copy, list[str]] = {his: [], hers: []}
        self._story = story

    @classmethod
    @asynccontextmanager
    async def on_a_bad_line(cls, story: Story, timing: Timing = TIMING) -> "AsyncIterator[Pair]":
        async with faulty(story.prosody.port) as line:
            romeo, juliet = story.person("romeo"), story.person("juliet", INVITES_HOST)
            his = await story.copy(romeo, port=line.port, timing=timing)
            hers = await story.copy(juliet)
            await story.befriend(his, hers, "Romeo")
            await his.open_chat(str(juliet.jid))
            yield cls(story, line, his, hers)
            await his.quit()  # before the line is gone

    async def writes(self, who: Copy) -> str:
        self._count += 1
        text = self._story.secret(f"line number {self._count}.")
        self._texts[who].append(text)
        await who.write(text)
        return text

    def everything_arrived_once(self) -> bool:
        """And in order, on both sides, with its tick; raises if anything came twice."""
        for who, other in ((self.his, self.hers), (self.hers, self.his)):
            there = [m.body for m in self._history(other) if m.direction is Direction.IN]
            assert len(set(there)) == len(there), "a message arrived twice"
            ours = [m for m in self._history(who) if m.direction is Direction.OUT]
            assert [m.body for m in ours] == self._texts[who], "a message was lost or doubled here"
            if there != self._texts[who] or any(m.delivery is not Delivery.DELIVERED for m in ours):
                assert there == [text for text in self._texts[who] if text in there], "out of order"
                return False
        return True

    def _history(self, copy: Copy):
        peer = (self.hers if copy is self.his else self.his).accounts[0].jid
        return self._story.history(copy, peer)


async def cut_anywhere(story: Story, chance: random.Random, count: int) -> None:
    """N-2: cut at random bytes of login, resumption and sending."""
    async with Pair.on_a_bad_line(story) as pair:
        for _ in range(count):
            if chance.random() < 0.5:  # in the login or the resumption of the next connection
                pair.line.cut()
                pair.line.cut_after(chance.randint(1, 6000))
            else:
                pair.line.cut_after(pair.line.relayed + chance.randint(1, 1500))
            for who in (pair.his, pair.hers, pair.his):
                await pair.writes(who)
            await until(pair.everything_arrived_once, LONG)


async def twenty_then(story: Story, happens: Callable[[], None]) -> None:
    """N-3: twenty messages, and before the server can have them all something happens."""
    async with Pair.on_a_bad_line(story) as pair:
        pair.hers.may_break = True
        for _ in range(20):
            await pair.writes(pair.his)
        pair.line.go_down()
        await asyncio.to_thread(happens)
        pair.line.come_up()
        await pair.writes(pair.his)
        await until(pair.everything_arrived_once, LONG)


async def dead_line(story: Story, timing: Timing, limit: float) -> None:
    """N-1: nothing goes either way and nobody is told; it is noticed within the limit."""
    async with Pair.on_a_bad_line(story, timing) as pair:
        for pending in (False, True):
            pair.line.freeze()
            frozen = time.monotonic()
            if pending:
                text = await pair.writes(pair.his)
            status = pair.his.accounts[0]
            await until(lambda status=status: status.status.state is not State.ONLINE, limit + 5)
            assert time.monotonic() - frozen <= limit
            if pending:
                assert pair.his.messages()[-1].endswith(f": {text} (waiting)")
            pair.line.thaw()
            pair.line.cut()
            await until(lambda status=status: status.status.state is State.ONLINE, LONG)
            await until(pair.everything_arrived_once, LONG)


async def back_off(story: Story, seconds: float) -> None:
    """Nobody listens for a while: attempts grow rare, and when the line is back so are we."""
    async with Pair.on_a_bad_line(story, Timing()) as pair:
        before = pair.line.connections
        pair.line.go_down()
        text = await pair.writes(pair.his)
        await asyncio.sleep(seconds)
        attempts = pair.line.connections - before
        assert 1 <= attempts <= math.log2(seconds + 2) + 1  # pauses of at least 1, 2, 4, … s
        assert pair.his.messages()[-1].endswith(f": {text} (waiting)")
        pair.line.come_up()
        await until(pair.everything_arrived_once, 2 * seconds + 10)


async def flapping(story: Story, period: float, seconds: float) -> None:
    """N-6: up and down again and again: little work, no growth, and all arrives in the end."""
    async with Pair.on_a_bad_line(story, Timing()) as pair:
        began, worked, memory = time.monotonic(), time.process_time(), _peak_memory()
        while time.monotonic() - began < seconds:
            pair.line.go_down()
            await asyncio.sleep(period)
            await pair.writes(pair.his)
            pair.line.come_up()
            await asyncio.sleep(period)
        busy = (time.process_time() - worked) / (time.monotonic() - began)
        grown = _peak_memory() - memory
        print(f"  {busy:.1%} of a processor, {grown} KiB more than before")
        if seconds > 60:  # two programs and the line between them
            assert busy < 0.1
            assert grown < 30_000
        pair.his.accounts[0].retry_now()
        await until(pair.everything_arrived_once, LONG)


def _peak_memory() -> int:
    """KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
