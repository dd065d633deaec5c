"""Desktop entries: the one we ship, with the true path of this program in it.

Quoting follows the Desktop Entry Specification 1.5: values of type string, and The Exec key.
"""

import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pars_desktop

_SCRIPTS = ("pars-desktop", "pars")
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_STRING_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_STRING_UNESCAPES = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r", "s": " "}
_QUOTED_ESCAPES = str.maketrans({mark: "\\" + mark for mark in '"`$\\'})


def own_command(profile: Path | None) -> tuple[str, ...]:
    """How to start this very program from anywhere, with this profile.

    The installed script if that is how we were started; otherwise this interpreter with the
    package's own `__main__.py`, and `-P` so that nothing is imported from the current folder.
    """
    started = Path(sys.argv[0])
    if started.name in _SCRIPTS:
        command: tuple[str, ...] = (str(started.absolute().with_name(_SCRIPTS[0])),)
    else:
        package = Path(pars_desktop.__file__).resolve().parent
        command = (sys.executable, "-P", str(package / "__main__.py"))
    if profile is not None:
        command += ("--profile", str(profile))
    return command


def with_command(entry: str, command: Sequence[str]) -> str:
    """The shipped entry, its `pars-desktop` replaced by the command."""
    program = _SCRIPTS[0]
    tried = command[0].translate(_STRING_ESCAPES)
    return entry.replace(f"\nTryExec={program}\n", f"\nTryExec={tried}\n").replace(
        f"\nExec={program} ", f"\nExec={exec_value(command)} "
    )


def exec_value(words: Sequence[str]) -> str:
    """Words as they stand in an Exec key."""
    if "%" in words[0]:  # GLib looks for the program before it turns %% into %
        words = ("/bin/sh", "-c", 'exec "$0" "$@"', *words)
    return " ".join(_quoted(word) for word in words).translate(_STRING_ESCAPES)


def pairs(file: Path, group: str) -> Iterator[tuple[str, str]]:
    """The keys and values of one group, as written. Raises OSError."""
    inside = False
    for line in lines_of(file):
        if line.startswith("["):
            inside = line.strip() == f"[{group}]"
        elif inside and not line.startswith("#"):
            key, _, value = line.partition("=")
            yield key.strip(), value.strip()


def value_of(entry: Path, key: str) -> str:
    """A plain value out of the main group of an entry; empty if there is none. Raises OSError."""
    return next((value for name, value in pairs(entry, "Desktop Entry") if name == key), "")


def lines_of(file: Path) -> list[str]:
    """The lines of a file, none if there is none. Bytes that are not UTF-8 survive.

    Raises OSError: a list that may not be read must not be taken for an empty one.
    """
    try:
        text = file.read_text("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return []
    return text.removesuffix("\n").split("\n") if text else []


def can_start(entry: Path) -> bool:
    """Its program is still there, as far as TryExec says."""
    program = re.sub(
        r"\\(.)", lambda m: _STRING_UNESCAPES.get(m[1], m[0]), value_of(entry, "TryExec")
    )
    return not program or shutil.which(program) is not None


def _quoted(word: str) -> str:
    word = word.replace("%", "%%")
    if word and _RESERVED.isdisjoint(word):
        return word
    return f'"{word.translate(_QUOTED_ESCAPES)}"'
