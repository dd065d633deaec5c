"""Two fresh people become friends through the real windows of two copies of the program."""

import asyncio
import time
from pathlib import Path

from tests.bench.processes import Process, pars
from tests.bench.profiles import PARS, ROOT, Profile
from tests.bench.screen import Screen
from tests.desktop.a11y import Desktop
from tests.server.prosody import Person, Prosody

_READING = 1.0  # seconds a person looks at the dialog; it confirms nothing for the first 0.7


async def befriend(
    screen: Screen,
    server: Prosody,
    folder: Path,
    environment: dict[str, str],
    people: tuple[Person, Person],
) -> float:
    """Seconds from the click on "Add friend" until the server has both as friends."""
    profiles = [Profile(folder / person.jid.local, person) for person in people]
    for profile in profiles:
        profile.set_up()
    with pars(profiles[0], environment) as inviter, pars(profiles[1], environment) as friend:
        desktop = await Desktop.connect(environment["DBUS_SESSION_BUS_ADDRESS"])
        try:
            link = await _invitation(desktop, inviter)
            await (await desktop.application(friend.pid)).find("label", "Online")
            opened = await asyncio.create_subprocess_exec(
                *PARS, "--", link, env=profiles[1].environment(environment), cwd=ROOT
            )
            await opened.wait()
            program = await desktop.application(friend.pid)
            button = await program.find("push button", "Add friend")
            await asyncio.sleep(_READING)
            place = await button.middle()
        finally:
            desktop.close()
        clicked = time.monotonic()
        screen.click(*place)
        one, other = (person.jid for person in people)
        while not all(
            (item := server.roster(mine).get(theirs)) is not None and item.is_friend
            for mine, theirs in ((one, other), (other, one))
        ):
            if time.monotonic() > clicked + 10:
                raise TimeoutError("they did not become friends")
            await asyncio.sleep(0.002)
        return time.monotonic() - clicked


async def _invitation(desktop: Desktop, inviter: Process) -> str:
    program = await desktop.application(inviter.pid)
    await program.find("label", "Online")
    await (await program.find("push button", "Invite a friend")).press()
    return await (await program.find("text", "Invitation link")).text()
