"""XML that a server, or a peer through it, should not have sent (battery X-1 to X-8, S7)."""

import asyncio

import pytest

from pars_desktop.domain.errors import ConnectionLost, ForbiddenData
from tests.xmpp import soak
from tests.xmpp.hostile import BIND_OFFER, BOUND, JID, message, saying, serving
from tests.xmpp.oracle import SECRET_BODY, to_strangers
from tests.xmpp.victims import until

DTD = "<!DOCTYPE stream [<!ENTITY a 'forged'>]>"


# --- what is not XML of RFC 6120 --------------------------------------------------------


async def test_x1_entities_are_not_expanded_and_the_stream_is_closed(victim, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.to_login()
        await peer.header()
        opening = peer.open_tag().replace("?>", f"?>{DTD}", 1)
        peer.say(opening + peer.features(BIND_OFFER))
        await peer.binds()
        peer.say(message("&a;"))
        await peer.listen()

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
        await until(lambda: b"restricted-xml" in server.heard, 0.5)
    assert ("forged" in victim.bodies) is victim.is_bare
    assert (b"restricted-xml" in server.heard) is not victim.is_bare
    assert trouble is (None if victim.is_bare else ForbiddenData)


@pytest.mark.parametrize("what", ["<!-- a comment -->", "<?php evil() ?>"])
async def test_x2_comments_and_instructions_close_the_stream(hardened, certificate, what):
    """No control: RFC 6120 §11.1 forbids them; slixmpp lets them pass, which hurts nobody."""
    async with serving(saying(what), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is ForbiddenData
        assert await until(lambda: b"restricted-xml" in server.heard)


async def test_x2_cdata_is_text(hardened, certificate):
    """No control: not an attack."""
    async with serving(saying(message("<![CDATA[<b>&amp;]]>")), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told("<b>&amp;")
        assert hardened.is_up


# --- not well-formed -------------------------------------------------------------------------

BROKEN = [
    b"<message>\xff</message>",
    b"<message>&#0;</message>",
    b"<message>&unknown;</message>",
    b"<message a='1' a='2'/>",
    b"<x:message/>",
    b"<message></presence>",
    b"</stream:stream>>",
]


@pytest.mark.parametrize("what", BROKEN, ids=lambda what: what.decode("latin-1"))
async def test_x3_what_is_not_well_formed_ends_the_link_and_does_not_loop(
    hardened, certificate, what
):
    """No control: slixmpp ends the link as well; that nothing loops is `Connection`'s doing."""
    async with serving(saying(what), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() in (ForbiddenData, ConnectionLost)
        assert await until(lambda: len(server.peers) > 1)
    if not what.startswith(b"</stream"):
        assert hardened.pauses[0] >= 0.1  # the forbidden pause of these tests; 5 s otherwise


# --- endless ---------------------------------------------------------------------------------


async def test_x4_a_stanza_without_end_is_cut(victim, certificate):
    """`make soak` pours 300 MB; and see test_parser for the memory it takes."""
    async with serving(soak.endless(12), certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble(20.0)
        if victim.is_bare:
            await victim.is_told(seconds=10.0)
    assert ("after" in victim.bodies) is victim.is_bare
    assert trouble is (None if victim.is_bare else ForbiddenData)


async def test_x4_a_tag_without_end_is_cut(hardened, certificate):
    """No control: it takes half a minute of one processor, and slixmpp takes all of it."""

    async def script(peer):
        await peer.to_readiness()
        peer.say("<message a='")
        while True:
            await peer.pour(b"x" * 4096, 1)
            await asyncio.sleep(0)

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble(20.0) is ForbiddenData


# --- X-5, S7: deep --------------------------------------------------------------------------------


def deep(depth, before, after):
    return before + "<a>" * depth + "</a>" * depth + after


DEEP_REQUEST = ("<iq type='get' id='d1' from='mallory@evil.test/x' to='" + BOUND + "'>", "</iq>")
DEEP_MESSAGE = (f"<message from='mallory@evil.test/x'><body>{SECRET_BODY}</body>", "</message>")
DEEP_PRESENCE = ("<presence from='mallory@evil.test/x'>", "</presence>")


async def test_x5_s7_a_deep_request_does_not_end_the_link(victim, certificate):
    async with serving(saying(deep(1500, *DEEP_REQUEST)), certificate) as server:
        victim.connect(server.port)
        told = await victim.is_told(seconds=1.0)
        assert told is not victim.is_bare
        assert victim.is_up is not victim.is_bare


@pytest.mark.parametrize("around", [DEEP_REQUEST, DEEP_MESSAGE, DEEP_PRESENCE])
@pytest.mark.parametrize("depth", [128, 600, 5_000, 100_000])
async def test_x5_whatever_is_deep_is_dropped_and_the_link_stays(
    hardened, certificate, depth, around
):
    """The control is S7 above; not every depth in every stanza is fatal to slixmpp."""
    async with serving(saying(deep(depth, *around)), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told(seconds=10.0)
        assert hardened.is_up
    assert hardened.bodies == ["after"]
    assert not to_strangers(server.elements)


async def test_x5_as_deep_as_is_allowed_still_comes_through(hardened, certificate):
    """No control: not an attack."""
    async with serving(saying(deep(127, *DEEP_MESSAGE), then=""), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told(SECRET_BODY)


async def test_x5_a_deep_request_of_our_own_server_hears_why_it_was_dropped(hardened, certificate):
    """No control: see S7."""
    request = deep(600, f"<iq type='set' id='d2' from='{JID}'>", "</iq>")
    async with serving(saying(request), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told()
        assert await until(lambda: b"policy-violation" in server.heard)


@pytest.mark.parametrize(
    "wide",
    [
        "<a/>" * 60_000,
        "<a b='" + "x" * 100_000 + "'/>",
        "<a " + " ".join(f"a{number}='1'" for number in range(10_000)) + "/>",
        "".join(f"<a xmlns='urn:x:{number}'/>" for number in range(20_000)),
    ],
    ids=["children", "one attribute", "attributes", "namespaces"],
)
async def test_x6_a_wide_stanza_does_not_stop_the_loop(hardened, certificate, wide):
    """No control: the oracle of `hardened` watches the loop; slixmpp is not slower here."""
    async with serving(saying(f"<message>{wide}</message>"), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told(seconds=10.0)
        assert hardened.is_up


# --- cut anywhere ----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 4096, 1_000_000])
async def test_x8_however_the_bytes_are_cut_the_same_comes_out(hardened, certificate, size):
    """No control: not an attack; the texts hold characters of two to four bytes."""
    texts = [f"Grüß {number} 京都 🙂" for number in range(20)]
    whole = "".join(message(text) for text in texts).encode()

    async def script(peer):
        await peer.to_readiness()
        for at in range(0, len(whole), size):
            peer.say(whole[at : at + size])
            await asyncio.sleep(0)
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: len(hardened.bodies) == len(texts), 10.0)
    assert hardened.bodies == texts


async def test_x8_a_megabyte_of_stanzas_in_one_go(hardened, certificate):
    """No control: not an attack."""
    one = message("x" * 900)
    async with serving(saying(one * 1000, then="last"), certificate) as server:
        hardened.connect(server.port)
        assert await hardened.is_told("last", 10.0)
    assert len(hardened.bodies) == 1001
