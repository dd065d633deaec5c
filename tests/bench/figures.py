"""What is measured: each method is one run, watched from outside, and adds its values."""

import asyncio
import sqlite3
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.friends import Windows
from tests.bench.newcomers import register
from tests.bench.processes import Process, bare, floor, pars, running
from tests.bench.profiles import PARS, Profile
from tests.bench.screen import Screen, TooSlow
from tests.desktop.scanning import SIZES, time_to_scan
from tests.server.prosody import INVITES_HOST, PLAIN_HOST, Person, Prosody

# Where to look, in pixels: openbox puts the first window at the upper left corner of the screen,
# and a dialog in the middle of its window.
SCREEN = "1000x720"
_INSIDE = (100, 340, 800, 1)  # across the list and the page beside it
_AVATARS = (30, 230, 40, 440)
_FIRST_CHAT = (150, 210)
_DIALOG = (470, 280, 60, 160)  # the middle of the dialog, and none of its frame
# Two rows of the list, and where each shows that the pointer is on it.
_ROWS = (((150, 274), (150, 249, 1, 1)), ((150, 210), (150, 185, 1, 1)))
_MESSAGES = (340, 150, 400, 300)

_LINK = "xmpp:somebody@example.org?roster;preauth=1tMFqYDdKhfe2pwp;name=Somebody"
_NOTCHES = 200  # of the wheel
_LOOK = 0.05  # seconds between two looks at a window that is busy


