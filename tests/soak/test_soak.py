"""The command line of the long forms; the cases themselves are tested, short, where they live."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def soak(*words):
    return subprocess.run(
        [sys.executable, "-m", "tests.soak", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_a_case_is_run_as_asked_and_says_its_seed():
    done = soak("--seed", "7", "--count", "2", "store")

    assert (done.returncode, done.stderr) == (0, "")
    assert "== store: seed 7, count 2" in done.stdout
    assert "== store passed" in done.stdout


def test_a_case_that_does_not_exist_is_named():
    done = soak("thunder")

    assert done.returncode == 2
    assert "there is no case thunder" in done.stderr
