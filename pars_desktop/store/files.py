"""Files that belong together by name; a damaged one is never thrown away."""

import time
from pathlib import Path


def beside(path: Path, ending: str) -> Path:
    """The file that belongs to another one and is named after it, like pars.db-wal."""
    return path.with_name(path.name + ending)


def put_aside(path: Path) -> Path:
    """Rename a damaged file, so that it is kept and not in the way; return where it is now."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    ending, number = f".damaged-{stamp}", 1
    while (kept := beside(path, ending)).exists():
        number += 1
        ending = f".damaged-{stamp}-{number}"
    path.rename(kept)
    return kept
