"""Acts as the two people would, from outside: through the accessibility tree and `xdg-open`.

Runs as a process of its own, is given everything as one JSON object on standard input, imports
nothing of the program, prints each step with its time, and ends with status 1 and a reason at
the first step that fails.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.desktop.a11y import Desktop, Node, NotThere
from tests.desktop.session import screenshot


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


def on_x11(*words: str) -> str:
    """What a hand on mouse and keyboard would do, where the screen lets us (X11)."""
    if not os.environ.get("DISPLAY") or not shutil.which("xdotool"):
        return ""
    try:
        done = subprocess.run(
            ["xdotool", *words], capture_output=True, text=True, timeout=5, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def window(pid: object, title: str) -> list[str]:
    """The X11 window of a program whose title begins so: one, or none where there is no X11."""
    mine = on_x11("search", "--onlyvisible", "--pid", str(pid)).split()
    return [one for one in mine if on_x11("getwindowname", one).startswith(title)][:1]


def place(pid: object, left: int) -> None:
    """Put a main window beside the other one."""
    for main in window(pid, "Pars"):
        on_x11("windowmove", main, str(left), "40")


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


async def play(script: dict[str, object]) -> None:
    """The whole play."""
    pictures = Path(str(script["pictures"])) if script["pictures"] else None
    stage = Stage(pictures)
    desktop = await Desktop.connect()
    romeo = await main_window(desktop, int(str(script["inviter_pid"])))
    juliet = await main_window(desktop, int(str(script["friend_pid"])))
    place(script["inviter_pid"], 0)
    width = on_x11("getdisplaygeometry").split()[:1] or ["2000"]
    place(script["friend_pid"], int(width[0]) // 2)
    stage.say("both copies of Pars are on the screen, signed in")
    await stage.picture("two-windows")

    await (await romeo.find("push button", "Invite a friend")).press()
    link = await (await romeo.find("text", "Invitation link")).text()
    await romeo.find("graphic", "QR code")  # Qt's word for the role image
    if not link.startswith("xmpp:"):
        raise NotThere("the invitation window shows no link")
    stage.say("Romeo opened “Invite a friend”: a link and a code are ready")
    await stage.picture("invitation")

    environment = dict(os.environ) | {str(k): str(v) for k, v in script["friend_env"].items()}
    clicked = time.monotonic()
    await open_link(link, environment)
    address = await (await juliet.find("text", "Friend's address")).text()
    stage.say(
        f"the link went through the desktop to Juliet's copy, which asks about {address}"
        f" ({time.monotonic() - clicked:.2f} s after xdg-open began)"
    )
    if address != script["inviter"]:
        raise NotThere(f"the dialog asks about {address}, not about {script['inviter']}")
    await (await juliet.find("text", "Name")).type("Romeo Montague")
    await stage.picture("add-a-friend")
    await (await juliet.find("push button", "Add friend")).press()
    confirmed = time.monotonic()

    friend = str(script["friend"])
    await (await romeo.find("list", "Chats")).select_item(friend)
    stage.say(f"Romeo's list shows {friend}, who came by invitation")
    chats = await juliet.find("list", "Chats")
    await chats.select_item("Romeo Montague")
    stage.say(f"Juliet's list shows Romeo ({time.monotonic() - confirmed:.2f} s after her click)")
    await romeo.find("push button", "Undo")
    await stage.picture("friends")

    for invitation in window(script["inviter_pid"], "Invite a friend"):
        on_x11("windowactivate", "--sync", invitation, "key", "Escape")
    await juliet.gone("dialog", "Add a friend")  # it closes by itself, and the chat is open

    await send(juliet, "Romeo Montague", "Hello Romeo, one click was enough.")
    await received(romeo, friend, "Hello Romeo, one click was enough.")
    stage.say("Juliet wrote, and Romeo reads it")
    await send(romeo, friend, "And nobody typed an address.")
    await received(juliet, "Romeo Montague", "And nobody typed an address.")
    stage.say("Romeo wrote, and Juliet reads it")
    await delivered(juliet, "Hello Romeo, one click was enough.")
    await delivered(romeo, "And nobody typed an address.")
    stage.say("both lines are marked as delivered")
    await stage.picture("messages")
    desktop.close()


def main() -> int:
    """Play, and say why if it stops."""
    script = json.load(sys.stdin)
    try:
        asyncio.run(play(script))
    except (NotThere, AssertionError, OSError, TimeoutError) as reason:
        print(f"The demonstration stopped: {reason}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
