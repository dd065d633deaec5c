"""Who is believed to be the server of the account's domain (battery T-1 to T-3, T-11)."""

import ssl
from datetime import timedelta

import pytest

from pars_desktop.domain.errors import (
    CertificateFileUnusable,
    ConnectionLost,
    NoEncryption,
    ServerSilent,
    UntrustedCertificate,
)
from pars_desktop.xmpp.endpoints import Endpoint, endpoints
from pars_desktop.xmpp.tls import tls_context
from tests.xmpp.certificates import now
from tests.xmpp.hostile import DOMAIN, PROCEED, STARTTLS_OFFER, polite, serving
from tests.xmpp.victims import closed_port

BAD = {
    "self-signed": {"hosts": (DOMAIN,), "self_signed": True},
    "expired": {"hosts": (DOMAIN,), "not_after": now() - timedelta(hours=1)},
    "not yet valid": {"hosts": (DOMAIN,), "not_before": now() + timedelta(hours=1)},
    "another host": {"hosts": ("evil.test",)},
    "a subdomain": {"hosts": (f"xmpp.{DOMAIN}",)},
    "a wildcard above": {"hosts": ("*.test.test",)},
    "the address it is at": {"hosts": ("127.0.0.1",)},
    "the host it is at": {"hosts": ("localhost",)},
    "only a common name": {"hosts": (), "common_name": DOMAIN},
    "signed with SHA-1": {"hosts": (DOMAIN,), "sha1": True},
    "an RSA key of 1024 bits": {"hosts": (DOMAIN,), "rsa_bits": 1024},
}


def bad(ca, kind):
    wanted = dict(BAD[kind])
    return ca.issue(*wanted.pop("hosts"), **wanted)


@pytest.mark.parametrize("direct_tls", [False, True], ids=["starttls", "direct"])
@pytest.mark.parametrize("kind", BAD)
async def test_t1_t2_a_bad_certificate_is_refused_at_once_and_for_good(
    hardened, ca, kind, direct_tls
):
    """No control: Python's default context, and so slixmpp, refuses these as well.

    On direct TLS though slixmpp tries again for ever, without a word.
    """
    async with serving(polite, bad(ca, kind), direct_tls=direct_tls) as server:
        hardened.connect(server.port, direct_tls=direct_tls)
        assert await hardened.trouble() is UntrustedCertificate
    assert hardened.troubles[0].reason
    assert hardened.pauses == [None]
    assert hardened.attempts == 1
    assert b"<auth" not in server.heard


async def test_t1_the_same_server_with_a_good_certificate_is_believed(hardened, certificate):
    """The control of all the cases above."""
    async with serving(polite, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()


@pytest.mark.parametrize("direct_tls", [False, True], ids=["starttls", "direct"])
async def test_t1_a_server_that_speaks_only_old_versions_of_tls_is_refused(hardened, direct_tls):
    """The server's answer to our <ClientHello/> is written out: asyncio's would send no alert.

    No control: Python's default context refuses them as well.
    """

    async def script(peer):
        if not direct_tls:
            await peer.opens(STARTTLS_OFFER)
            await peer.element("starttls")
            peer.say(PROCEED)
        await peer.swallow()
        peer.say(bytes.fromhex("15 0301 0002 02 46"))  # a fatal alert: protocol_version
        await peer.swallow()

    async with serving(script) as server:
        hardened.connect(server.port, direct_tls=direct_tls)
        assert await hardened.trouble() is NoEncryption
    assert hardened.pauses == [None]


def test_t1_tls_1_2_is_the_oldest_version_we_speak():
    assert tls_context().minimum_version is ssl.TLSVersion.TLSv1_2


async def test_t1_slixmpp_alone_tries_a_bad_certificate_again_and_again(bare, ca):
    """The control of "no retry storm": this is what `Connection` is for."""
    failures = []
    bare.client.add_event_handler("connection_failed", failures.append)
    bare.client.add_event_handler("reconnect_delay", failures.append)
    async with serving(polite, bad(ca, "self-signed"), direct_tls=True) as server:
        bare.connect(server.port, direct_tls=True)
        await bare.trouble()
    assert len(failures) > 1


async def test_t2_port_5223_means_direct_tls_and_others_starttls(hardened):
    settings = hardened.settings
    for port, expected in ((0, 5222), (5222, 5222), (5223, 5223), (443, 443)):
        given = type(settings)(settings.jid, host="xmpp.a.test", port=port)
        assert await endpoints(given) == [Endpoint("xmpp.a.test", expected, expected == 5223)]


@pytest.mark.parametrize("content", [None, b"", b"no certificate at all\n"])
async def test_t3_a_certificate_file_that_is_none_is_told(hardened, tmp_path, content):
    """No control: slixmpp has no such file."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    hardened.connect(1, ca_file=str(file))
    assert await hardened.trouble() is CertificateFileUnusable
    assert hardened.pauses == [None]


async def test_t3_with_an_empty_list_of_the_system_nobody_is_believed(
    hardened, certificate, tmp_path, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with serving(polite, certificate) as server:
        hardened.connect(server.port, ca_file="")
        assert await hardened.trouble() is UntrustedCertificate


def test_with_a_file_of_its_own_an_account_trusts_nobody_else(ca):
    assert tls_context(str(ca.certificate)).cert_store_stats()["x509_ca"] == 1


async def test_t11_starttls_after_a_blocked_direct_tls_port_follows_the_same_rules(hardened, ca):
    """The one in the middle lets only STARTTLS through, and has no certificate for us."""
    async with serving(polite, ca.issue("evil.test")) as server:
        hardened.records = [
            ("xmpps-client", "127.0.0.1", closed_port()),
            ("xmpp-client", "127.0.0.1", server.port),
        ]
        hardened.connection.start(hardened.settings, "irrelevant")
        assert await hardened.trouble() is UntrustedCertificate
    assert b"<auth" not in server.heard


async def test_t12_an_upgrade_that_breaks_off_is_a_lost_connection(hardened):
    """No control: slixmpp drops the link as well, only without a reason."""

    async def script(peer):
        await peer.opens(STARTTLS_OFFER)
        await peer.element("starttls")
        peer.say(PROCEED)
        await peer.swallow()

    async with serving(script) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is ConnectionLost
    assert hardened.pauses[0] is not None


async def test_t12_a_handshake_that_stalls_is_told_in_time(hardened):
    """No control: slixmpp waits for a minute; that is asyncio's own limit for handshakes."""

    async def script(peer):
        await peer.opens(STARTTLS_OFFER)
        await peer.element("starttls")
        peer.say(PROCEED)
        while True:
            await peer.swallow()

    async with serving(script) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is ServerSilent
    assert len(server.heard) < 4096
