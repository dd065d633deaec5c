"""The main job, played in front of you: `make demo`.

A private Prosody, copies of Pars with fresh profiles, and a driver that acts as three people
would: by a link, by a landing page in Chromium for somebody without an account, and by a code on
the screen. On a screen of yours the windows stay open afterwards; without one everything happens
on a virtual screen, and pictures are left in build/demo/.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.errors import NoKeyring
from pars_desktop.domain.jid import JID
from pars_desktop.store.settings import SettingsStore
from pars_desktop.system.keyring import Keyring
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import Lock
from tests.demo import browser, page
from tests.demo.driver import has_hand
from tests.desktop.program import ROOT, Failed, Program
from tests.desktop.session import (
    Missing,
    Session,
    environment_for,
    private_session,
    running,
    unlock_keyring,
)
from tests.server.prosody import INVITES_HOST, PLAIN_HOST, Person, Prosody, ProsodyMissing

_PICTURES = ROOT / "build" / "demo"
_SCREEN = "2000x1500"


class Stopped(Exception):
    """A step failed; the text says which and why."""


@contextlib.contextmanager
def session() -> Iterator[Session]:
    """Your screen if there is one, else a virtual one; the HOME is private in both cases."""
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_screen or not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        with private_session(_SCREEN) as private:
            unlock_keyring(private)
            yield private
        return
    with tempfile.TemporaryDirectory(prefix="pars-demo-") as home:
        yield Session(environment_for(Path(home), dict(os.environ)), Path(home), True)


class Newcomer(Program):
    """A copy in a HOME of its own, without an account. The desktop starts it, not we."""

    def __init__(self, jid: JID, stage: Session) -> None:
        home = stage.home / jid.local
        environment = environment_for(home, stage.environment)
        private = Session(environment, home, stage.is_real_screen)
        super().__init__(Person(AccountSettings(jid), ""), private, jid.local)
        self._paths = Paths.of(str(self.profile))
        self._is_your_keyring = stage.is_real_screen

    def wait(self) -> None:
        """Until somebody has closed it."""
        while (lock := Lock.take(self._paths)) is None:
            time.sleep(0.5)
        lock.release()

    def end(self) -> None:
        """Ask it to end, and leave nothing of the account in your keyring."""
        self.command("quit")
        if self._is_your_keyring:
            with contextlib.suppress(NoKeyring):
                asyncio.run(Keyring(self._paths.data).forget(self.person.jid))


def perform(stage: Session, server: Prosody, landing: page.LandingPage) -> None:
    """The whole evening."""
    romeo = Program(server.account("romeo", PLAIN_HOST, unique=False), stage, "romeo")
    juliet = Program(server.account("juliet", INVITES_HOST, unique=False), stage, "juliet")
    mercutio = Newcomer(JID("mercutio", INVITES_HOST), stage)
    people = [copy.person.jid for copy in (romeo, juliet, mercutio)]
    pairs = [(one, other) for one in people for other in people if one < other]
    if any(server.are_friends(*pair) for pair in pairs):
        raise Stopped("they are friends before anything happened")
    for copy in (romeo, juliet):
        copy.prepare()
    for copy in (juliet, mercutio):
        copy.command("register-handler", "--yes")
    if not has_hand(stage.environment):
        store = SettingsStore(Paths.of(str(juliet.profile)).settings)
        store.save(replace(store.load(), landing_page=landing.address))
    print("Two accounts are set up; Pars opens xmpp: links in private home folders.", flush=True)
    with contextlib.ExitStack() as end:
        for copy in (romeo, juliet):
            copy.start()
            end.callback(copy.end)
        end.callback(mercutio.end)
        environment = mercutio.environment | browser.ENVIRONMENT
        start = browser.command(mercutio.profile.parent, page.HOST, landing.port, landing.key)
        chromium = end.enter_context(running(start, environment))
        script = {
            "romeo": _player(romeo) | {"pid": romeo.pid},
            "juliet": _player(juliet) | {"pid": juliet.pid},
            "mercutio": _player(mercutio),
            "browser": {"pid": chromium.pid, "start": start, "environment": environment},
            "page": landing.address,
            "server": {
                "host": "127.0.0.1",
                "port": server.port,
                "ca_file": str(server.ca_file),
            },
            "pictures": str(_PICTURES) if "DISPLAY" in stage.environment else "",
        }
        _play(script, stage)
        for one, other in pairs:
            _wait_for(lambda one=one, other=other: server.are_friends(one, other))
        print("Prosody's own lists say it too: all three are friends, in both directions.")
        if stage.is_real_screen:
            print("The windows stay open to play with. Close them to end.", flush=True)
            for copy in (romeo, juliet):
                assert copy.process is not None
                copy.process.wait()
            mercutio.wait()


def _player(copy: Program) -> dict[str, object]:
    return {"address": str(copy.person.jid), "environment": copy.environment}


def _play(script: dict[str, object], stage: Session) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo.play"],
        env=stage.environment | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        input=json.dumps(script),
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        raise Stopped("see the step above")


def _wait_for(true: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise Stopped("Prosody does not say that all are friends")
        time.sleep(0.05)


def main() -> int:
    """Play it; 0 if every step worked."""
    shutil.rmtree(_PICTURES, ignore_errors=True)
    started = time.monotonic()
    try:
        with Prosody.started() as server, session() as stage:
            print(f"A private Prosody runs on loopback, port {server.port}.", flush=True)
            with page.served(stage.home / "web", _export) as landing:
                perform(stage, server, landing)
    except (Stopped, Failed, Missing, ProsodyMissing, subprocess.TimeoutExpired) as reason:
        print(f"The demonstration failed: {reason}", file=sys.stderr)
        return 1
    print(f"Done in {time.monotonic() - started:.1f} s.", end=" ")
    print(f"Pictures: {_PICTURES}" if _PICTURES.exists() else "")
    return 0


def _export(folder: Path) -> None:
    command = [sys.executable, "-m", "pars_desktop", "export-landing-page", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=30)


if __name__ == "__main__":
    sys.exit(main())
