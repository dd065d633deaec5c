"""What journeys stand on: Qt's loop, a private HOME, patience, and devices without a window."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from unittest import mock

import qasync
from PySide6.QtWidgets import QApplication

from pars_desktop.domain.uri import parse_link
from pars_desktop.xmpp.network import Network
from tests.server.prosody import Person

_PATIENCE = 20.0  # seconds for anything; the machine may be busy


async def until(condition: Callable[[], object], seconds: float = _PATIENCE) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


def qt_loop() -> qasync.QEventLoop:
    """The loop that the program runs on."""
    logging.getLogger("qasync").setLevel(logging.INFO)  # at DEBUG it writes a line for every timer
    application = QApplication.instance() or QApplication([])
    application.setQuitOnLastWindowClosed(False)  # or closing a dialog ends the loop
    return qasync.QEventLoop(application)


@contextmanager
def private_home(folder: Path) -> Iterator[Path]:
    """A HOME of one's own, with nothing of the machine's session in the environment."""
    foreign = ("XDG_", "PARS_", "KEYRING_", "DBUS_", "DESKTOP_STARTUP_ID")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    ours |= {
        "HOME": str(folder),
        "XDG_DATA_DIRS": str(folder / "system"),
        "XDG_CONFIG_DIRS": str(folder / "etc"),
    }
    folder.mkdir(mode=0o700)
    with mock.patch.dict(os.environ, ours, clear=True):
        yield folder


@asynccontextmanager
async def device(person: Person) -> AsyncIterator[Network]:
    """Another device of somebody, without a window, online: it does as it is told."""
    network = Network(person.settings)
    network.connection.start(person.settings, person.password)
    try:
        await until(lambda: network.connection.is_online)
        await network.roster.fetch()
        yield network
    finally:
        await network.connection.close()


def token_of(link: str) -> str:
    """The token in a link."""
    token = parse_link(link).token
    assert token
    return token
