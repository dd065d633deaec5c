"""What keeps the database file safe: it is made whole, looked at, and put aside when damaged."""

import os
from contextlib import closing
from pathlib import Path

from pars_desktop.base.files import make_folder
from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.store.backup import has_backup, restore
from pars_desktop.store.connection import create, is_sound, migrate
from pars_desktop.store.files import beside, put_aside

_CHECKED_WHOLE = 100 << 20  # bytes up to which a file is read through after a crash


def ensure_file(path: Path) -> None:
    """Make the file if there is none, from the backup if there is one, as its owner's alone.

    It appears under its name only once it is whole: an empty file is never our doing.
    """
    make_folder(path.parent)
    if path.exists():
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return
    if beside(path, "-wal").exists():  # without its database it would be played into the new one
        put_aside(beside(path, "-wal"))
    new = beside(path, f".new-{os.getpid()}")
    if has_backup(path):
        restore(path, new)
    else:
        with closing(create(new)) as connection:
            migrate(connection)
    try:
        path.hardlink_to(new)
    except FileExistsError:
        pass  # another process was faster
    except OSError:  # a file system without links
        new.rename(path)
    new.unlink(missing_ok=True)


def check_file(path: Path) -> None:
    """Put the file aside if it is damaged, and raise DatabaseDamaged: once, then it is gone.

    The small tables are looked at each time; everything after a crash or when a statement met
    damage. A journal that does not fit a sound database goes alone.
    """
    wal, suspect = beside(path, "-wal"), suspicion(path)
    crashed = wal.exists() and wal.stat().st_size > 0
    whole = suspect.exists() or (crashed and path.stat().st_size <= _CHECKED_WHOLE)
    if is_sound(path, whole=whole):
        suspect.unlink(missing_ok=True)
        return
    beside(path, "-shm").unlink(missing_ok=True)
    if crashed and is_sound(path, "ro&immutable=1"):
        raise DatabaseDamaged(str(put_aside(wal)))
    kept = put_aside(path)
    if wal.exists():
        wal.rename(beside(kept, "-wal"))
    suspect.unlink(missing_ok=True)
    raise DatabaseDamaged(str(kept))


def suspicion(path: Path) -> Path:
    """The mark a statement leaves that met damage, so that the next start looks at everything."""
    return beside(path, ".suspect")
