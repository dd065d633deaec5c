"""Where the files of one copy live, and where the resources are.

Without a profile the XDG Base Directory Specification decides; with one, every file is below it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pars_desktop.system import handover

APP_ID = "org.pars_desktop.Pars"  # names the desktop entry, the icons and the windows

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one profile. Nothing exists before `create`."""

    profile: Path | None  # None: the person's ordinary one
    data: Path
    config: Path
    cache: Path
    logs: Path

    @classmethod
    def of(cls, profile: str | None, environ: Mapping[str, str] = os.environ) -> "Paths":
        """The places of a profile, or of the person's own if None."""
        data = Path(handover.data_folder(profile, environ))
        if profile is not None:
            root = data.parent
            return cls(root, data, root / "config", root / "cache", root / "logs")
        return cls(
            profile=None,
            data=data,
            config=_xdg(environ, "XDG_CONFIG_HOME", ".config") / "pars-desktop",
            cache=_xdg(environ, "XDG_CACHE_HOME", ".cache") / "pars-desktop",
            logs=_xdg(environ, "XDG_STATE_HOME", ".local/state") / "pars-desktop" / "logs",
        )

    @property
    def database(self) -> Path:
        """Everything that is remembered, but the passwords."""
        return self.data / "pars.db"

    @property
    def settings(self) -> Path:
        """What the person chose for the whole program."""
        return self.config / "settings.json"

    @property
    def lock(self) -> Path:
        """Held by the one running copy; says where its socket is."""
        return self.data / handover.LOCK_NAME

    def create(self) -> None:
        """Make the folders, readable by nobody else. Raises OSError."""
        for folder in (self.data, self.config, self.cache, self.logs):
            make_private(folder)


def make_private(folder: Path) -> None:
    """Make a folder of mode 0700 with everything above it that is missing. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def resource(*parts: str) -> Path:
    """A file we ship: from the installed package, else from the checkout around it."""
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources", _PACKAGE.parent):
        if (found := root.joinpath(*parts)).exists():
            return found
    raise FileNotFoundError("/".join(parts))


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> Path:
    value = environ.get(name, "")
    return Path(value) if value.startswith("/") else Path.home() / otherwise
