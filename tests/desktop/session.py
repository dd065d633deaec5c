"""A private desktop session: a screen, a session bus and a HOME that are nobody else's."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class Missing(RuntimeError):
    """A program this needs is not installed."""


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not installed; `make setup` installs it.")
    return found


@dataclass(frozen=True)
class Session:
    """Where a program runs: give `environment` to every process that belongs to it."""

    environment: dict[str, str]
    home: Path
    is_real_screen: bool


def environment_for(home: Path, base: dict[str, str]) -> dict[str, str]:
    """A copy of an environment in which every file of ours goes below home."""
    environment = {
        name: value
        for name, value in base.items()
        if not name.startswith("PARS_") and name not in ("QT_QPA_PLATFORM", "XDG_CONFIG_DIRS")
    }
    environment |= {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
    }
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        Path(environment[name]).mkdir(parents=True, exist_ok=True)
    return environment


@contextlib.contextmanager
def private_session(size: str = "2000x800", *, window_manager: bool = True) -> Iterator[Session]:
    """A session on a screen of its own (Xvfb), for as long as the block lasts."""
    with (
        tempfile.TemporaryDirectory(prefix="pars-session-") as folder,
        contextlib.ExitStack() as end,
    ):
        home = Path(folder) / "home"
        runtime = Path(folder) / "run"
        for place in (home, runtime):
            place.mkdir(mode=0o700)
        environment = environment_for(home, dict(os.environ))
        environment["XDG_RUNTIME_DIR"] = str(runtime)
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
            environment.pop(name, None)
        environment["DISPLAY"] = end.enter_context(_xvfb(size, environment))
        environment["QT_QPA_PLATFORM"] = "xcb"
        environment["DBUS_SESSION_BUS_ADDRESS"] = end.enter_context(_bus(runtime, environment))
        if window_manager:
            end.enter_context(running([_program("openbox")], environment))
        yield Session(environment, home, is_real_screen=False)


@contextlib.contextmanager
def _xvfb(size: str, environment: dict[str, str]) -> Iterator[str]:
    reading, writing = os.pipe()
    command = [_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", f"{size}x24"]
    command += ["-nolisten", "tcp", "-noreset"]
    with running(command, environment, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()  # Xvfb writes it once it is ready
        if not number:
            raise Missing("Xvfb did not start.")
        yield f":{number}"


@contextlib.contextmanager
def _bus(runtime: Path, environment: dict[str, str]) -> Iterator[str]:
    address = f"unix:path={runtime / 'bus'}"
    reading, writing = os.pipe()
    command = [_program("dbus-daemon"), "--session", "--nofork", "--nopidfile"]
    command += [f"--address={address}", f"--print-address={writing}"]
    with running(command, environment, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as answer:
            if not answer.readline():
                raise Missing("dbus-daemon did not start.")
        yield address


@contextlib.contextmanager
def running(
    command: list[str], environment: dict[str, str], pass_fds: tuple[int, ...] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program, and what it starts, until the end of the block; what it says is lost."""
    process = subprocess.Popen(
        command,
        env=environment,
        pass_fds=pass_fds,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def unlock_keyring(session: Session) -> None:
    """What signing in to a desktop does; it ends with the session bus. Without one: nothing."""
    command = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    if shutil.which(command[0]) is None:
        return
    subprocess.run(
        command,
        env=session.environment,
        input=b"a password of this session\n",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=20,
    )


def screenshot(path: Path, environment: dict[str, str]) -> None:
    """Save what the whole screen shows (X11)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    code = (
        "import sys; from PySide6.QtGui import QGuiApplication as A; a = A(sys.argv[:1]);"
        "sys.exit(0 if a.primaryScreen().grabWindow(0).save(sys.argv[1]) else 1)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=environment | {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0"},
        check=True,
        timeout=20,
    )
