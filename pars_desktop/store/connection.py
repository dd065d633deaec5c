"""SQLite at our door: how we connect, what its failures mean, whether a file makes sense."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pars_desktop.domain.errors import DatabaseDamaged, DatabaseTooNew, StorageFailed, Trouble
from pars_desktop.store.migrations import APPLICATION_ID, STEPS

# Seconds a statement may wait for another process: the window stands still meanwhile.
PATIENCE = 0.1
# What may not be lost, and is small: it is looked at each time a file is opened, and backed up
# after each change. What hangs on another table comes after it.
DEAR = (
    "account",
    "contact",
    "newcomer",
    "invite",
    "redemption",
    "shared",
    "attempt",
    "intent",
    "request",
)


def trouble(error: sqlite3.Error | OSError) -> Trouble | None:
    """What a failure means to a person; None if it is a mistake of ours and should be seen."""
    if isinstance(error, OSError):
        return StorageFailed(error.strerror or "")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DatabaseDamaged()
    if isinstance(error, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
        return StorageFailed(error.sqlite_errorname)
    return None


@contextmanager
def translated() -> Iterator[None]:
    """Failures of SQLite and the file system inside become ours."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if (known := trouble(error)) is None:
            raise
        raise known from error


def connect(path: Path, how: str = "rw") -> sqlite3.Connection:
    """Open an existing file ("rw", "ro", "ro&immutable=1"); transactions are written out."""
    return sqlite3.connect(address(path, how), uri=True, isolation_level=None, timeout=PATIENCE)


def create(path: Path) -> sqlite3.Connection:
    """Make a file that is its owner's alone. It counts only once it is whole: no journal."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    connection = connect(path)
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA secure_delete = ON")
    return connection


def address(path: Path, how: str) -> str:
    """A file as SQLite wants it, to connect to it and for ATTACH."""
    return f"{path.absolute().as_uri()}?mode={how}"


def pragma(connection: sqlite3.Connection, name: str) -> Any:
    """What a pragma answers."""
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def migrate(connection: sqlite3.Connection) -> bool:
    """Bring the schema up to date, one whole step at a time. False: it was so before.

    Raises DatabaseTooNew.
    """
    version = pragma(connection, "user_version")
    if version > len(STEPS):
        raise DatabaseTooNew
    for number, step in enumerate(STEPS[version:], version + 1):
        connection.executescript(
            f"BEGIN IMMEDIATE; {step}; PRAGMA application_id = {APPLICATION_ID};"
            f"PRAGMA user_version = {number}; COMMIT;"
        )
    return bool(version < len(STEPS))


def is_sound(path: Path, how: str = "ro", *, whole: bool = True) -> bool:
    """Whether this is a database of ours whose pages make sense: all, or those that are dear.

    The connection only reads, so that nothing of a foreign journal gets into the file.
    """
    try:
        with closing(connect(path, how)) as connection:
            connection.execute("PRAGMA cell_size_check = ON")
            if pragma(connection, "application_id") != APPLICATION_ID:
                return False
            version = pragma(connection, "user_version")
            if version > len(STEPS):
                return True  # not ours to judge
            made = "".join(STEPS[:version])  # an older file has not all tables
            parts = [1] if whole else [each for each in DEAR if f"CREATE TABLE {each} (" in made]
            return all(pragma(connection, f"quick_check({part})") == "ok" for part in parts)
    except sqlite3.DatabaseError as error:
        known = trouble(error)
        if known is None or isinstance(known, DatabaseDamaged):  # None: a table is missing
            return False
        raise
