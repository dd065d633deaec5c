"""Nothing is told, and nothing is believed, before verified TLS and a login (battery T, S1-S5).

Every case runs against our connection and against a bare slixmpp client, on which it must work.
"""

import base64

import pytest

from pars_desktop.domain.errors import (
    ConnectionLost,
    ForbiddenData,
    NoEncryption,
    NoLogin,
    UntrustedCertificate,
)
from tests.xmpp import hostile
from tests.xmpp.hostile import (
    BIND_OFFER,
    BOUND,
    DOMAIN,
    PASSWORD,
    PROCEED,
    SM_OFFER,
    mechanisms,
    message,
    serving,
    stream_error,
)
from tests.xmpp.victims import until

PASSWORDS = (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()))
PLAIN = base64.b64encode(f"\0juliet\0{PASSWORD}".encode())


def told(server):
    """Whether the password came, as it is or as PLAIN and LOGIN send it."""
    return any(secret in server.heard for secret in (*PASSWORDS, PLAIN))


# --- T-8: a login without TLS ---------------------------------------------------------------------


async def login_without_tls(peer):
    """LOGIN asks for the two halves one after the other; slixmpp answers without a thought."""
    await peer.opens(mechanisms("LOGIN"))
    await peer.element("auth")
    for question in (b"Username:", b"Password:"):
        peer.say(hostile.sasl("challenge", question))
        await peer.element("response")


async def test_t8_login_without_tls_gets_no_password(victim):
    async with serving(login_without_tls) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert told(server) is victim.is_bare
    assert trouble is (None if victim.is_bare else NoEncryption)


@pytest.mark.parametrize("name", ["EXTERNAL", "ANONYMOUS"])
async def test_t8_a_login_without_password_is_not_begun_without_tls(victim, name):
    async def script(peer):
        await peer.opens(mechanisms(name))
        await peer.element("auth")

    async with serving(script) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert (b"<auth" in server.heard) is victim.is_bare
    assert trouble is (None if victim.is_bare else NoEncryption)


@pytest.mark.parametrize("name", ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "X-OAUTH2"])
async def test_t8_no_login_is_begun_without_tls(hardened, name):
    """No control: slixmpp itself refuses PLAIN and SCRAM without TLS, and has no OAuth token."""

    async def script(peer):
        await peer.opens(mechanisms(name))
        await peer.element()

    async with serving(script) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is NoEncryption
    assert b"<auth" not in server.heard
    assert not told(server)


# --- T-9: a session without TLS or without a login ------------------------------------------------


async def session_for_nothing(peer):
    await peer.opens(BIND_OFFER)
    await peer.binds("mallory@evil.test/x")
    peer.say(message("forged"))
    await peer.listen()


async def test_t9_no_session_without_tls(victim):
    async with serving(session_for_nothing) as server:
        victim.connect(server.port)
        await victim.trouble()
    assert bool(victim.sessions) is victim.is_bare
    assert ("forged" in victim.bodies) is victim.is_bare
    assert (b"<iq" in server.heard) is victim.is_bare


async def test_t9_no_session_without_a_login(victim, certificate):
    async def script(peer):
        await peer.to_tls()
        await session_for_nothing(peer)

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert bool(victim.sessions) is victim.is_bare
    assert trouble is (None if victim.is_bare else NoLogin)


@pytest.mark.parametrize(
    "offer", [SM_OFFER, "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", ""]
)
async def test_t9_nothing_else_is_begun_without_tls_either(hardened, offer):
    """No control: slixmpp does not know how to begin with these alone, and waits for ever."""

    async def script(peer):
        await peer.opens(offer)
        await peer.element()

    async with serving(script) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is NoEncryption
    assert not server.elements


# --- T-10: stanzas before TLS ---------------------------------------------------------------------


