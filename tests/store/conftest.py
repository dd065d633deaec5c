"""A store to work with: in memory, or in a file of its own."""

from datetime import UTC, datetime

import pytest

from pars_desktop.domain.account import AccountSettings
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.database import Database
from tests.fakes import JULIET
from tests.store.filled import fill


@pytest.fixture
def now():
    return datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def db():
    """A database in memory that knows Juliet's account."""
    database = Database.open(":memory:")
    AccountStore(database).put(AccountSettings(JULIET))
    yield database
    database.close()


@pytest.fixture
def path(tmp_path):
    """Where a database may be made."""
    return tmp_path / "data" / "pars.db"


@pytest.fixture
def filed(path):
    """A database in a file that knows Juliet's account."""
    database = Database.open(path)
    AccountStore(database).put(AccountSettings(JULIET))
    yield database
    database.close()


@pytest.fixture
def full(path):
    """The path of a closed database with an account, invitations and messages."""
    fill(path)
    return path


def everything_in(folder):
    """The bytes of all files in a folder."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())


@pytest.fixture
def bytes_in():
    return everything_in
