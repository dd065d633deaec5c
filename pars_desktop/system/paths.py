"""Where the files of one copy live, and where the resources are.

Without a profile the XDG Base Directory Specification decides; with one, every file is below it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pars_desktop.base.files import make_private
from pars_desktop.system import handover

APP_ID = "org.pars_desktop.Pars"  # names the desktop entry, the icons and the windows


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


def _xdg(environ: Mapping[str, str], name: str, otherwise: str) -> Path:
    value = environ.get(name, "")
    return Path(value) if value.startswith("/") else Path.home() / otherwise
