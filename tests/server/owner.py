"""Whom the private servers of the tests run as: never root, whoever started the tests."""

import os
import pwd
import re
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """Whom the process and its files belong to."""

    prefix: tuple[str, ...]  # what goes before the command
    ids: tuple[int, int] | None  # None: ourselves

    def give(self, path: Path) -> None:
        if self.ids:
            os.chown(path, *self.ids)


_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")


def unprivileged() -> Owner:
    """Servers refuse to run as root, or should. In every case they die with us."""
    if os.geteuid() != 0:
        return Owner(_DIES_WITH_US, None)
    user = next((name for name in ("prosody", "nobody") if _exists(name)), "nobody")
    entry = pwd.getpwnam(user)
    become = ["--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups"]
    if may_enter := _capability_to_enter_every_folder():
        become += ["--inh-caps", f"+{may_enter}", "--ambient-caps", f"+{may_enter}"]
    return Owner((*_DIES_WITH_US, *become), (entry.pw_uid, entry.pw_gid))


def may_enter_everything() -> Owner:
    """For servers that ask whether they may before they do: a capability does not count then.

    Where the top folder is open to root alone there is no other way than to be root.
    """
    is_open = Path("/").stat().st_mode & stat.S_IXOTH
    return unprivileged() if is_open else Owner(_DIES_WITH_US, None)


def _capability_to_enter_every_folder() -> str | None:
    """Lets it reach its files when a folder above them is open to root alone.

    Such is a TMPDIR of root's own, or the top of some changed roots. Containers often have only
    the second one, and some have neither.
    """
    ours = re.search(r"^CapEff:\s*(\w+)$", Path("/proc/self/status").read_text(), re.MULTILINE)
    bits = int(ours[1], 16) if ours else 0
    known = {"dac_read_search": 2, "dac_override": 1}  # linux/capability.h
    return next((name for name, bit in known.items() if bits >> bit & 1), None)


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
