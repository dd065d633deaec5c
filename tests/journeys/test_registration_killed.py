"""kill -9 while an account is made, and a keyring that stays locked, on a real Prosody and disk."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pars_desktop.core.account import State
from pars_desktop.domain.jid import JID
from pars_desktop.store.accounts import AccountStore
from tests.journeys.ground import device, until
from tests.journeys.registrant import PASSWORD, Registrant
from tests.journeys.test_registration import invitation, invitation_of_the_server, signed_in
from tests.server.prosody import INVITES_HOST

pytestmark = pytest.mark.prosody

ROOT = Path(__file__).parents[2]


@pytest.fixture
def name(prosody):
    """A user name that nobody has."""
    taken = prosody.account("newcomer", INVITES_HOST)
    prosody.remove_account(taken.jid)
    return taken.jid.local


@pytest.fixture
def romeo(prosody):
    return prosody.account("romeo", INVITES_HOST)


def words(prosody, folder, link, name, keep, moment):
    """The command line of a process that registers."""
    how = (str(prosody.port), str(prosody.ca_file), link, name, keep, moment)
    return [sys.executable, "-m", "tests.journeys.registrant", str(folder), *how]


def said_by(command, **how):
    """What it printed in the end."""
    done = subprocess.run(
        command, cwd=ROOT, check=False, timeout=60, capture_output=True, text=True, **how
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def killed(*words_of_it):
    done = subprocess.run(words(*words_of_it), cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@asynccontextmanager
async def started(folder):
    registrant = Registrant(folder)
    try:
        await registrant.start()
        yield registrant
    finally:
        await registrant.close()


async def test_r35_killed_after_the_servers_yes_the_next_start_is_signed_in_and_has_the_friend(
    prosody, romeo, name, tmp_path
):
    async with device(romeo) as inviter:
        link = await invitation(inviter)
    killed(prosody, tmp_path, link, name, "file", "after")
    jid = JID(name, INVITES_HOST)
    async with signed_in(prosody, jid, PASSWORD):
        pass  # the server has made it

    async with started(tmp_path) as registrant:
        account = registrant.accounts.get(jid)
        await until(lambda: account.status.state is State.ONLINE)
        await until(lambda: not registrant.settings.load().waiting_link)
        assert AccountStore(registrant.database).being_made() == []

    assert prosody.are_friends(romeo.jid, jid)


async def test_r35_killed_before_the_server_was_asked_the_invitation_is_still_good(
    prosody, romeo, name, tmp_path
):
    async with device(romeo) as inviter:
        link = await invitation(inviter)
    killed(prosody, tmp_path, link, name, "file", "before")

    async with started(tmp_path) as registrant:
        await until(lambda: not registrant.accounts.all())
        assert registrant.settings.load().waiting_link == link
        assert (
            not (tmp_path / "passwords.json").exists()
            or PASSWORD not in (tmp_path / "passwords.json").read_text()
        )

    assert said_by(words(prosody, tmp_path, link, name, "file", "never")) == "made\n"


def test_k2_with_a_real_keyring_that_stays_locked_nothing_is_created(prosody, name, tmp_path):
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is missing; install dbus and gnome-keyring"
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    link = invitation_of_the_server(prosody)
    command = words(prosody, tmp_path, link, name, "keyring", "never")
    locked = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"
    on_a_bus = ["dbus-run-session", "--", "sh", "-c", f'{locked} && exec "$@"', "sh", *command]
    environment = os.environ | {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}

    assert said_by(on_a_bus, env=environment) == "no keyring\n"
    # Name and invitation are as they were.
    assert said_by(words(prosody, tmp_path, link, name, "file", "never")) == "made\n"
