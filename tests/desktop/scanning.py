"""The program on a private screen beside another one that shows codes, used from outside."""

import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator

from PySide6.QtGui import QImage

from pars_desktop.domain.account import AccountSettings
from pars_desktop.system.codes import read_codes
from tests.demo.driver import main_window
from tests.desktop import poster
from tests.desktop.a11y import Desktop, Node
from tests.desktop.program import Program
from tests.desktop.session import Session, private_session, screenshot
from tests.fakes import ROMEO
from tests.server.prosody import Person
from tests.system.pictures import code, file_of

LINK = "xmpp:juliet@capulet.lit?roster;preauth=1tMFqYDdKhfe2pwpXq9Za001;name=Juliet"
SIZES = ("1920x1080", "3840x2160")
PLACE = (1300, 560)  # of the poster: right of the main window, and below the middle


class Scanning:
    """A session with the program in it, which has an account and no server."""

    def __init__(self, session: Session, desktop: Desktop) -> None:
        self.session = session
        self.desktop = desktop
        self.end = contextlib.ExitStack()
        self.pid = 0

    async def start(self, **environment: str) -> Node:
        """Start the program; its window, once it can be used."""
        person = Person(AccountSettings(ROMEO), "secret")
        program = Program(person, self.session, "romeo")
        program.environment |= environment
        words = ["--server", "127.0.0.1:9", "--keep-password", "file"]
        program.command("add-account", str(ROMEO), *words, given="secret\n")
        program.start()
        self.end.callback(program.end)
        self.pid = program.pid
        window = await main_window(self.desktop, program.pid)
        self.move("^Pars", 0, 0)
        return window

    def put_up(self, picture: QImage, name: str) -> None:
        """Another program shows a picture."""
        path = self.session.home / f"{name}.png"
        path.write_bytes(file_of(picture))
        command = [sys.executable, poster.__file__, str(path), *map(str, PLACE)]
        process = subprocess.Popen(
            command, env=self.session.environment, stdout=subprocess.PIPE, text=True
        )
        self.end.callback(process.wait)
        self.end.callback(process.kill)
        self.end.callback(process.stdout.close)
        assert process.stdout.readline() == "shown\n"

    def move(self, title: str, x: int, y: int) -> None:
        """Put one of our windows elsewhere."""
        ours = ["search", "--onlyvisible", "--pid", str(self.pid), "--name", title]
        self._hand(*ours, "windowmove", "--sync", str(x), str(y))

    def drag_poster(self, x: int, y: int) -> None:
        """Drag the picture out of the other program's window, and let it fall there."""
        pause = ("sleep", "0.2")
        moves = [(PLACE[0] + 90, PLACE[1] + 70), ((PLACE[0] + x) // 2, y), (x + 5, y), (x, y)]
        words = ["mousemove", str(PLACE[0] + 80), str(PLACE[1] + 80), *pause, "mousedown", "1"]
        for to in moves:
            words += ["mousemove", *map(str, to), *pause]
        self._hand(*words, "mouseup", "1")

    def _hand(self, *words: str) -> None:
        command = ["xdotool", *words]
        subprocess.run(command, env=self.session.environment, check=True, timeout=10)

    async def on_screen(self) -> list[str]:
        """The codes a person can see."""
        path = self.session.home / "seen.png"
        screenshot(path, self.session.environment)
        return await read_codes(QImage(str(path)))


@contextlib.asynccontextmanager
async def scanning_session(size: str) -> AsyncIterator[Scanning]:
    """For as long as the block lasts."""
    with private_session(size) as session:
        desktop = await Desktop.connect(session.environment["DBUS_SESSION_BUS_ADDRESS"])
        scanning = Scanning(session, desktop)
        try:
            yield scanning
        finally:
            scanning.end.close()
            desktop.close()


async def scan(window: Node) -> float:
    """The person wants to add a friend, and presses the button; when that was."""
    await (await window.find("push button", "Add a friend")).press()
    button = await window.find("push button", "Scan a code on the screen")
    pressed = time.monotonic()
    await button.press()
    return pressed


async def time_to_scan(size: str) -> float:
    """Seconds from pressing the button to the dialog that proposes what the code says."""
    async with scanning_session(size) as scanning:
        window = await scanning.start()
        scanning.put_up(code(LINK), "code")
        pressed = await scan(window)
        await window.find("text", "Friend's address")
        return time.monotonic() - pressed
