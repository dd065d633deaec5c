"""Much at once: thousands of stanzas in one packet, each with work to do (M-9, R-5, X-4).

The oracle is that the loop never stands still; that nothing is lost or overtaken is asserted.
"""

import asyncio
import time

from tests.oracle import watched
from tests.xmpp.hostile import SM, SM_OFFER, message, serving
from tests.xmpp.victims import until

MANY = 400
WORK = 0.002  # seconds: what a message costs that is written to the disk


def slowly(victim):
    victim.client.add_event_handler("message", lambda _: work())


def work():
    """Busy and not asleep: the oracle does not count a machine that gave us no time."""
    until = time.thread_time() + WORK
    while time.thread_time() < until:
        pass


async def test_m9_a_burst_of_messages_does_not_stop_the_loop_and_keeps_its_order(
    hardened, certificate
):
    """No control: slixmpp has no handlers that cost anything."""
    wanted = [str(number) for number in range(MANY)]
    async with serving(burst(wanted), certificate) as server, watched(()):
        hardened.connect(server.port)
        assert await until(lambda: hardened.connection.client is not None)
        slowly(hardened)
        assert await until(lambda: len(hardened.bodies) == MANY, 10.0)
    assert hardened.bodies == wanted


async def test_m9_what_came_before_the_end_of_the_link_counts(hardened, certificate):
    """No control: see above."""
    wanted = [str(number) for number in range(MANY)]
    counts = []

    async def script(peer):
        if counts:
            return
        counts.append(0)
        await peer.to_readiness(SM_OFFER)
        peer.say("".join(map(message, wanted)))
        await asyncio.sleep(0.1)

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: hardened.connection.client is not None)
        slowly(hardened)
        assert await until(lambda: hardened.troubles, 10.0)
        assert await until(lambda: len(hardened.bodies) == MANY, 10.0)
    assert hardened.bodies == wanted


async def test_m9_the_count_of_what_came_is_that_of_what_was_handled(hardened, certificate):
    """A question in the middle of a burst is answered for what came before it, not for the rest."""
    answers = []

    async def script(peer):
        await peer.to_readiness(SM_OFFER)
        half = "".join(message(str(number)) for number in range(MANY // 2))
        peer.say(half + f"<r xmlns='{SM}'/>" + half + f"<r xmlns='{SM}'/>")
        answers.append((await peer.element("a")).get("h"))
        answers.append((await peer.element("a")).get("h"))
        await peer.listen()

    async with serving(script, certificate) as server:
        hardened.connect(server.port)
        assert await until(lambda: hardened.connection.client is not None)
        slowly(hardened)
        assert await until(lambda: len(answers) == 2, 10.0)
    assert answers == [str(MANY // 2), str(MANY)]


def burst(bodies):
    async def script(peer):
        await peer.to_readiness(SM_OFFER)
        peer.say("".join(map(message, bodies)))
        await peer.listen()

    return script
