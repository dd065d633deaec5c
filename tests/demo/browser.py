"""Chromium as a friend has it: a window of its own on the screen, a profile in their own HOME."""

import asyncio
import os
import shutil
import time
from pathlib import Path

from tests.demo.driver import come_forward, has_hand, on_x11
from tests.desktop.a11y import Desktop, Node, NotThere
from tests.desktop.session import Missing

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# For whoever starts it: without this it stays out of the accessibility tree.
ENVIRONMENT = {"ACCESSIBILITY_ENABLED": "1"}


def command(home: Path, host: str, port: int, key: str) -> list[str]:
    """Start it with an empty page. It knows one host, on loopback, and trusts its key.

    Run again with an address it hands that to the window that is open, as it always does.
    """
    program = next(filter(shutil.which, _NAMES), None)
    if program is None:
        raise Missing("Chromium is not installed; `make setup` installs it.")
    return [
        program,
        f"--user-data-dir={home / 'chromium'}",
        f"--host-resolver-rules=MAP {host}:443 127.0.0.1:{port} , MAP * ~NOTFOUND",
        f"--ignore-certificate-errors-spki-list={key}",
        "--test-type",  # without a bar that warns of the two options above
        "--force-renderer-accessibility",
        "--no-proxy-server",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-dev-shm-usage",
        "--password-store=basic",
        "--no-first-run",
        "--no-default-browser-check",
        "--window-size=980,700",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
        "about:blank",
    ]


class Browser:
    """The running browser, used as a person with a keyboard would."""

    def __init__(self, program: Node, pid: int, start: list[str], environment: dict[str, str]):
        self.pid = pid
        self._program = program
        self._start = start
        self._environment = environment

    @classmethod
    async def running(
        cls, desktop: Desktop, pid: int, start: list[str], environment: dict[str, str]
    ) -> "Browser":
        """The one with this process id, once it is on the screen."""
        return cls(await desktop.application(pid), pid, start, environment)

    async def paste_address(self, expected: str) -> None:
        """Put the link from the clipboard into its address bar, and go there.

        Where the screen lets nobody type for a person (Wayland), the link is handed to it.
        """
        if has_hand():
            await self._paste(expected)
            on_x11("key", "Return")
        else:
            address = [*self._start[:-1], expected]
            handing = await asyncio.create_subprocess_exec(*address, env=self._environment)
            await asyncio.wait_for(handing.wait(), 20)

    async def find_link(self, name: str) -> Node:
        """A link of the page, once the page shows it."""
        return await self._program.find("link", name)

    async def press(self, name: str) -> None:
        """Press a link of the page."""
        await (await self.find_link(name)).press()

    async def question(self) -> str:
        """The browser asks whether another program may open a link; what its yes says."""
        return await (await self._yes()).name()

    async def agree(self) -> None:
        """Say yes, by keyboard where the screen lets somebody type for a person."""
        button = await self._yes()
        if has_hand():
            await self._reach(button)
            on_x11("key", "Return")
        else:
            await button.press()

    async def leave(self) -> None:
        """Close its only page, and so its window."""
        tab = await self._program.find("page tab", lambda _name: True)
        await (await tab.find("push button", "Close")).press()

    async def _paste(self, expected: str) -> None:
        bar = await self._program.find("entry", "Address and search bar")
        for _ in range(10):  # it takes some time until it listens, and to fetch the clipboard
            come_forward(self.pid, title="")
            on_x11("key", "ctrl+l", "key", "ctrl+v")
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                if await bar.text() == expected:
                    return
                await asyncio.sleep(0.05)
        raise NotThere("the link cannot be pasted into the browser")

    async def _yes(self) -> Node:
        opens = "Open "  # and the name of the program
        question = await self._program.find("dialog", lambda name: name.startswith(opens))
        return await question.find("push button", lambda name: name.startswith(opens))

    async def _reach(self, button: Node) -> None:
        for _ in range(6):
            if await button.is_focused():
                return
            on_x11("key", "Tab")
            await asyncio.sleep(0.1)
        raise NotThere("the browser's question cannot be answered by keyboard")
