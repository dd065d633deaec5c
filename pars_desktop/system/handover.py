"""Hand a link to the copy that already runs, and leave.

Between two clicks on a link stands this file, so it imports next to nothing. The running copy
(`single_instance`) holds a lock file in the profile's data folder and writes into it where its
socket is; the two sides check that they belong to the same user (SO_PEERCRED).

A message is one frame, `pars1 NUL verb NUL link NUL activation NUL startup NUL end`, closed by
the end of the stream; the answer is one word. A question takes the place of the link, and what
the running copy says to it follows the word, after a NUL.
"""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

TYPE_CHECKING = False  # typing itself takes 5 ms to import
if TYPE_CHECKING:
    import socket  # late: another 7 ms, and mostly there is nobody to talk to

FRAME_LIMIT = 64 * 1024
LONGEST_QUESTION = 60 * 1024  # bytes; with its envelope it fits into a frame
LONGEST_ANSWER = 16 * 1024 * 1024
LOCK_NAME = "instance.lock"
TAKEN, REFUSED = b"taken", b"refused"
ANSWER_LIMIT = 15.0  # seconds; a copy that is just starting answers as soon as its loop runs

_HEAD, _TAIL = b"pars1", b"end"
_VERBS = ("link", "raise", "quit", "ask")
_WITH_TEXT = ("link", "ask")
_LONGEST_PATH = 100  # bytes; sockaddr_un holds 108 (unix(7))
_LONGEST_TOKEN = 1024


class NoAnswer(Exception):
    """A copy runs with this profile, but did not take the message."""


class Handover:
    """One message to the running copy."""

    __slots__ = ("activation", "link", "verb")

    def __init__(self, verb: str, link: str = "", activation: str = "") -> None:
        self.verb = verb  # link, raise, quit or ask
        self.link = link  # or the question
        self.activation = activation  # the token that lets a window come to the front


def data_folder(profile: str | None, environ: Mapping[str, str]) -> str:
    """Where a profile's data lives; its lock file there is what makes a copy the only one.

    Raises OSError if there is no home.
    """
    if profile is not None:
        return os.path.join(os.path.abspath(profile), "data")
    home = environ.get("XDG_DATA_HOME", "")
    if not home.startswith("/"):  # the Base Directory Specification: ignore relative ones
        home = os.path.expanduser("~/.local/share")
    if not home.startswith("/"):
        raise FileNotFoundError(errno.ENOENT, "there is no home folder", "HOME")
    return os.path.join(home, "pars-desktop")


def send(folder: str, verb: str, link: str, environ: Mapping[str, str]) -> bool:
    """Give the running copy a message. False: none runs. Raises NoAnswer."""
    activation = environ.get("XDG_ACTIVATION_TOKEN", ""), environ.get("DESKTOP_STARTUP_ID", "")
    try:
        with _told(folder, _frame(verb, link, *activation)) as line:
            answer = line.recv(16)
    except (FileNotFoundError, ConnectionError):
        return False  # nobody there, or it went away before it answered
    except OSError:
        raise NoAnswer("Pars is running, but it does not answer.") from None
    if answer == REFUSED:
        raise NoAnswer("The running copy of Pars did not accept the link.")
    return answer == TAKEN


def ask(folder: str, question: str) -> str | None:
    """What the running copy says to a question. None: none runs. Raises NoAnswer.

    It may hold what is for the asking person alone, such as the link of an invitation.
    """
    answer = bytearray()
    try:
        with _told(folder, _frame("ask", question, "", "")) as line:
            while len(answer) <= LONGEST_ANSWER and (part := line.recv(FRAME_LIMIT)):
                answer += part
    except (FileNotFoundError, ConnectionError):
        return None
    except OSError:
        raise NoAnswer("Pars is running, but it does not answer.") from None
    if not answer:
        return None  # it went away before it answered
    word, nul, said = bytes(answer).partition(b"\0")
    if word != TAKEN or not nul or len(answer) > LONGEST_ANSWER:
        raise NoAnswer("The running copy of Pars did not answer; is it another version?")
    return said.decode(errors="replace")


def read(frame: bytes) -> Handover | None:
    """Understand a frame, or None: whoever connects may send anything."""
    parts = frame.split(b"\0")
    if len(frame) > FRAME_LIMIT or len(parts) != 6 or (parts[0], parts[5]) != (_HEAD, _TAIL):
        return None
    try:
        verb, link, activation, startup = (part.decode() for part in parts[1:5])
    except UnicodeDecodeError:
        return None
    if verb not in _VERBS or (verb in _WITH_TEXT) != bool(link):
        return None
    return Handover(verb, link, activation or startup)


def is_same_user(line: "socket.socket") -> bool:
    """The process at the other end belongs to the user we are (SO_PEERCRED, unix(7))."""
    import socket
    import struct

    ucred = struct.Struct("3i")  # pid, uid, gid
    _, uid, _ = ucred.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, ucred.size))
    return bool(uid == os.getuid())


@contextmanager
def reachable(path: str) -> Iterator[str]:
    """A name for a socket that fits into its address, however deep the folder is."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield path
        return
    folder, name = os.path.split(path)
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{name}"
    finally:
        os.close(handle)


@contextmanager
def _told(folder: str, frame: bytes) -> Iterator["socket.socket"]:
    """A line to the running copy, which has been sent a frame and is about to answer."""
    with open(os.path.join(folder, LOCK_NAME), "rb") as lock:
        path = os.fsdecode(lock.read(4096))
    if not path:
        raise FileNotFoundError  # it has gone, or does not listen yet
    import socket
    import struct

    with socket.socket(socket.AF_UNIX) as line, reachable(path) as name:
        # Not settimeout(): that makes the socket non-blocking, and then a full queue is an error.
        limit = struct.pack("ll", int(ANSWER_LIMIT), 0)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        line.connect(name)
        if not is_same_user(line):
            raise ConnectionRefusedError
        line.sendall(frame)
        line.shutdown(socket.SHUT_WR)
        yield line


def _frame(verb: str, link: str, activation: str, startup: str) -> bytes:
    tokens = (_fitting(activation), _fitting(startup))
    return b"\0".join((_HEAD, verb.encode(), link.encode(), *tokens, _TAIL))


def _fitting(token: str) -> bytes:
    data = token.encode(errors="ignore")
    return data if len(data) <= _LONGEST_TOKEN else b""
