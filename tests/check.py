"""Every check there is, cheapest first; stops at the first failure: `python -m tests.check`."""

import subprocess
import sys
import time
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_BIN = Path(sys.executable).parent

CHECKS = [
    ("format", [_BIN / "ruff", "format", "--check", "--quiet", "."]),
    ("lint", [_BIN / "ruff", "check", "--quiet", "."]),
    ("layering", [_BIN / "lint-imports"]),
    ("types", [_BIN / "mypy"]),
    ("tests", [sys.executable, "-m", "pytest", "-q"]),
]


def main() -> int:
    """Run the checks; 0 if all of them passed, else the status of the one that failed."""
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run([str(part) for part in command], cwd=_ROOT, check=False).returncode
        if status:
            print(f"== {name} failed", flush=True)
            return status
        print(f"== {name} passed in {time.monotonic() - started:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
