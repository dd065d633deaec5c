"""Acts as three people would, from outside: `python -m tests.demo.play`.

Runs as a process of its own, is given everything as one JSON object on standard input, imports
nothing of the program, prints each step with its time, and ends with status 1 and a reason at
the first step that fails.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.demo.browser import Browser
from tests.demo.driver import Player, Server, Stage
from tests.demo.scenes import by_code, by_link, by_page
from tests.desktop.a11y import Desktop, NotThere
from tests.desktop.session import screenshot


async def play(script: dict[str, Any]) -> None:
    """The whole play."""
    stage = Stage(Path(script["pictures"]) if script["pictures"] else None)
    romeo, juliet, mercutio = (Player(**script[who]) for who in ("romeo", "juliet", "mercutio"))
    desktop = await Desktop.connect()
    try:
        await by_link(stage, desktop, romeo, juliet)
        browser = await Browser.running(desktop, **script["browser"])
        mercutio = await by_page(
            stage, desktop, juliet, mercutio, browser, script["page"], Server(**script["server"])
        )
        await by_code(stage, desktop, romeo, mercutio)
    finally:
        desktop.close()


def main() -> int:
    """Play, and say why if it stops."""
    script = json.load(sys.stdin)
    try:
        asyncio.run(play(script))
    except (NotThere, AssertionError, OSError, TimeoutError) as reason:
        print(f"The demonstration stopped: {reason}", file=sys.stderr, flush=True)
        if script["pictures"]:
            screenshot(Path(script["pictures"]) / "stopped.png", dict(os.environ))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
