"""Replace a small file in one step, readable by its owner alone."""

import os
from pathlib import Path

from pars_desktop.system.paths import make_private


def replace(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write all of it or nothing, whatever the umask and whenever we die. Raises OSError."""
    make_private(path.parent) if mode == 0o600 else path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
