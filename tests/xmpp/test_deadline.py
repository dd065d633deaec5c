"""A time limit that stands still while a person is asked something."""

import asyncio

import pytest

from pars_desktop.xmpp.deadline import Deadline


@pytest.fixture
def missed():
    return []


@pytest.fixture
def deadline(missed):
    return Deadline(0.1, lambda: missed.append(True))


async def test_it_is_missed_once(deadline, missed):
    deadline.start()
    await asyncio.sleep(0.3)
    assert missed == [True]


async def test_it_is_not_missed_if_it_is_stopped(deadline, missed):
    deadline.start()
    deadline.stop()
    await asyncio.sleep(0.2)
    assert not missed


async def test_it_begins_anew_with_every_start(deadline, missed):
    for _ in range(4):
        deadline.start()
        await asyncio.sleep(0.05)
    assert not missed


async def test_a_pause_does_not_count_and_the_rest_does(deadline, missed):
    deadline.start()
    await asyncio.sleep(0.06)
    with deadline.paused():
        with deadline.paused():
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.1)
        assert not missed
    assert not missed
    await asyncio.sleep(0.07)
    assert missed


async def test_a_start_within_a_pause_waits_for_its_end(deadline, missed):
    with deadline.paused():
        deadline.start()
        await asyncio.sleep(0.2)
        assert not missed
    await asyncio.sleep(0.2)
    assert missed


async def test_a_stop_within_a_pause_holds(deadline, missed):
    deadline.start()
    with deadline.paused():
        deadline.stop()
    await asyncio.sleep(0.2)
    assert not missed
