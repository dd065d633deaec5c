"""One SQLite file for all accounts: opened, brought up to date, written in whole transactions."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from pars_desktop.domain.errors import DatabaseDamaged, StorageFailed
from pars_desktop.store.backup import back_up, forget_backup, is_backup_old
from pars_desktop.store.connection import connect, migrate, translated
from pars_desktop.store.safekeeping import check_file, ensure_file, suspicion

_Values: TypeAlias = Sequence[object] | Mapping[str, object]

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what a person wrote survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA secure_delete = ON",  # an invitation's link, once NULL, is nowhere in the file
    "PRAGMA temp_store = MEMORY",
)
_WHOLE = ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
_PART = ("SAVEPOINT part", "RELEASE part", "ROLLBACK TO part")


class Database:
    """The connection of this process; used in one thread.

    Every method may raise StorageFailed (full, read-only, locked by another process) and
    DatabaseDamaged (the file is checked as a whole at the next start).
    """

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        """Use `open` instead."""
        self._connection = connection
        self._path = path
        self._unsafe = False  # something dear changed in the running transaction
        self._removals = 0
        self.backup_due = path is not None and is_backup_old(path)

    @classmethod
    def open(cls, path: Path | str) -> "Database":
        """Open the file, or make it; ":memory:" is a database that is gone when closed.

        Raises DatabaseTooNew and leaves the file alone if a newer version of the program wrote
        it. Raises DatabaseDamaged once, after the damaged file was put aside: opening again
        continues with the backup or, without one, anew. Raises StorageFailed if the file cannot be
        written.
        """
        if str(path) == ":memory:":
            connection = sqlite3.connect(":memory:", isolation_level=None)
            _prepare(connection)
            return cls(connection, None)
        file = Path(path)
        with translated():
            ensure_file(file)
            check_file(file)
            connection = connect(file)
            was_older = _prepare(connection)
            database = cls(connection, file)
            database.backup_due |= was_older  # one of another version is not as good
            return database

    def close(self) -> None:
        """Write everything into the one file and let go of it."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is one commit, on disk when this ends, or did not happen.

        Inside another one it is a part of that: undone alone if it fails, kept with the whole.
        Nothing inside may await.
        """
        outermost = not self._connection.in_transaction
        begin, commit, rollback = _WHOLE if outermost else _PART
        self.run(begin)
        if outermost:
            self._unsafe = False
        try:
            yield
            self.run(commit)
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it already
                self.run(rollback)
                if not outermost:
                    self.run(commit)
            raise
        if outermost and self._unsafe:
            self.keep_safe()

    def select(self, sql: str, values: _Values = ()) -> list[sqlite3.Row]:
        """All rows a query gives."""
        with self._translated():
            return self._connection.execute(sql, values).fetchall()

    def first(self, sql: str, values: _Values = ()) -> sqlite3.Row | None:
        """The first row a query gives, or None."""
        with self._translated():
            row: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def run(self, sql: str, values: _Values = ()) -> sqlite3.Cursor:
        """Carry out a statement; the cursor tells rowcount and lastrowid."""
        with self._translated():
            return self._connection.execute(sql, values)

    def keep_safe(self) -> None:
        """What changed is dear (an account, an invitation), or must leave the disk.

        It is written through to the main file and the journal is emptied, at the end of the
        running transaction; and the backup is due.
        """
        self._unsafe = self._connection.in_transaction
        if not self._unsafe:
            self.backup_due = self._path is not None
            with suppress(StorageFailed):  # somebody reads: the next one will do; it is committed
                self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup(self) -> None:
        """Bring the backup beside the file up to date. Call it in a thread when `backup_due`.

        The copy holds no readable token. The file is checked on the way: raises DatabaseDamaged
        if it makes no sense, and the backup stays as it was.
        """
        if self._path is None:
            return
        self.backup_due = False
        removals = -1
        try:
            while removals != self._removals:  # an account removed meanwhile must not be in it
                removals = self._removals
                with self._translated():
                    back_up(self._path)
                if removals != self._removals:
                    forget_backup(self._path)
        except BaseException:
            self.backup_due = True
            raise

    def forget_backup(self) -> None:
        """Delete the backup, because something has to be gone for good; a new one is due."""
        self._removals += 1
        if self._path is not None:
            self.backup_due = True
            with translated():
                forget_backup(self._path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with translated():
                yield
        except DatabaseDamaged:
            if self._path is not None:  # look at everything at the next start
                with suppress(OSError):
                    suspicion(self._path).touch(mode=0o600)
            raise


def _prepare(connection: sqlite3.Connection) -> bool:
    """Set the connection up, bring the schema up to date, and make sure that it can write.

    True if the schema was older. Closes the connection if it fails.
    """
    try:
        connection.row_factory = sqlite3.Row
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        was_older = migrate(connection)
        connection.execute("DELETE FROM account WHERE false")  # fails if nothing can be written
    except BaseException:
        connection.close()
        raise
    return was_older
