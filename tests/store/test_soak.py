"""L-1 in short: killed at random points, nothing is lost and nothing is doubled."""

import random

import pytest

from pars_desktop.store.database import Database
from tests.store import soak


def test_l1_a_process_killed_at_random_points_loses_and_doubles_nothing(tmp_path):
    seed = random.randrange(1_000_000)

    kept = soak.soak(tmp_path, seed, count=8)

    assert kept > 20, f"seed {seed}"


def test_l1_the_check_would_see_a_loss_and_a_double(tmp_path):
    soak.soak(tmp_path, 1, count=2)
    path = tmp_path / "pars.db"

    with pytest.raises(AssertionError, match="message never-kept"):
        soak.check(path, {"message never-kept"})
    database = Database.open(path)
    database.run("UPDATE chat SET unread = unread + 1")
    database.close()
    with pytest.raises(AssertionError, match="ChatKey"):
        soak.check(path, set())
