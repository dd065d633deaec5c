"""Steps that are not due, endings, and sessions that never begin (X-10, X-13, X-14, S20)."""

import asyncio

import pytest

from pars_desktop.domain.errors import (
    ConnectionLost,
    NoSuchServer,
    ServerSilent,
    SessionRefused,
    UsedElsewhere,
)
from tests.xmpp.hostile import (
    BIND_OFFER,
    JID,
    PROCEED,
    SASL,
    SM_OFFER,
    SUCCESS,
    mechanisms,
    message,
    saying,
    serving,
    stream_error,
)
from tests.xmpp.victims import until

# --- steps that are not due -----------------------------------------------------------------

NOT_DUE = {
    "success": SUCCESS,
    "failure": f"<failure xmlns='{SASL}'><not-authorized/></failure>",
    "challenge": f"<challenge xmlns='{SASL}'>cj14</challenge>",
    "proceed": PROCEED,
    "a new login": f"<stream:features>{mechanisms('PLAIN', 'LOGIN')}</stream:features>",
    "a new binding": f"<stream:features>{BIND_OFFER}</stream:features>",
    "an unknown element": "<strange xmlns='urn:strange'/>",
}
IGNORED_BY_BARE = {"a new login", "an unknown element"}


@pytest.mark.parametrize("kind", NOT_DUE)
async def test_x10_a_step_that_is_not_due_is_ignored(victim, certificate, kind):
    """Bare, each of these makes it send something, or ends the link; but for the two named."""
    quiet = []

    async def script(peer):
        await peer.to_readiness()
        await asyncio.sleep(0.1)
        quiet.append(len(peer.heard))
        peer.say(NOT_DUE[kind])
        peer.say(message("after"))
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        await victim.is_told(seconds=1.0)
        await asyncio.sleep(0.2)
        disturbed = len(server.peers[0].heard) != quiet[0] or not victim.is_up
    assert disturbed is (victim.is_bare and kind not in IGNORED_BY_BARE)
    if not victim.is_bare:
        assert victim.bodies == ["after"]


# --- S20, S21: endings and non-beginnings ---------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("conflict", UsedElsewhere),
        ("host-gone", NoSuchServer),
        ("host-unknown", NoSuchServer),
        ("policy-violation", ConnectionLost),
        ("system-shutdown", ConnectionLost),
        ("see-other-host", ConnectionLost),
        ("reset", ConnectionLost),
        ("never-heard-of", ConnectionLost),
    ],
)
async def test_x13_what_a_stream_error_means(hardened, certificate, condition, expected):
    """The control follows. see-other-host carries a port that is none, fatal to slixmpp."""
    script = saying(stream_error(condition, "b.test:port"), then="")
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is expected
        again = await until(lambda: len(server.peers) > 1, 0.4)
    assert again is expected.retries
    assert (hardened.pauses[0] is not None) is expected.retries


async def test_x13_slixmpp_alone_does_nothing_about_a_conflict(bare, certificate):
    async with serving(saying(stream_error("conflict"), then=""), certificate) as server:
        bare.connect(server.port)
        assert await bare.has_session()
        await asyncio.sleep(0.2)
        assert bare.is_up


async def test_x13_nothing_is_read_behind_a_stream_error(victim, certificate):
    async with serving(saying(stream_error("reset")), certificate) as server:
        victim.connect(server.port)
        assert await victim.is_told(seconds=0.3) is victim.is_bare


@pytest.mark.parametrize("ending", ["", "</stream:stream>"])
async def test_x13_an_end_without_a_reason_is_a_lost_connection(hardened, certificate, ending):
    """No control: slixmpp never reconnects by itself."""

    async def script(peer):
        await peer.to_readiness()
        peer.say(ending)

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is ConnectionLost
        assert await until(lambda: len(server.peers) > 1)


@pytest.mark.parametrize("jid", ["mallory@a.test/x", f"{JID}", "", "juliet@evil.test/x", "@@/"])
async def test_x14_s21_another_address_than_ours_gives_no_session(victim, certificate, jid):
    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.to_session(jid=jid)
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    if jid != "@@/":  # which slixmpp cannot parse either
        assert bool(victim.sessions) is victim.is_bare
    assert trouble is (None if victim.is_bare else SessionRefused)


async def test_x14_s21_a_refused_binding_gives_no_session(victim, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.opens(BIND_OFFER, SM_OFFER)
        request = await peer.element("iq")
        peer.say(
            f"<iq type='error' id='{request.get('id')}'><error type='cancel'>"
            "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        )
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    assert bool(victim.sessions) is victim.is_bare
    assert trouble is (None if victim.is_bare else SessionRefused)


async def mute(peer):
    await peer.swallow()
    await peer.swallow()


async def featureless(peer):
    await peer.to_tls()
    await peer.to_login()
    await peer.header()
    peer.say(peer.open_tag())
    await peer.listen()


async def unbinding(peer):
    await peer.to_tls()
    await peer.to_login()
    await peer.opens(BIND_OFFER)
    await peer.listen()


@pytest.mark.parametrize("script", [mute, featureless, unbinding])
async def test_s20_a_server_that_falls_silent_is_told_in_time(victim, certificate, script):
    if not victim.is_bare:
        victim._deadline = 0.3
    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
        assert victim.is_up is victim.is_bare  # bare, it waits for ever
    assert trouble is (None if victim.is_bare else ServerSilent)
