"""The one running copy of a profile: it holds the lock and listens for links of later ones.

The kernel frees the lock when its holder dies, however it dies, so a socket that is left over is
known to be stale by whoever gets the lock, and nobody can take the name of a living copy.
"""

import fcntl
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pars_desktop.base.files import make_private
from pars_desktop.base.signal import Signal
from pars_desktop.base.tasks import Tasks
from pars_desktop.system import handover
from pars_desktop.system.paths import Paths

if TYPE_CHECKING:  # see base/tasks.py and handover.py
    import asyncio
    import socket

_log = logging.getLogger(__name__)

READ_LIMIT = 5.0  # seconds a later copy may take to say what it wants
MOST_AT_ONCE = 32  # later copies listened to at one time; the others queue in the kernel


class Lock:
    """A lock file: whoever holds it may use the profile."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def take(cls, paths: Paths) -> "Lock | None":
        """Take the lock of a profile, or None if somebody has it. Raises OSError."""
        make_private(paths.data)
        handle = os.open(paths.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            os.close(handle)
            raise
        os.ftruncate(handle, 0)
        return cls(handle)

    def announce(self, place: Path) -> None:
        """Write down where the holder listens."""
        os.pwrite(self._handle, os.fsencode(place), 0)

    def release(self) -> None:
        """Let the next one have it."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


class Instance:
    """This process as the one running copy of its profile."""

    def __init__(self, lock: Lock, paths: Paths, read_limit: float) -> None:
        self.link_received: Signal[str, str] = Signal()  # the link, and an activation token
        self.raise_requested: Signal[str] = Signal()  # an activation token, perhaps empty
        self.quit_requested: Signal[()] = Signal()
        self._lock = lock
        self._paths = paths
        self._place: Path | None = None
        self._line: socket.socket | None = None
        self._read_limit = read_limit
        self._answer: Callable[[str], Awaitable[str]] | None = None

    @classmethod
    def acquire(cls, paths: Paths, *, read_limit: float = READ_LIMIT) -> "Instance | None":
        """Become the one copy, or None if there is one. Raises OSError.

        Later copies try again and again until `listen`, and wait for an answer until `serve`.
        """
        lock = Lock.take(paths)
        return None if lock is None else cls(lock, paths, read_limit)

    def listen(self) -> "socket.socket":
        """Let later copies queue, at the socket that comes back. Raises OSError."""
        self._place = _socket_place(self._paths)
        self._line = _listen(self._place)
        self._lock.announce(self._place)
        return self._line

    def answer_with(self, answer: Callable[[str], Awaitable[str]]) -> None:
        """Let this say something to what commands ask; without it questions are not accepted."""
        self._answer = answer

    def serve(self, tasks: Tasks) -> None:
        """Hear later copies on the running loop, until `close` or the end of the tasks.

        Raises OSError if it cannot `listen`, which it does first.
        """
        tasks.spawn(self._accept(self._line or self.listen(), tasks), name="listen for links")

    def close(self) -> None:
        """Stop being the one copy. The tasks given to `serve` have ended by now."""
        if self._place is not None and self._line is not None:
            self._place.unlink(missing_ok=True)
            self._line.close()
        self._lock.release()

    async def _accept(self, door: "socket.socket", tasks: Tasks) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        turns = asyncio.Semaphore(MOST_AT_ONCE)
        while True:
            await turns.acquire()
            try:
                line, _ = await loop.sock_accept(door)
            except OSError:  # too many open files, say: the queue is still there in a moment
                turns.release()
                _log.warning("a later copy could not be heard", exc_info=True)
                await asyncio.sleep(1)
                continue
            tasks.spawn(self._hear(line, turns), name="hear a later copy")

    async def _hear(self, line: "socket.socket", turns: "asyncio.Semaphore") -> None:
        try:
            with line:
                said = await self._converse(line)
        finally:
            turns.release()
        if said is None:
            return
        if said.verb == "link":
            self.link_received.emit(said.link, said.activation)
        elif said.verb == "raise":
            self.raise_requested.emit(said.activation)
        elif said.verb == "quit":
            self.quit_requested.emit()

    async def _converse(self, line: "socket.socket") -> handover.Handover | None:
        """Read one message and answer it, before anything is done about it (but a question)."""
        if not handover.is_same_user(line):
            _log.warning("somebody else's process connected; not heard")
            return None
        import asyncio

        loop = asyncio.get_running_loop()
        frame = bytearray()
        try:
            async with asyncio.timeout(self._read_limit):
                while len(frame) <= handover.FRAME_LIMIT:
                    part = await loop.sock_recv(line, handover.FRAME_LIMIT + 1 - len(frame))
                    if not part:
                        break
                    frame += part
            said = handover.read(bytes(frame))
            answer = await self._answer_to(said)
            async with asyncio.timeout(self._read_limit):
                await loop.sock_sendall(line, answer)
        except (TimeoutError, OSError):
            return None  # it left, or never finished what it had to say
        return said

    async def _answer_to(self, said: handover.Handover | None) -> bytes:
        if said is None or (said.verb == "ask" and self._answer is None):
            return handover.REFUSED
        if said.verb != "ask" or self._answer is None:
            return handover.TAKEN
        return handover.TAKEN + b"\0" + (await self._answer(said.link)).encode()


def _socket_place(paths: Paths) -> Path:
    """In the session's own folder, or beside the lock if there is none that is ours."""
    from hashlib import sha256

    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and runtime.is_dir() and runtime.stat().st_uid == os.getuid():
        folder = runtime / "pars-desktop"
        make_private(folder)
        name = sha256(os.fsencode(paths.data.resolve())).hexdigest()[:32]
        return folder / f"{name}.socket"
    return paths.data / "instance.socket"


def _listen(place: Path) -> "socket.socket":
    import socket

    place.unlink(missing_ok=True)  # stale: we hold the lock
    line = socket.socket(socket.AF_UNIX)
    try:
        line.setblocking(False)
        with handover.reachable(str(place)) as name:
            line.bind(name)
        place.chmod(0o600)
        line.listen(128)
    except OSError:
        line.close()
        raise
    return line
