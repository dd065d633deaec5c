"""Somebody without an account gets one by invitation, through the real first window."""

import asyncio
import time
from pathlib import Path

from tests.bench.processes import pars
from tests.bench.profiles import PARS, ROOT, Profile
from tests.demo.driver import Server, fill_in
from tests.desktop.a11y import Desktop
from tests.journeys.ground import device
from tests.server.prosody import Person, Prosody


async def register(
    server: Prosody,
    folder: Path,
    environment: dict[str, str],
    people: tuple[Person, Person],
) -> float:
    """Seconds from a press of "Create account" until the server has both as friends.

    The second of the people has no account any more: only the name is taken.
    """
    inviter, newcomer = people
    server.remove_account(newcomer.jid)
    profile = Profile(folder / newcomer.jid.local, newcomer)
    link = await _invitation(inviter)
    with pars(profile, environment) as process:
        desktop = await Desktop.connect(environment["DBUS_SESSION_BUS_ADDRESS"])
        try:
            program = await desktop.application(process.pid)
            await program.find("push button", "I have an invitation")
            opened = await asyncio.create_subprocess_exec(
                *PARS, "--", link, env=profile.environment(environment), cwd=ROOT
            )
            await opened.wait()
            host = newcomer.jid.domain
            await (await program.find("push button", f"Create an account at {host}")).press()
            mine = newcomer.settings
            await fill_in(program, newcomer.jid.local, Server(mine.host, mine.port, mine.ca_file))
            button = await program.find("push button", "Create account")
            pressed = time.monotonic()
            await button.press()
        finally:
            desktop.close()
        while not server.are_friends(inviter.jid, newcomer.jid):
            if time.monotonic() > pressed + 10:
                raise TimeoutError("they did not become friends")
            await asyncio.sleep(0.002)
        return time.monotonic() - pressed


async def _invitation(inviter: Person) -> str:
    """A link that lets a newcomer in; their server makes it."""
    async with device(inviter) as network:
        invite = await network.invitations.friend()
    return f"xmpp:{invite.jid}?roster;preauth={invite.token};ibr=y"
