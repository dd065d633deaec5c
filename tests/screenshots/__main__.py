"""Write build/screenshots/NAME-THEME-SCALE.png for every scene, light and dark, 100 % and 150 %.

python -m tests.screenshots [--to DIR] [--only NAME] [--scale PERCENT] [--theme light|dark]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

THEMES = ("light", "dark")
SCALES = (100, 150)
TO = Path(__file__).resolve().parents[2] / "build" / "screenshots"


def main() -> int:
    """One process per theme and scale: Qt asks for the scale only once."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots")
    parser.add_argument("--to", type=Path, default=TO)
    parser.add_argument("--only", default="", help="a scene's name")
    parser.add_argument("--scale", type=int, action="append", help="per cent")
    parser.add_argument("--theme", choices=THEMES, action="append")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    for theme in asked.theme or THEMES:
        for scale in asked.scale or SCALES:
            env = {
                **os.environ,
                "QT_QPA_PLATFORM": "offscreen",
                "QT_SCALE_FACTOR": str(scale / 100),
                "LC_ALL": "C.UTF-8",
            }
            command = [sys.executable, "-m", "tests.screenshots.take", theme, str(scale)]
            done = subprocess.run([*command, str(asked.to), asked.only], env=env, check=False)
            if done.returncode != 0:
                return done.returncode
    print(f"{len(list(asked.to.glob('*.png')))} pictures in {asked.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
