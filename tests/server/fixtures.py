"""The private Prosody as a pytest fixture: one start per test session."""

from collections.abc import Iterator

import pytest

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
