"""The private servers as pytest fixtures: one start per test session."""

from collections.abc import Iterator

import pytest

from tests.server.ejabberd import Ejabberd, EjabberdMissing
from tests.server.prosody import Prosody, ProsodyMissing


@pytest.fixture(scope="session")
def prosody() -> Iterator[Prosody]:
    """A running server. Every test makes accounts of its own on it: `prosody.account()`."""
    try:
        with Prosody.started() as server:
            yield server
    except ProsodyMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture
def own_prosody() -> Iterator[Prosody]:
    """A server for one test alone, which may stop it, kill it or freeze it."""
    try:
        with Prosody.started() as server:
            yield server
    except ProsodyMissing as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def ejabberd() -> Iterator[Ejabberd]:
    """A running server without any invitations of its own; used as `prosody` is."""
    try:
        with Ejabberd.started() as server:
            yield server
    except EjabberdMissing as missing:
        pytest.fail(str(missing), pytrace=False)
