"""A private home and a running copy for the tests of this room."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pars_desktop.base.tasks import Tasks
from pars_desktop.system.paths import Paths
from pars_desktop.system.single_instance import Instance

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A HOME of its own, with nothing of the machine's session in the environment."""
    for name in list(os.environ):
        if name.startswith(("XDG_", "PARS_", "KEYRING_", "DBUS_")) or name == "DESKTOP_STARTUP_ID":
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_DIRS", str(folder / "system"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder / "etc"))
    return folder


@pytest.fixture
def paths(home):
    return Paths.of(str(home / "profile"))


class Heard(list):
    """A running copy, and what it heard, in order."""

    def __init__(self, instance: Instance, tasks: Tasks) -> None:
        super().__init__()
        self.instance = instance
        self.tasks = tasks
        instance.link_received.connect(lambda link, token: self.append(("link", link, token)))
        instance.raise_requested.connect(lambda token: self.append(("raise", token)))
        instance.quit_requested.connect(lambda: self.append(("quit",)))


@pytest.fixture
async def running(paths):
    """The one running copy of the profile, with a short patience."""
    instance = Instance.acquire(paths, read_limit=0.3)
    assert instance is not None
    tasks = Tasks()
    instance.serve(tasks)
    yield Heard(instance, tasks)
    await tasks.close()
    instance.close()


def pars(*words, given="", cwd=ROOT, **environment):
    """Run the program as a person would; the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "pars_desktop", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
