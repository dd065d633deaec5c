"""Files and folders that are their owner's alone, whatever the umask."""

import os
from pathlib import Path

PRIVATE = 0o600


def make_folder(folder: Path) -> None:
    """Make what is missing of a path, for its owner alone; leave what exists. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private(folder: Path) -> None:
    """Make a folder, and close it to others if it was open to them. Raises OSError."""
    make_folder(folder)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def replace(path: Path, data: bytes, *, mode: int = PRIVATE) -> None:
    """Write all of a small file or nothing of it, whenever we die. Raises OSError."""
    if mode == PRIVATE:
        make_folder(path.parent)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
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
