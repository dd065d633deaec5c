"""Bad lines and hasty ends (battery N), short; `make soak` does the same for long."""

import random
import time

import pytest

from pars_desktop.core.account import State
from pars_desktop.xmpp.connection import Timing
from tests.journeys import faults
from tests.journeys.ground import until
from tests.journeys.story import Story

pytestmark = pytest.mark.prosody

ALERT = Timing(first_pause=0.05, longest_pause=0.3, ping_after=0.6, ping_answer=0.4, goodbye=1.0)


async def test_n1_a_dead_line_is_noticed_and_what_was_written_waits(story):
    await faults.dead_line(story, ALERT, limit=3.0)


async def test_n2_cut_anywhere_each_message_arrives_once_and_in_order(story):
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")

    await faults.cut_anywhere(story, random.Random(seed), count=8)


async def test_n3_twenty_messages_survive_a_cut(story):
    await faults.twenty_then(story, lambda: None)


async def test_n3_twenty_messages_survive_a_server_that_forgot_the_session(home, own_prosody):
    async with Story.told(home, own_prosody) as story:
        await faults.twenty_then(story, own_prosody.restart)


async def test_n6_a_flapping_line(story):
    await faults.flapping(story, period=0.1, seconds=1)


@pytest.mark.parametrize("moment", ["sending", "waiting to reconnect", "signing in"])
async def test_n9_leaving_is_quick_and_the_outbox_is_kept(story, moment):
    async with faults.Pair.on_a_bad_line(story) as pair:
        if moment == "waiting to reconnect":
            pair.line.go_down()
            await until(lambda: pair.his.accounts[0].status.state is State.WAITING)
        elif moment == "signing in":
            before = pair.line.connections
            pair.line.freeze()
            pair.line.cut()
            await until(lambda: pair.line.connections > before)  # and the server says nothing
            assert pair.his.accounts[0].status.state is State.CONNECTING
        for _ in range(5):
            await pair.writes(pair.his)
        asked = time.monotonic()
        await pair.his.quit()
        assert time.monotonic() - asked < 3
        pair.line.come_up()
        pair.line.thaw()

        await pair.his.start()
        await until(pair.everything_arrived_once)
