"""The long forms of tests: `python -m tests.soak [--seed N] [--count N] [name…]`.

Each case prints what it did. The same seed makes the same choices; the machine's own timing stays
what it is. The first case that fails ends the run with its traceback and status 1.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before anything asks for a screen, and without its
os.environ["QT_LOGGING_RULES"] = "default.warning=false"  # remarks on what it does not support

from pars_desktop.xmpp.connection import Timing
from tests.desktop.a11y import Desktop
from tests.desktop.session import private_session
from tests.journeys import faults, kills
from tests.journeys.ground import private_home, qt_loop
from tests.journeys.kills import Scene
from tests.journeys.story import Story
from tests.server.prosody import Prosody
from tests.sharing import races as sharing
from tests.soak import invitations
from tests.store import soak as store


@dataclass(frozen=True)
class Run:
    """What the command line asked for."""

    seed: int
    count: int

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed)


def _store(run: Run) -> None:
    """L-1: kill -9 a process that only writes to the store."""
    with tempfile.TemporaryDirectory() as folder:
        kept = store.soak(Path(folder), run.seed, run.count)
    print(f"  {kept} things were kept")


def _sharing(run: Run) -> None:
    """P-4, P-13: copies of one account race for invitations, and are killed at any moment."""

    async def raced(folder: Path) -> None:
        with Prosody.started() as prosody:
            chance = run.chance
            for number in range(run.count):
                place = folder / str(number)
                place.mkdir()
                guests, uses = chance.randint(1, 5), chance.randint(1, 3)
                await sharing.three_copies(prosody, place, guests, uses)
                await sharing.killed_any_time(prosody, place, chance)
                (place / "steps").mkdir()
                await sharing.killed_between(prosody, place / "steps", chance.choice(sharing.STEPS))

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(raced(Path(folder)))


def _story(work: Callable[[Story, Run], Awaitable[None]]) -> Callable[[Run], None]:
    """A case with whole programs in this process, on Qt's loop."""

    async def told(home: Path, run: Run) -> None:
        with Prosody.started() as server:
            async with Story.told(home, server) as story:
                await work(story, run)

    def case(run: Run) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            private_home(Path(folder) / "home") as home,
            asyncio.Runner(loop_factory=qt_loop) as runner,
        ):
            runner.run(told(home, run))

    case.__doc__ = work.__doc__
    return case


def _scene(work: Callable[[Scene, int], Awaitable[None]]) -> Callable[[Run], None]:
    """A case that kills the real program."""

    async def played(run: Run) -> None:
        with Prosody.started() as server, private_session(window_manager=False) as stage:
            desktop = await Desktop.connect(stage.environment["DBUS_SESSION_BUS_ADDRESS"])
            await work(Scene(stage, desktop, server, run.chance), run.count)
            desktop.close()

    def case(run: Run) -> None:
        asyncio.run(played(run))

    case.__doc__ = work.__doc__
    return case


def _invitations(run: Run) -> None:
    """P-1 to P-20: invitations of every kind, twenty for each count; the right friends remain."""
    with tempfile.TemporaryDirectory() as folder, Prosody.started(hibernation=30) as server:
        party = invitations.celebrate(server, Path(folder), run.seed, count=20 * run.count)
        asyncio.run(party)


@_story
async def _cuts(story: Story, run: Run) -> None:
    """N-2: cut at random bytes of login, resumption and sending."""
    await faults.cut_anywhere(story, run.chance, run.count)


@_story
async def _restarts(story: Story, run: Run) -> None:
    """N-3: twenty messages, then the server restarts, again and again."""
    for _ in range(max(1, run.count // 10)):
        await faults.twenty_then(story, story.prosody.restart)


@_story
async def _dead_line(story: Story, _run: Run) -> None:
    """N-1: with the ordinary waits a dead line is noticed within 45 s."""
    await faults.dead_line(story, Timing(), limit=45.0)


@_story
async def _back_off(story: Story, run: Run) -> None:
    """With the ordinary waits: attempts grow rare while nobody listens, and it comes back."""
    await faults.back_off(story, seconds=2.0 * run.count)


@_story
async def _flapping(story: Story, run: Run) -> None:
    """N-6: a second up, a second down."""
    await faults.flapping(story, period=1.0, seconds=2.0 * run.count)


CASES: dict[str, Callable[[Run], None]] = {
    "store": _store,
    "sending": _scene(kills.while_sending),
    "letting-in": _scene(kills.while_letting_in),
    "befriending": _scene(kills.while_befriending),
    "invitations": _invitations,
    "sharing": _sharing,
    "cuts": _cuts,
    "restarts": _restarts,
    "dead-line": _dead_line,
    "back-off": _back_off,
    "flapping": _flapping,
}


def main() -> int:
    """Run the cases named, or all of them."""
    told = "\n".join(
        f"  {name:12} {(case.__doc__ or '').split(chr(10))[0]}" for name, case in CASES.items()
    )
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description="The long forms of tests that wait or repeat:\n" + told,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--count", type=int, default=100, help="repetitions (usual: 100)")
    parser.add_argument("names", nargs="*", metavar="name", help="a case")
    options = parser.parse_args()
    if unknown := set(options.names) - set(CASES):
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    run = Run(options.seed, options.count)
    for name in options.names or CASES:
        print(f"== {name}: seed {run.seed}, count {run.count}", flush=True)
        started = time.monotonic()
        CASES[name](run)
        print(f"== {name} passed in {time.monotonic() - started:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
