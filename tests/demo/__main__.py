"""The main job, played in front of you: `make demo`.

A private Prosody, two copies of Pars with fresh profiles, and a driver that acts as the two
people would. On a screen of yours the windows stay open afterwards; without one everything
happens on a virtual screen, and pictures are left in build/demo/.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.desktop.program import ROOT, Failed, Program
from tests.desktop.session import Missing, Session, environment_for, private_session
from tests.server.prosody import INVITES_HOST, PLAIN_HOST, Prosody, ProsodyMissing

_PICTURES = ROOT / "build" / "demo"


class Stopped(Exception):
    """A step failed; the text says which and why."""


@contextlib.contextmanager
def session() -> Iterator[Session]:
    """Your screen if there is one, else a virtual one; the HOME is private in both cases."""
    has_screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_screen or not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        with private_session() as private:
            yield private
        return
    with tempfile.TemporaryDirectory(prefix="pars-demo-") as home:
        yield Session(environment_for(Path(home), dict(os.environ)), Path(home), True)


def perform(stage: Session, server: Prosody) -> None:
    """The whole evening."""
    romeo = Program(server.account("romeo", PLAIN_HOST, unique=False), stage, "romeo")
    juliet = Program(server.account("juliet", INVITES_HOST, unique=False), stage, "juliet")
    if server.are_friends(romeo.person.jid, juliet.person.jid):
        raise Stopped("they are friends before anything happened")
    for copy in (romeo, juliet):
        copy.prepare()
    juliet.command("register-handler", "--yes")
    print("Two accounts are set up; Pars opens xmpp: links in a private home folder.", flush=True)
    try:
        for copy in (romeo, juliet):
            copy.start()
        script = {
            "inviter": str(romeo.person.jid),
            "inviter_pid": romeo.pid,
            "friend": str(juliet.person.jid),
            "friend_pid": juliet.pid,
            "friend_env": juliet.environment,
            "pictures": str(_PICTURES) if "DISPLAY" in stage.environment else "",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.demo.driver"],
            env=stage.environment | {"PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            input=json.dumps(script),
            text=True,
            check=False,
            timeout=180,
        )
        if done.returncode:
            raise Stopped("see the step above")
        _wait_for(lambda: server.are_friends(romeo.person.jid, juliet.person.jid))
        print("Prosody's own lists say it too: both directions stand, on both sides.", flush=True)
        if stage.is_real_screen:
            print("Both windows stay open to play with. Close them to end.", flush=True)
            for copy in (romeo, juliet):
                assert copy.process is not None
                copy.process.wait()
    finally:
        for copy in (romeo, juliet):
            copy.end()


def _wait_for(true: Callable[[], bool], seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise Stopped("Prosody does not say that both are friends")
        time.sleep(0.05)


def main() -> int:
    """Play it; 0 if every step worked."""
    shutil.rmtree(_PICTURES, ignore_errors=True)
    started = time.monotonic()
    try:
        with Prosody.started() as server, session() as stage:
            print(f"A private Prosody runs on loopback, port {server.port}.", flush=True)
            perform(stage, server)
    except (Stopped, Failed, Missing, ProsodyMissing, subprocess.TimeoutExpired) as reason:
        print(f"The demonstration failed: {reason}", file=sys.stderr)
        return 1
    print(f"Done in {time.monotonic() - started:.1f} s.", end=" ")
    print(f"Pictures: {_PICTURES}" if _PICTURES.exists() else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
