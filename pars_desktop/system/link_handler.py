"""Makes us the program that opens xmpp: links for this user, where asked, and undoes it.

Every method reads or writes a few files and may be called from a thread.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from pars_desktop.base import files
from pars_desktop.base.resources import resource
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.system import desktop_entry
from pars_desktop.system.mimeapps import MimeApps
from pars_desktop.system.paths import APP_ID, Paths

_ENTRY = f"{APP_ID}.desktop"
_KIND = "x-scheme-handler/xmpp"
_READABLE = 0o644  # the desktop's own programs read these


class LinkHandler:
    """The desktop entry and icons of this user, and the choice of who opens xmpp: links."""

    def __init__(self, paths: Paths) -> None:
        self._apps = MimeApps(_KIND, os.environ)
        self._profile = paths.profile

    def is_default(self) -> bool:
        """xmpp: links open with this program now: with this very path and profile."""
        installed = self._apps.data_home / "applications" / _ENTRY
        return self._apps.current() == _ENTRY and _read(installed) == self._entry()

    def current_default(self) -> str | None:
        """The name of the other program that opens xmpp: links now; None if there is none."""
        current = self._apps.current()
        path = self._apps.find(current) if current and current != _ENTRY else None
        if path is None:
            return None
        return desktop_entry.value_of(path, "Name") or path.stem

    def register(self) -> bool:
        """Install entry and icons, and open xmpp: links from now on. Raises StorageFailed.

        False: all is in place, but something of the desktop still prefers another program.
        Whoever was there before is kept behind us; ask the person first.
        """
        applications = self._apps.data_home / "applications"
        try:
            for source, target in self._icons():
                files.replace(target, source.read_bytes(), mode=_READABLE)
            files.replace(applications / _ENTRY, self._entry(), mode=_READABLE)
            self._apps.prefer(_ENTRY)
        except OSError as error:
            raise StorageFailed from error
        _refresh(applications)
        return self.is_default()

    def unregister(self) -> None:
        """Remove what `register` made; who was there before opens links again.

        Raises StorageFailed.
        """
        applications = self._apps.data_home / "applications"
        try:
            self._apps.drop(_ENTRY)
            (applications / _ENTRY).unlink(missing_ok=True)
            for _, target in self._icons():
                target.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFailed from error
        _refresh(applications)

    def _entry(self) -> bytes:
        shipped = resource("desktop", _ENTRY).read_text("utf-8")
        command = desktop_entry.own_command(self._profile)
        return desktop_entry.with_command(shipped, command).encode("utf-8", "surrogateescape")

    def _icons(self) -> Iterator[tuple[Path, Path]]:
        """What we ship, and where the icon theme of last resort wants it (Icon Theme Spec)."""
        theme = self._apps.data_home / "icons" / "hicolor"
        shipped = resource("icons")
        yield shipped / "pars.svg", theme / "scalable" / "apps" / f"{APP_ID}.svg"
        for picture in sorted(shipped.glob("pars-*.png")):
            size = picture.stem.removeprefix("pars-")
            yield picture, theme / f"{size}x{size}" / "apps" / f"{APP_ID}.png"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _refresh(applications: Path) -> None:
    """Let the desktop's index of entries be written anew, where there is a program for it."""
    program = shutil.which("update-desktop-database")
    if program is None or not applications.is_dir():
        return
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):  # the choice stands without it
        subprocess.run(  # noqa: S603 (a fixed command)
            [program, "-q", str(applications)], timeout=10, check=False, capture_output=True
        )
