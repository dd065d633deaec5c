"""The wheel works where nothing else of the project is."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_is_built_installed_and_used_in_an_empty_environment():
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging/check_wheel.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
