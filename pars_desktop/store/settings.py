"""Settings as a small JSON file, readable by its owner alone."""

import json
from dataclasses import asdict, fields
from pathlib import Path

from pars_desktop.base import files
from pars_desktop.domain.errors import StorageFailed
from pars_desktop.domain.settings import Settings
from pars_desktop.store.files import put_aside


class SettingsStore:
    """Reads once, writes seldom. A file that makes no sense is put aside, not overwritten."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def load(self) -> Settings:
        """What was saved last, or the defaults. Raises StorageFailed if it cannot be read."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            raise StorageFailed(error.strerror) from error
        try:
            return _settings(json.loads(text))
        except ValueError:  # not JSON, not UTF-8, not an object
            put_aside(self._path)
            return Settings()

    def save(self, settings: Settings) -> None:
        """Replace the file as a whole: a crash leaves the old one or the new one."""
        text = json.dumps(asdict(settings), indent=1).encode()
        try:
            files.replace(self._path, text)
        except OSError as error:
            raise StorageFailed(error.strerror) from error


def _settings(saved: object) -> Settings:
    """The fields we know, where their value is of the right kind; defaults for the rest."""
    if not isinstance(saved, dict):
        raise ValueError("not an object")
    return Settings(
        **{
            field.name: saved[field.name]
            for field in fields(Settings)
            if type(saved.get(field.name)) is type(field.default)
        }
    )
