"""A CA, a good certificate, and both victims side by side."""

import gc

import pytest

from tests.oracle import watched
from tests.xmpp.certificates import make_ca
from tests.xmpp.hostile import DOMAIN
from tests.xmpp.office import register as register
from tests.xmpp.oracle import SECRETS
from tests.xmpp.victims import Bare, Hardened


@pytest.fixture(scope="session")
def ca(tmp_path_factory):
    """One CA for all tests; an RSA one, so that it can sign with SHA-1 as well."""
    return make_ca(tmp_path_factory.mktemp("ca"), rsa_bits=2048)


@pytest.fixture(scope="session")
def certificate(ca):
    """A good certificate for the scripted server."""
    return ca.issue(DOMAIN)


@pytest.fixture
async def hardened(ca):
    """Our connection, under the oracle."""
    victim = Hardened(ca.certificate)
    async with watched(SECRETS):
        yield victim
        await victim.close()


@pytest.fixture
async def bare(ca, errors_logged):
    """slixmpp as it comes: the control. What it logs and leaks is not judged."""
    victim = Bare(ca.certificate)
    yield victim
    await victim.close()
    errors_logged.clear()
    del victim
    gc.collect()


@pytest.fixture(params=["hardened", "bare"])
def victim(request):
    """Each of them in turn. A test asserts that the attack works if, and only if, it is bare."""
    return request.getfixturevalue(request.param)