async def test_t10_a_message_before_tls_is_not_believed(victim):
    async def script(peer):
        await peer.header()
        peer.say(peer.open_tag() + message("forged"))
        await peer.listen()

    async with serving(script) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert ("forged" in victim.bodies) is victim.is_bare
    assert trouble is (None if victim.is_bare else ForbiddenData)


async def test_t10_a_roster_push_before_tls_changes_nothing(victim):
    async def script(peer):
        await peer.header()
        peer.say(
            peer.open_tag() + "<iq type='set' id='p1'><query xmlns='jabber:iq:roster'>"
            "<item jid='mallory@evil.test' name='Your Bank' subscription='both'/></query></iq>"
        )
        await peer.listen()

    async with serving(script) as server:
        victim.connect(server.port)
        await victim.trouble()
    assert bool(victim.pushes) is victim.is_bare


async def test_t10_a_message_between_tls_and_login_is_not_believed(victim, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.header()
        peer.say(peer.open_tag() + message("forged"))
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        await victim.trouble()
    assert ("forged" in victim.bodies) is victim.is_bare


@pytest.mark.parametrize("rest", [message("forged"), message("forged")[:30], "<stream:features>"])
async def test_t10_what_follows_proceed_in_the_clear_is_not_believed(victim, certificate, rest):
    """An injected beginning of a stanza does nothing to a bare client; the rest of it does."""

    async def script(peer):
        await peer.opens(hostile.STARTTLS_OFFER)
        await peer.element("starttls")
        peer.say(PROCEED + rest)
        await peer.start_tls()
        await peer.to_readiness()
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble(1.0 if victim.is_bare else 5.0)
    if rest.endswith("</message>"):
        assert ("forged" in victim.bodies) is victim.is_bare
    assert bool(victim.sessions) is victim.is_bare
    assert trouble is (None if victim.is_bare else ForbiddenData)


# --- T-6, T-7: other hosts ------------------------------------------------------------------------


async def steal(peer):
    """A server with a good certificate for its own name, which takes any password."""
    await peer.to_tls()
    await peer.opens(mechanisms("PLAIN"))
    await peer.element("auth")


async def test_t6_see_other_host_does_not_change_whose_certificate_counts(victim, ca):
    """Whoever sits on the line sends the client elsewhere, and is elsewhere as well."""
    redirected = []

    async def script(peer):
        if redirected:
            await steal(peer)
        redirected.append(peer)
        await peer.header()
        peer.say(peer.open_tag() + stream_error("see-other-host", "localhost"))

    async with serving(script, ca.issue("localhost")) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
        await until(lambda: told(server), 1.0)
    assert told(server) is victim.is_bare
    assert trouble is (None if victim.is_bare else ConnectionLost)


async def test_t6_see_other_host_after_the_login_is_not_followed(hardened, certificate, ca):
    """The control is the case before TLS: slixmpp does the same at any time."""
    async with serving(steal, ca.issue("localhost")) as thief:

        async def script(peer):
            await peer.to_readiness()
            peer.say(stream_error("see-other-host", f"localhost:{thief.port}"))
            await peer.listen()

        async with serving(script, certificate) as server:
            hardened.connect(server.port)
            assert await hardened.trouble() is ConnectionLost
            assert await until(lambda: len(server.peers) > 1)
    assert not thief.peers


@pytest.mark.parametrize("direct_tls", [False, True])
async def test_t7_an_srv_record_to_another_host_does_not_change_whose_certificate_counts(
    hardened, ca, direct_tls
):
    """No control: slixmpp checks the account's domain as well."""
    other = ca.issue("evil.test", "127.0.0.1")
    async with serving(steal, other, direct_tls=direct_tls) as server:
        service = "xmpps-client" if direct_tls else "xmpp-client"
        hardened.records = [(service, "127.0.0.1", server.port)]
        hardened.connection.start(hardened.settings, PASSWORD)
        assert await hardened.trouble() is UntrustedCertificate
    assert not told(server)
    assert hardened.settings.jid.domain == DOMAIN
    assert BOUND not in server.heard.decode(errors="replace")
