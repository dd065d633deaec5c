"""Fresh people become friends through the real windows of copies of the program."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from pars_desktop.domain.jid import JID
from tests.bench.processes import pars
from tests.bench.profiles import PARS, ROOT, Profile
from tests.bench.screen import Area, Screen, TooSlow
from tests.demo import driver
from tests.desktop.a11y import Desktop, Node
from tests.server.prosody import Person, Prosody

_READING = 1.0  # seconds a person looks at the dialog; it confirms nothing for the first 0.7
_LIMIT = 10.0  # seconds
# Across the middle of the window, from top to bottom: a code is there once this much is dark.
_COLUMN: Area = (496, 80, 8, 600)
_DARK, _MUCH = 80, 400  # of 255, pixels


@dataclass(frozen=True)
class Windows:
    """A screen where two people meet, each with a profile in a folder."""

    screen: Screen
    server: Prosody
    folder: Path
    environment: dict[str, str]

    async def befriend(self, inviter: Person, friend: Person) -> float:
        """Seconds from the click on "Add friend" until the server has both as friends."""
        async with self._desktop() as desktop, self._signed_in(desktop, inviter) as inviting:
            link = await driver.invitation(inviting, as_web_link=False)
            async with self._signed_in(desktop, friend) as program:
                await self._click_link(link, self._profile(friend))
                button = await program.find("push button", "Add friend")
                await asyncio.sleep(_READING)
                place = await button.middle()
                clicked = time.monotonic()
                self.screen.click(*place)
                return await self._friends(inviter.jid, friend.jid) - clicked

    async def invite(self, inviter: Person, *, by_server: bool) -> tuple[float, float]:
        """Seconds until a code is painted: of the first invitation, and of another one."""
        async with self._desktop() as desktop, self._signed_in(desktop, inviter) as program:
            first = await self._code_after(await program.find("push button", "Invite a friend"))
            again = await program.find("push button", "New invitation")
            await asyncio.sleep(_READING)
            second = await self._code_after(again)
            link = await (await program.find("text", "Invitation link")).text()
            assert ("ibr%3Dy" in link) is by_server, "the invitation was made by somebody else"
            return first, second

    # --- how they get there ----------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _desktop(self) -> AsyncIterator[Desktop]:
        desktop = await Desktop.connect(self.environment["DBUS_SESSION_BUS_ADDRESS"])
        try:
            yield desktop
        finally:
            desktop.close()

    @contextlib.asynccontextmanager
    async def _signed_in(self, desktop: Desktop, person: Person) -> AsyncIterator[Node]:
        profile = self._profile(person)
        profile.set_up()
        with pars(profile, self.environment) as process:
            program = await desktop.application(process.pid)
            await program.find("label", "Online")
            yield program

    def _profile(self, person: Person) -> Profile:
        return Profile(self.folder / str(person.jid), person)

    async def _click_link(self, link: str, profile: Profile) -> None:
        opened = await asyncio.create_subprocess_exec(
            *PARS, "--", link, env=profile.environment(self.environment), cwd=ROOT
        )
        await opened.wait()

    async def _friends(self, one: JID, other: JID) -> float:
        """When the server has both as friends (time.monotonic)."""
        deadline = time.monotonic() + _LIMIT
        while not self.server.are_friends(one, other):
            if time.monotonic() > deadline:
                raise TimeoutError("they did not become friends")
            await asyncio.sleep(0.002)
        return time.monotonic()

    async def _code_after(self, button: Node) -> float:
        """Seconds from a click until a code is painted that was not there before."""
        place, before = await button.middle(), self.screen.picture(_COLUMN)
        clicked = time.monotonic()
        self.screen.click(*place)
        while (now := self.screen.picture(_COLUMN)) == before or not _has_code(now):
            if time.monotonic() > clicked + _LIMIT:
                raise TooSlow(f"no code on the screen within {_LIMIT:g} s")
            await asyncio.sleep(0.001)
        return time.monotonic() - clicked


def _has_code(picture: bytes) -> bool:
    """It is dark enough; words are not."""
    return len(picture[::4].translate(None, bytes(range(_DARK, 256)))) > _MUCH
