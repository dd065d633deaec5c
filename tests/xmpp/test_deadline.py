"""A time limit that begins anew, and is stopped while a person thinks."""

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


async def test_it_can_be_missed_again_after_another_start(deadline, missed):
    deadline.start()
    await asyncio.sleep(0.2)
    deadline.start()
    await asyncio.sleep(0.2)
    assert missed == [True, True]
