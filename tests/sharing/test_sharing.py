"""Three copies of one account on a real server: one approval for each use, none lost, kill -9."""

import pytest

from tests.sharing import races


async def test_p4_three_copies_and_one_guest(prosody, tmp_path):
    await races.three_copies(prosody, tmp_path, guests=1, uses=1)


async def test_p4_three_copies_and_several_guests_at_once_on_two_uses(prosody, tmp_path):
    await races.three_copies(prosody, tmp_path, guests=4, uses=2)


@pytest.mark.parametrize("step", races.STEPS)
async def test_p13_kill_9_between_the_steps(prosody, tmp_path, step):
    await races.killed_between(prosody, tmp_path, step)
