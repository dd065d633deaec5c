"""A server that cheats in SCRAM learns nothing and stops nothing (battery T-13, S24)."""

import asyncio
import base64

import pytest

from pars_desktop.domain.errors import UnsafeLogin
from tests.xmpp.hostile import PASSWORD, SUCCESS, ScramServer, mechanisms, sasl, serving

# --- T-13: a server that cheats in SCRAM ----------------------------------------------------------


class Cheat(ScramServer):
    """Spoils one attribute of its challenge."""

    def __init__(self, auth, wanted):
        super().__init__(auth, PASSWORD)
        self.wanted = wanted

    def challenge(self):
        good = super().challenge()
        first = self.wanted(good, self.nonce)
        self._first = first
        return first


CHALLENGES = {
    "one iteration": lambda good, _: good.replace(b"i=4096", b"i=1"),
    "4095 iterations": lambda good, _: good.replace(b"i=4096", b"i=4095"),
    "2^31 iterations": lambda good, _: good.replace(b"i=4096", b"i=2147483648"),
    "a million and one": lambda good, _: good.replace(b"i=4096", b"i=1000001"),
    "no number": lambda good, _: good.replace(b"i=4096", b"i=many"),
    "a negative number": lambda good, _: good.replace(b"i=4096", b"i=-4096"),
    "digits of another script": lambda good, _: good.replace(b"4096", "٤٠٩٦".encode()),
    "no iteration count": lambda good, _: good.replace(b",i=4096", b""),
    "a nonce of its own": lambda good, nonce: good.replace(nonce, b"mine-alone-0123456789"),
    "our nonce, not extended": lambda good, nonce: good.replace(nonce, nonce[:-6]),
    "no nonce": lambda good, nonce: good.replace(b"r=" + nonce + b",", b""),
    "a mandatory extension": lambda good, _: b"m=new," + good,
    "no salt": lambda good, _: good.replace(b"s=" + good.split(b"s=")[1].split(b",")[0], b"s="),
    "a broken salt": lambda good, _: good.replace(b"s=", b"s=!"),
    "nothing": lambda good, _: b"",
    "no UTF-8": lambda good, _: b"\xff" + good,
}
# What a bare slixmpp answers with a proof, from which the password can be guessed offline.
ANSWERED_BY_BARE = {"one iteration", "4095 iterations", "our nonce, not extended", "no salt"}


async def cheating(kind, victim, certificate):
    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-256"))
        auth = await peer.element("auth")
        peer.say(sasl("challenge", Cheat(auth, CHALLENGES[kind]).challenge()))
        await peer.element("response")

    async with serving(script, certificate) as server:
        victim.connect(server.port)
        trouble = await victim.trouble()
    return server, trouble


@pytest.mark.parametrize("kind", CHALLENGES)
async def test_t13_a_careless_or_forged_challenge_gets_no_proof(hardened, certificate, kind):
    """The control is the next test: some of these slixmpp refuses too, or hangs on for ever."""
    server, trouble = await cheating(kind, hardened, certificate)
    assert trouble is UnsafeLogin
    assert b"<response" not in server.heard
    assert hardened.pauses == [None]


@pytest.mark.parametrize("kind", sorted(ANSWERED_BY_BARE))
async def test_t13_which_slixmpp_alone_gives(bare, certificate, kind):
    server, _ = await cheating(kind, bare, certificate)
    assert b"<response" in server.heard


async def test_t13_a_million_iterations_do_not_stop_the_loop(hardened, certificate):
    """The oracle of `hardened` watches the loop. The control would take two seconds of it."""

    class Slow(ScramServer):
        iterations = 1_000_000

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-256"))
        scram = Slow(await peer.element("auth"), PASSWORD)
        peer.say(sasl("challenge", scram.challenge()))
        response = await peer.element("response")
        final = await asyncio.to_thread(scram.final, response)
        peer.say(sasl("success", final))
        await peer.to_session()
        await peer.listen()

    hardened._deadline = 20.0
    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session(15.0)


@pytest.mark.parametrize("final", [b"", b"v=" + base64.b64encode(b"wrong"), b"v=!", b"e=other"])
async def test_t13_a_server_that_does_not_know_the_password_is_told_apart(
    hardened, certificate, final
):
    """No control: slixmpp checks the signature as well; without one it dies of a ValueError."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-256"))
        scram = ScramServer(await peer.element("auth"), PASSWORD)
        peer.say(sasl("challenge", scram.challenge()))
        await peer.element("response")
        peer.say(sasl("success", final))
        await peer.to_session()
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is UnsafeLogin
    assert not hardened.sessions


async def test_t13_success_without_a_challenge_is_not_believed(hardened, certificate):
    """No control: slixmpp dies of it as well."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-1"))
        await peer.element("auth")
        peer.say(SUCCESS)
        await peer.to_session()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.trouble() is UnsafeLogin


async def test_a_server_may_prove_itself_before_success(hardened, certificate):
    """RFC 5802 §5 puts the signature into a last challenge where there is no room elsewhere."""

    async def script(peer):
        await peer.to_tls()
        await peer.opens(mechanisms("SCRAM-SHA-1"))
        scram = ScramServer(await peer.element("auth"), PASSWORD)
        peer.say(sasl("challenge", scram.challenge()))
        peer.say(sasl("challenge", scram.final(await peer.element("response"))))
        assert not (await peer.element("response")).text
        peer.say(SUCCESS)
        await peer.to_session()
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await hardened.has_session()