@dataclass
class Bench:
    """Where everything happens, and what was found: the values of each figure."""

    screen: Screen
    environment: dict[str, str]
    server: Prosody
    folder: Path
    idle_time: float = 10.0  # seconds
    found: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    # --- floors ----------------------------------------------------------------------------------

    def python(self, name: str, code: str) -> None:
        """Python starts, does something, and ends."""
        with running([sys.executable, "-c", code], bare(self.environment)) as process:
            self._add(name, process.wait() - process.started)

    def window(self, name: str, file: str) -> None:
        """A floor of everything with a window."""
        nothing = self._empty_screen()
        with running(floor(file), bare(self.environment)) as process:
            self._add(f"{name}: painted", self.screen.changed(_INSIDE, nothing) - process.started)
            process.quiet()
            self._add(f"{name}: memory", process.pss())

    def least_window(self, person: Person) -> None:
        """The floor of everything that goes online."""
        mine = person.settings
        command = floor("least_window.py", mine.host, str(mine.port), mine.ca_file, str(mine.jid))
        nothing = self._empty_screen()
        with (
            self._next_session() as online,
            running(command, bare(self.environment), person.password + "\n") as process,
        ):
            self._add("least: painted", self.screen.changed(_INSIDE, nothing) - process.started)
            self._add("least: online", online() - process.started)
            process.quiet()
            self._add("least: memory", process.pss())
            self._rest("least: ", process)

    # --- ours ------------------------------------------------------------------------------------

    def start(self, profile: Profile) -> None:
        """From nothing to a window with chats, online, at rest; then a link is clicked."""
        nothing = self._empty_screen()
        with self._next_session() as online, pars(profile, bare(self.environment)) as process:
            self._add("painted", self.screen.changed(_INSIDE, nothing) - process.started)
            self._check_first_picture()
            self._add("online", online() - process.started)
            process.quiet()
            self._add("memory", process.pss())
            self._rest("", process)
            before = self.screen.picture(_DIALOG)
            with self._link(profile) as clicked:
                painted = self.screen.changed(_DIALOG, before)
                self._add("link: dialog", painted - clicked.started)
            with self._link(profile) as clicked:  # it queues behind the first: no dialog
                self._add("link: taken", clicked.wait() - clicked.started)
            self._decline(before)

    def big_chat(self, profile: Profile) -> None:
        """A chat of 100,000 messages is opened and scrolled."""
        nothing = self._empty_screen()
        with pars(profile, bare(self.environment)) as process:
            self.screen.changed(_INSIDE, nothing)
            process.quiet()
            before = self.screen.picture(_MESSAGES)
            clicked = time.monotonic()
            self.screen.click(*_FIRST_CHAT)
            self._add("big chat: opened", self.screen.changed(_MESSAGES, before) - clicked)
            process.quiet()
            self._add("big chat: memory", process.pss())
            cpu = process.cpu()
            for _ in range(_NOTCHES):
                self.screen.scroll(*_MESSAGES[:2], up=True)
                time.sleep(0.01)
            process.quiet()
            self._add("big chat: notch", (process.cpu() - cpu) / _NOTCHES)
            self._add("big chat: memory after scrolling", process.pss())

    def friends(self) -> None:
        """An invitation is clicked and confirmed, until Prosody has both as friends."""
        people = self.server.account("romeo", PLAIN_HOST), self.server.account("juliet", PLAIN_HOST)
        self._add("friends", asyncio.run(self._windows().befriend(*people)))

    def invitations(self) -> None:
        """A code is on the screen: of an invitation of our own, and of one of the server's."""
        for maker, host in (("own", PLAIN_HOST), ("server", INVITES_HOST)):
            inviter = self.server.account("romeo", host)
            work = self._windows().invite(inviter, by_server=maker == "server")
            first, again = asyncio.run(work)
            self._add(f"invitation: {maker}", first)
            self._add(f"invitation: {maker}, again", again)

    def newcomers(self) -> None:
        """An account is created by invitation, until Prosody has both as friends."""
        people = [self.server.account(name, INVITES_HOST) for name in ("romeo", "juliet")]
        self._empty_screen()
        work = register(self.server, self.folder, self.environment, (people[0], people[1]))
        self._add("newcomers", asyncio.run(work))

    def catch_up(self, profile: Profile, expected: int) -> None:
        """While it was away, another device of the account took so many messages."""
        away = profile.copied(self.folder / "away")
        nothing = self._empty_screen()
        with (
            pars(away, bare(self.environment)),
            closing(sqlite3.connect(f"file:{away.database}?mode=ro", uri=True)) as store,
        ):
            self.screen.changed(_INSIDE, nothing)
            self.screen.answered(*_ROWS[1][0], _ROWS[1][1])
            known = count = _messages(store)
            began, waits = 0.0, []
            while count < known + expected:
                if count == known:
                    began = time.monotonic()
                    time.sleep(0.002)
                else:
                    for place, area in _ROWS:
                        waits.append(self.screen.answered(*place, area))
                        time.sleep(_LOOK)  # a machine that only watches has no time for the rest
                count = _messages(store)
            self._add("catch-up: took", time.monotonic() - began)
        waits.sort()
        self._add("catch-up: p99", waits[len(waits) * 99 // 100])
        self._add("catch-up: max", waits[-1])

    def codes(self) -> None:
        """The button is pressed, and the code that another program shows is proposed."""
        for size in SIZES:
            self._add(f"code: {size}", asyncio.run(time_to_scan(size)))

    # --- watching --------------------------------------------------------------------------------

    def _windows(self) -> Windows:
        self._empty_screen()
        return Windows(self.screen, self.server, self.folder, self.environment)

    def _add(self, name: str, value: float) -> None:
        self.found[name].append(value)

    def _rest(self, prefix: str, process: Process) -> None:
        idle = process.idleness(self.idle_time)
        self._add(f"{prefix}wake-ups", idle.wake_ups)
        self._add(f"{prefix}CPU", idle.cpu)

    def _link(self, profile: Profile):
        return running([*PARS, "--", _LINK], profile.environment(bare(self.environment)))

    def _decline(self, before: bytes) -> None:
        """Say no to all links: one that is not answered is asked about at the next start again."""
        deadline = time.monotonic() + 10
        while self.screen.picture(_DIALOG) != before:
            if time.monotonic() > deadline:
                raise TooSlow("a link is still asked about")
            self.screen.press("Escape")
            time.sleep(0.5)  # until the next dialog is there, if there is one

    def _empty_screen(self) -> bytes:
        """What it shows once the windows of the last run are gone."""
        nothing = bytes(4 * _INSIDE[2])
        deadline = time.monotonic() + 5
        while self.screen.picture(_INSIDE) != nothing:
            if time.monotonic() > deadline:
                raise TooSlow("an old window is still there")
            time.sleep(0.05)
        return nothing

    def _check_first_picture(self) -> None:
        """It is no empty frame: it has the coloured circles of the chats."""
        data = self.screen.picture(_AVATARS)
        colours = {data[place : place + 4] for place in range(0, len(data), 4)}
        assert len(colours) > 20, "the first picture shows no chats"

    @contextmanager
    def _next_session(self) -> Iterator[Callable[[], float]]:
        """A function that waits until Prosody binds a session, and says when (time.monotonic)."""
        with self.server.log_file.open("rb") as log:
            log.seek(0, 2)

            def online(limit: float = 20) -> float:
                text, deadline = b"", time.monotonic() + limit
                while b"[c2s]: " not in text:  # before it is bound, it is called c2s_unauthed
                    if time.monotonic() > deadline:
                        raise TooSlow("nobody signed in")
                    text += log.read()
                    time.sleep(0.001)
                return time.monotonic()

            yield online


def _messages(store: sqlite3.Connection) -> int:
    return store.execute("SELECT count(*) FROM message").fetchone()[0]
