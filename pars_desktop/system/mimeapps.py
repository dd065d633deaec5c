"""Which program opens a kind of link: the lists of the MIME Applications Specification 1.0.

We put ourselves in front of the list in the person's own file and leave the rest of it alone, so
that whoever was there before takes over again when we are taken out, or simply gone. (The tools
do worse: xdg-settings may put the old choice back, xdg-mime forgets it.)
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from pars_desktop.base import files
from pars_desktop.system import desktop_entry

_DEFAULTS = "Default Applications"
_HEADER = f"[{_DEFAULTS}]"


class MimeApps:
    """The lists as they apply to one kind, such as `x-scheme-handler/xmpp`."""

    def __init__(self, kind: str, environ: Mapping[str, str] = os.environ) -> None:
        self._kind = kind
        home = Path(environ.get("HOME") or Path.home())
        self.data_home = _absolute(environ, "XDG_DATA_HOME") or home / ".local/share"
        self._config_home = _absolute(environ, "XDG_CONFIG_HOME") or home / ".config"
        self._config_dirs = _folders(environ.get("XDG_CONFIG_DIRS") or "/etc/xdg")
        data = _folders(environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share")
        self._applications = [folder / "applications" for folder in (self.data_home, *data)]
        desktops = environ.get("XDG_CURRENT_DESKTOP", "").lower().split(":")
        names = [f"{desktop}-mimeapps.list" for desktop in desktops if desktop]
        self._names = [*names, "mimeapps.list"]

    def current(self) -> str | None:
        """The id of the entry that opens this kind now, or None."""
        return next((entry for entry in self._candidates() if self._works(entry)), None)

    def find(self, entry: str) -> Path | None:
        """Where an entry of this id is."""
        for folder in self._applications:
            for path in (folder / entry, folder / entry.replace("-", "/", 1)):
                if path.is_file():
                    return path
        return None

    def prefer(self, entry: str) -> None:
        """Put an entry in front. Raises OSError."""

        def in_front(value: str | None) -> str | None:
            others = _without(value, entry)
            return f"{entry};{others}" if others else f"{entry};"

        self._edit(self._config_home / "mimeapps.list", in_front)
        for path in self._own_lists():  # a list for one desktop counts before the general one
            if self._value(path, _DEFAULTS):
                self._edit(path, in_front)

    def drop(self, entry: str) -> None:
        """Take an entry out again, so that what was there before counts. Raises OSError."""
        for path in self._own_lists():
            self._edit(path, lambda value: _without(value, entry) or None)

    def _candidates(self) -> Iterator[str]:
        lists = [
            folder / name
            for folder in (self._config_home, *self._config_dirs, *self._applications)
            for name in self._names
        ]
        for section in (_DEFAULTS, "Added Associations"):
            for path in lists:
                yield from self._value(path, section)
        for folder in self._applications:
            yield from self._value(folder / "mimeinfo.cache", "MIME Cache")

    def _works(self, entry: str) -> bool:
        try:
            path = self.find(entry)
            return path is not None and desktop_entry.can_start(path)
        except OSError:
            return False

    def _own_lists(self) -> list[Path]:
        return sorted(self._config_home.glob("*mimeapps.list"))

    def _value(self, path: Path, group: str) -> list[str]:
        with suppress(OSError):  # a list that nobody lets us read decides nothing for us
            for key, value in desktop_entry.pairs(path, group):
                if key == self._kind:
                    return [entry for entry in value.split(";") if entry]
        return []

    def _edit(self, path: Path, change: Callable[[str | None], str | None]) -> None:
        """Change our one line of the defaults, or add it, or remove it; keep all the others."""
        path = path.resolve()  # some people keep a link here
        lines = desktop_entry.lines_of(path)
        if _HEADER not in lines:
            lines.append(_HEADER)
        start = lines.index(_HEADER)
        after = (i for i in range(start + 1, len(lines)) if lines[i].startswith("["))
        end = next(after, len(lines))
        group = lines[start + 1 : end]
        ours = [i for i, line in enumerate(group) if line.partition("=")[0].strip() == self._kind]
        at = slice(ours[0], ours[0] + 1) if ours else slice(0, 0)
        old = group[at.start].partition("=")[2].strip() if ours else None
        new = change(old)
        if new == old:
            return
        group[at] = [] if new is None else [f"{self._kind}={new}"]
        lines[start:end] = [_HEADER, *group] if any(map(str.strip, group)) else []
        _write(path, lines)


def _without(value: str | None, entry: str) -> str:
    """A list without one entry, otherwise written as it was."""
    return ";".join(part for part in (value or "").split(";") if part != entry)


def _write(path: Path, lines: list[str]) -> None:
    if not any(map(str.strip, lines)):
        path.unlink(missing_ok=True)
        return
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    text = "\n".join(lines) + "\n"
    files.replace(path, text.encode("utf-8", "surrogateescape"), mode=mode)


def _absolute(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "")
    return Path(value) if value.startswith("/") else None


def _folders(value: str) -> list[Path]:
    return [Path(part) for part in value.split(":") if part.startswith("/")]
