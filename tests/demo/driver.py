"""What people do with the windows, done from outside: through the accessibility tree, and on X11
through mouse and keyboard. Nothing of the program is imported.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.desktop.a11y import Desktop, Node, NotThere
from tests.desktop.session import screenshot


@dataclass(frozen=True)
class Player:
    """Somebody with a copy of the program: `environment` is for what acts as that person."""

    address: str
    environment: dict[str, str]
    pid: int = 0  # of the copy, once it runs


@dataclass(frozen=True)
class Server:
    """How to reach a private server; no DNS knows it."""

    host: str
    port: int
    ca_file: str


class Stage:
    """Prints what happens and when, and takes the pictures."""

    def __init__(self, pictures: Path | None) -> None:
        self._started = time.monotonic()
        self._pictures = pictures
        self._count = 0

    def say(self, what: str) -> None:
        """One step, done."""
        print(f"{time.monotonic() - self._started:7.2f} s  {what}", flush=True)

    async def picture(self, name: str) -> None:
        """A picture of the screen, where the screen lets us take one."""
        if self._pictures is None:
            return
        self._count += 1
        path = self._pictures / f"{self._count}-{name}.png"
        await asyncio.sleep(0.3)  # let the windows finish painting
        await asyncio.to_thread(screenshot, path, dict(os.environ))


async def open_link(link: str, environment: dict[str, str]) -> None:
    """What a browser does with a link it does not know: hand it to the desktop."""
    process = await asyncio.create_subprocess_exec("xdg-open", link, env=environment)
    status = await asyncio.wait_for(process.wait(), 20)
    if status:
        raise NotThere(f"xdg-open ended with status {status}")


def has_hand(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the screen lets us use mouse and keyboard as a hand would: X11 does."""
    is_x11 = "DISPLAY" in environment and not environment.get("WAYLAND_DISPLAY")
    return is_x11 and shutil.which("xdotool") is not None


def on_x11(*words: str) -> str:
    """What a hand on mouse and keyboard would do; nothing where there is none."""
    if not has_hand():
        return ""
    try:
        done = subprocess.run(
            ["xdotool", *words], capture_output=True, text=True, timeout=5, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def _windows(pid: object) -> list[str]:
    return on_x11("search", "--onlyvisible", "--pid", str(pid)).split()


def window(pid: object, title: str) -> list[str]:
    """The X11 window of a program whose title begins so: one, or none where there is no X11."""
    return [one for one in _windows(pid) if on_x11("getwindowname", one).startswith(title)][:1]


def come_forward(pid: object, title: str = "Pars") -> None:
    """Have a window in front, with the keyboard."""
    for mine in window(pid, title):
        on_x11("windowactivate", "--sync", mine)


def place(pid: object, column: int, row: int, title: str = "Pars") -> None:
    """Put a window into one of the four quarters of the screen."""
    width, height = (on_x11("getdisplaygeometry").split() or ["2000", "1500"])[:2]
    for main in window(pid, title):
        left, top = column * int(width) // 2, 40 + row * int(height) // 2
        on_x11("windowmove", main, str(left), str(top))


async def close(pid: object, title: str) -> None:
    """Close a dialog by keyboard; where there is none to use, it stays open."""
    for _ in range(10):
        shown = window(pid, title)
        if not shown:
            return
        on_x11("windowactivate", "--sync", shown[0], "key", "Escape")
        await asyncio.sleep(0.2)
    raise NotThere(f"“{title}” cannot be closed")


async def open_menu(pid: object, button: Node, timeout: float = 5) -> None:
    """Click on a button with a menu. What is in the menu, Qt does not tell assistive tools."""
    x, y = await button.middle()
    before, deadline = len(_windows(pid)), time.monotonic() + timeout
    on_x11("mousemove", str(x), str(y), "click", "1")
    while len(_windows(pid)) <= before:
        if time.monotonic() > deadline:
            raise NotThere(f"no menu within {timeout:g} s")
        await asyncio.sleep(0.05)


async def main_window(desktop: Desktop, pid: int) -> Node:
    """The main window of a copy, once it can be used."""
    program = await desktop.application(pid)
    await program.find("push button", "Invite a friend", timeout=30)
    return program


async def send(program: Node, to: str, text: str) -> None:
    """Open a chat, type a line, send it."""
    chats = await program.find("list", "Chats")
    await chats.select_item(to)
    message = await program.find("text", "Message")
    await message.type(text)
    await (await program.find("push button", "Send")).press()


async def received(program: Node, from_: str, text: str) -> None:
    """Wait until a line from somebody stands in the open chat."""
    chats = await program.find("list", "Chats")
    await chats.select_item(from_)
    await program.find(
        "list item", lambda name: name.startswith(f"{from_}, ") and name.endswith(f": {text}")
    )


async def delivered(program: Node, text: str) -> None:
    """Wait until our own line says that it reached the other side."""
    await program.find("list item", lambda name: f": {text}" in name and "delivered" in name)


async def invitation(program: Node, *, as_web_link: bool) -> str:
    """Open "Invite a friend"; the link that is ready there, of the kind that is wanted."""
    await (await program.find("push button", "Invite a friend")).press()
    field = await program.find("text", "Invitation link")
    web = await program.find("check box", "Web link")
    if await web.is_checked() is not as_web_link:
        await web.press()
    await program.find("graphic", "QR code")  # Qt's word for the role image
    return await field.text()


async def add_friend(program: Node, inviter: str, name: str) -> None:
    """Read the question about a link, and say yes."""
    address = await (await program.find("text", "Friend's address")).text()
    if address != inviter:
        raise NotThere(f"the dialog asks about {address}, not about {inviter}")
    await (await program.find("text", "Name")).type(name)
    await (await program.find("push button", "Add friend")).press()


async def fill_in(program: Node, name: str, server: Server) -> None:
    """Fill in what a new account takes."""
    await (await program.find("text", "User name")).type(name)
    await (await program.find("check box", "Advanced")).press()
    await (await program.find("text", "Server")).type(server.host)
    await (await program.find("text", "Port")).type(str(server.port))
    await (await program.find("text", "Certificate file")).type(server.ca_file)
