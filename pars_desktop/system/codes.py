"""Codes in pictures: read by another process, with limits on everything (battery U-15).

Whoever made the picture may mean us harm: its kind is known before any decoder sees it (never
SVG, which is a program), its size before it is unpacked, and after a while whoever reads it is
killed, however far it has come.
"""

import json
import logging
import math
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtGui import QImage

from pars_desktop.domain.errors import PictureTooLarge, PictureUnusable, Trouble
from pars_desktop.system import code_reader
from pars_desktop.system.threads import in_daemon

_log = logging.getLogger(__name__)

MOST_BYTES = 50_000_000  # of a file
TIME_LIMIT = 10.0  # seconds; 0.2 is usual for a large screen


async def read_codes(
    picture: QImage | bytes | Path, *, time_limit: float = TIME_LIMIT
) -> list[str]:
    """The texts of all QR codes in a picture, or in the file of one; each text once.

    Raises PictureUnusable, and PictureTooLarge also for what takes too long. Nothing goes on
    after that, or once nobody waits any more.
    """
    reader = _Reader(time_limit)
    try:
        return await in_daemon(lambda: reader.read(picture), name="read codes", limit=time_limit)
    except TimeoutError:
        raise PictureTooLarge from None
    finally:
        reader.stop()


def contents(path: Path) -> bytes:
    """All of a file of a size we take. Raises PictureUnusable, PictureTooLarge."""
    try:
        # Opening a pipe would wait for whoever writes into it.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise PictureUnusable
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError):  # ValueError: no name of a file, such as one with a NUL
        raise PictureUnusable from None
    if len(data) > MOST_BYTES:
        raise PictureTooLarge
    return data


_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change the ends of lines


class _Reader:
    """One process that reads one picture, and ends when it is told to."""

    def __init__(self, time_limit: float) -> None:
        # -P: what lies beside the program's files, or where it was started, is not imported.
        seconds = str(math.ceil(time_limit) + 1)
        self._command = (sys.executable, "-P", code_reader.__file__, seconds)
        self._lock = threading.Lock()
        self._is_stopped = False
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, picture: QImage | bytes | Path) -> list[str]:
        """Called in a thread: it waits."""
        try:
            given = _given(picture)
        except code_reader.Refused as refused:
            raise _trouble(refused.why) from None
        process = self._start()
        printed, _ = process.communicate(given)
        if process.returncode != 0:
            raise _trouble(process.returncode)
        texts: list[str] = json.loads(printed)
        return texts

    def stop(self) -> None:
        """Called when nobody waits any more."""
        with self._lock:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        with self._lock:
            if self._is_stopped:
                raise PictureTooLarge
            try:
                self._process = subprocess.Popen(  # noqa: S603 (a fixed command)
                    self._command, stdin=pipe, stdout=pipe, stderr=nothing
                )
            except OSError as error:
                _log.warning("no process to read a picture: %s", type(error).__name__)
                raise Trouble from None
            return self._process


def _given(picture: QImage | bytes | Path) -> bytes:
    if isinstance(picture, Path):
        picture = contents(picture)
    return code_reader.packed(picture) if isinstance(picture, bytes) else code_reader.plain(picture)


def _trouble(why: int) -> Trouble:
    """What its end means."""
    if why == code_reader.UNUSABLE:
        return PictureUnusable()
    if why == code_reader.TOO_LARGE or why < 0:  # killed, by us or for want of memory
        return PictureTooLarge()
    _log.warning("the process that reads pictures ended with %s", why)
    return Trouble()
