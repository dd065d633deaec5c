"""Copies of one account race on a real server; some are killed. What comes of it is judged here.

The test suite runs each a few times, `make soak` many times.
"""

import asyncio
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from pars_desktop.domain.jid import JID
from tests.server.prosody import Person
from tests.sharing.copies import WAITS, Copy, comes, guest, process, until

STEPS = ("before publish", "after publish", "before retract", "after retract")
GROUP = "Came by invitation"


class Server(Protocol):
    """What is needed of Prosody."""

    def account(self, name: str = "romeo") -> Person: ...

    def are_friends(self, one: JID, other: JID) -> bool: ...


async def three_copies(server: Server, folder: Path, guests: int, uses: int) -> None:
    """They come all at once; as many are let in as may be, each by one copy, the rest waits."""
    romeo = server.account("romeo")
    people = [server.account("juliet") for _ in range(guests)]
    at_once = replace(WAITS, look_after=0.0, other_device=1.0)
    copies = [Copy(folder / f"{number}.db", at_once) for number in range(3)]
    async with AsyncExitStack() as stack:
        for copy in copies:
            copy.prepare(romeo)
            await copy.start(romeo.password)
            stack.push_async_callback(copy.quit)
        token = await copies[0].invite(uses)
        networks = [await stack.enter_async_context(guest(person)) for person in people]
        for network in networks:
            comes(network, romeo.jid, token)
        wanted = min(uses, guests)
        await until(lambda: _friends(server, romeo, people) == wanted)
        waiting = {person.jid for person in people} - {
            jid for copy in copies for jid in copy.approved
        }
        await until(lambda: all(copy.asked() == waiting for copy in copies))
    approved = [jid for copy in copies for jid in set(copy.approved)]
    assert len(approved) == len(set(approved)) == wanted
    assert _friends(server, romeo, people) == wanted


async def killed_between(server: Server, folder: Path, step: str) -> None:
    """The only copy that is online dies at a step; another takes over; then it comes back."""
    async with _scene(server, folder) as scene:
        victim = await process(scene.first.file, scene.romeo.password, step)
        comes(scene.hers, scene.romeo.jid, scene.token)
        assert await asyncio.wait_for(victim.wait(), 20) == -9
        assert not server.are_friends(scene.romeo.jid, scene.juliet.jid)

        await scene.judge(server)


async def killed_any_time(server: Server, folder: Path, chance: random.Random) -> None:
    """The same, at any moment after she came."""
    async with _scene(server, folder) as scene:
        victim = await process(scene.first.file, scene.romeo.password, "never")
        comes(scene.hers, scene.romeo.jid, scene.token)
        await asyncio.sleep(chance.uniform(0.0, 0.06))
        victim.kill()
        await victim.wait()

        await scene.judge(server)


class _scene:  # noqa: N801 - used like a function
    """An invitation made by one copy and known to another; both are off, and she is online."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.romeo, self.juliet = server.account("romeo"), server.account("juliet")
        self.first, self.second = Copy(folder / "first.db"), Copy(folder / "second.db")
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "_scene":
        for copy in (self.first, self.second):
            copy.prepare(self.romeo)
        await self.first.start(self.romeo.password)
        self.token = await self.first.invite()
        await self.first.quit()
        self.hers = await self._stack.enter_async_context(guest(self.juliet))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def judge(self, server: Server) -> None:
        """She is let in, once, by whichever copy: nobody has to be asked."""
        await self.second.start(self.romeo.password)
        await asyncio.sleep(1.0)  # it may, or may have to leave it to the first
        await self.first.start(self.romeo.password)
        await until(lambda: server.are_friends(self.romeo.jid, self.juliet.jid))
        assert len([copy for copy in (self.first, self.second) if copy.approved]) <= 1
        await until(lambda: self.first.asked() == self.second.asked() == set())
        assert self.second.approved + self.first.approved in ([self.juliet.jid], [])
        for copy in (self.first, self.second):
            await copy.quit()


def _friends(server: Server, romeo: Person, people: list[Person]) -> int:
    return sum(server.are_friends(romeo.jid, person.jid) for person in people)
