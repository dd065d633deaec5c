"""The backup beside the database: everything once a day, and what is dear after each change.

Two files, each written as a whole and never changed: .backup has everything, .accounts has the
accounts with their contacts, invitations and requests as of later. Neither holds a token that
could be read: they can be recognised by the copy, but nobody is let in with it.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pars_desktop.domain.errors import DatabaseDamaged
from pars_desktop.store.connection import DEAR, address, connect, create, is_sound, migrate, pragma
from pars_desktop.store.files import beside, put_aside
from pars_desktop.store.migrations import STEPS

_DAY = 24 * 60 * 60.0
_STRIP = "UPDATE invite SET link = NULL, page = NULL; UPDATE intent SET token = NULL;"
_TAKE_OVER = "".join(
    [f"DELETE FROM {table};" for table in reversed(DEAR)]  # noqa: S608 (names of ours)
    + [f"INSERT INTO {table} SELECT * FROM other.{table};" for table in DEAR]  # noqa: S608
)


def is_backup_old(path: Path) -> bool:
    """Whether everything should be backed up anew."""
    try:
        made = _everything(path).stat().st_mtime
    except OSError:
        return True  # there is none
    return abs(time.time() - made) > _DAY


def has_backup(path: Path) -> bool:
    """Whether there is something to restore."""
    return _everything(path).exists() or _accounts(path).exists()


def back_up(path: Path) -> None:
    """Bring the backup up to date.

    Raises DatabaseDamaged, and keeps the old backup, if the database makes no sense.
    """
    if is_backup_old(path) or not _is_current(_everything(path)):
        _write(_everything(path), lambda new: _copy(path, new, _STRIP))
    _write(_accounts(path), lambda new: _copy_accounts(path, new))


def restore(path: Path, new: Path) -> None:
    """Make a new file out of the backup.

    A damaged backup is put aside, and DatabaseDamaged raised; then the next call does without.
    """
    everything, accounts = _everything(path), _accounts(path)
    for file in (everything, accounts):
        if file.exists() and not is_sound(file):
            raise DatabaseDamaged(str(put_aside(file)))
    if not everything.exists():
        _copy(accounts, new)
        return
    _copy(everything, new)
    later = accounts.exists() and accounts.stat().st_mtime >= everything.stat().st_mtime
    if later and _is_current(accounts):
        with closing(connect(new)) as connection:
            migrate(connection)
            _take_over(connection, accounts)


def forget_backup(path: Path) -> None:
    """Delete the backup."""
    _accounts(path).unlink(missing_ok=True)
    _everything(path).unlink(missing_ok=True)


def _everything(path: Path) -> Path:
    return beside(path, ".backup")


def _accounts(path: Path) -> Path:
    return beside(path, ".accounts")


def _write(backup: Path, fill: Callable[[Path], None]) -> None:
    """Replace a backup by what `fill` makes, if that makes sense."""
    new = beside(backup, ".new")
    try:
        fill(new)
        if not is_sound(new):
            raise DatabaseDamaged
        new.replace(backup)
    finally:
        new.unlink(missing_ok=True)


def _copy(source: Path, new: Path, then: str = "") -> None:
    with closing(connect(source, "ro")) as old, closing(create(new)) as connection:
        old.backup(connection)
        connection.execute("PRAGMA journal_mode = MEMORY")  # the source's came with the copy
        connection.executescript(then)


def _copy_accounts(source: Path, new: Path) -> None:
    with closing(create(new)) as connection:
        migrate(connection)
        _take_over(connection, source)
        connection.executescript(_STRIP)


def _take_over(connection: sqlite3.Connection, source: Path) -> None:
    """Replace the accounts and what is dear of them by those of another file."""
    connection.execute("ATTACH ? AS other", (address(source, "ro"),))
    connection.executescript(f"BEGIN; {_TAKE_OVER} COMMIT;")
    connection.execute("DETACH other")


def _is_current(backup: Path) -> bool:
    with closing(connect(backup, "ro")) as connection:
        return bool(pragma(connection, "user_version") == len(STEPS))
