"""One running copy of the program, as a process with a profile of its own."""

import contextlib
import subprocess
import sys
from pathlib import Path

from tests.desktop.session import Session
from tests.server.prosody import Person

ROOT = Path(__file__).parent.parent.parent
_PARS = [sys.executable, "-m", "pars_desktop"]


class Failed(RuntimeError):
    """A command of the program did not work; the text says which and why."""


class Program:
    """Romeo's or Juliet's copy. `environment` is for everything that acts as that person."""

    def __init__(self, person: Person, stage: Session, name: str) -> None:
        self.person = person
        self.profile = stage.home / f"pars-{name}"
        self.environment = stage.environment | {
            "PARS_DESKTOP_PROFILE": str(self.profile),
            "PYTHONPATH": str(ROOT),
        }
        self.database = self.profile / "data" / "pars.db"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str, given: str = "") -> None:
        """Run one of the program's commands on this profile."""
        done = subprocess.run(
            [*_PARS, *words],
            env=self.environment,
            cwd=ROOT,
            input=given,
            text=True,
            capture_output=True,
            timeout=30,
            check=False,
        )
        if done.returncode:
            raise Failed(f"pars-desktop {words[0]}: {(done.stderr or done.stdout).strip()}")

    def prepare(self, *, port: int = 0) -> None:
        """Store the account, as an administrator's script would; `port` is another way there."""
        settings = self.person.settings
        self.command(
            "add-account",
            str(settings.jid),
            "--server",
            f"{settings.host}:{port or settings.port}",
            "--ca",
            settings.ca_file,
            "--keep-password",
            "file",
            given=self.person.password + "\n",
        )

    def start(self, *words: str) -> None:
        """Start it; it goes on by itself."""
        self.process = subprocess.Popen([*_PARS, *words], env=self.environment, cwd=ROOT)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """kill -9: no goodbye, nothing saved."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def end(self) -> None:
        """Ask it to end, and see to it that it does."""
        if self.process is None:
            return
        with contextlib.suppress(Failed, subprocess.TimeoutExpired):
            if self.process.poll() is None:
                self.command("quit")
                self.process.wait(10)
        if self.process.poll() is None:
            self.kill()
