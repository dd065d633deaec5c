"""`make bench`, or `python -m tests.bench [--runs N] [--only WORD ...]`: see tests/bench."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pars_desktop.domain.contact import Contact, Subscription
from tests.bench.figures import SCREEN, Bench
from tests.bench.profiles import ROOT, Profile
from tests.bench.screen import Screen
from tests.bench.table import medians, print_table
from tests.desktop.session import Missing, private_session, unlock_keyring
from tests.server.prosody import Person, Prosody, ProsodyMissing

CHATS, MESSAGES, LETTERS = 1_000, 100_000, 10_000
_RESULT = ROOT / "build" / "bench.json"


def floors(bench: Bench) -> Callable[[], None]:
    """What no program on our stack can do without."""
    somebody = bench.server.account("somebody")

    def measure() -> None:
        bench.python("python", "pass")
        bench.python("slixmpp", "import slixmpp")
        bench.window("empty", "empty_window.py")
        bench.window("list", "plain_list.py")
        bench.least_window(somebody)

    return measure


def start(bench: Bench) -> Callable[[], None]:
    """1,000 chats with 100,000 messages in all."""
    profile = Profile(bench.folder / "many", bench.server.account("romeo"))
    profile.set_up()
    profile.fill(bench.server, chats=CHATS, messages=MESSAGES)
    return lambda: bench.start(profile)


def big_chat(bench: Bench) -> Callable[[], None]:
    """One chat with 100,000 messages."""
    profile = Profile(bench.folder / "big", bench.server.account("romeo"))
    profile.set_up()
    profile.fill(bench.server, chats=1, messages=MESSAGES)
    return lambda: bench.big_chat(profile)


def friends(bench: Bench) -> Callable[[], None]:
    """A new pair each time."""
    return bench.friends


def newcomers(bench: Bench) -> Callable[[], None]:
    """A new pair each time, one of whom has no account yet."""
    return bench.newcomers


def invitations(bench: Bench) -> Callable[[], None]:
    """A new account each time, on a server without invitations and on one with them."""
    return bench.invitations


def catch_up(bench: Bench) -> Callable[[], None]:
    """10,000 messages came while this copy was away."""
    profile = Profile(bench.folder / "before", bench.server.account("romeo"))
    profile.set_up()
    profile.fill(bench.server, chats=10, messages=MESSAGES // 100)
    _send_letters(bench.server, profile.person)
    return lambda: bench.catch_up(profile, LETTERS)


def codes(bench: Bench) -> Callable[[], None]:
    """A code that another program shows, on screens of two sizes."""
    return bench.codes


PARTS = {
    "floors": floors,
    "start": start,
    "big-chat": big_chat,
    "invitations": invitations,
    "friends": friends,
    "newcomers": newcomers,
    "catch-up": catch_up,
    "codes": codes,
}


def _send_letters(server: Prosody, phone: Person) -> None:
    sender = server.account("benvolio")
    server.set_roster(phone.jid, [Contact(sender.jid, "Benvolio", Subscription.BOTH)])
    script = {
        "host": phone.settings.host,
        "port": phone.settings.port,
        "ca_file": phone.settings.ca_file,
        "count": LETTERS,
        "sender": [str(sender.jid), sender.password],
        "phone": [f"{phone.jid}/phone", phone.password],
    }
    # A process of its own: who shares a library with what is measured makes its share smaller.
    command = [sys.executable, "-m", "tests.bench.letters"]
    subprocess.run(command, input=json.dumps(script), text=True, check=True, cwd=ROOT, timeout=120)


def run(bench: Bench, runs: int, words: list[str]) -> None:
    """Every part once per round, so that a machine that drifts drifts for all of them.

    The first round does not count: it writes bytecode and backups, and fills the caches.
    """
    parts = [PARTS[word](bench) for word in words]
    for number in range(runs + 1):
        for measure in parts:
            measure()
        if number == 0:
            bench.found.clear()
        print(f"Round {number} of {runs} is done.", flush=True)


def keep(bench: Bench, runs: int) -> None:
    """Write everything to build/bench.json."""
    _RESULT.parent.mkdir(exist_ok=True)
    result = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.release()}",
        "runs": runs,
        "median": medians(bench.found),
        "values": bench.found,
    }
    _RESULT.write_text(json.dumps(result, indent=1) + "\n")


def main() -> int:
    """Measure; 0 if everything could be measured, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="WORD")
    asked = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    try:
        with (
            Prosody.started() as server,
            private_session(SCREEN) as session,
            tempfile.TemporaryDirectory(prefix="pars-bench-") as folder,
            Screen(session.environment["DISPLAY"]) as screen,
        ):
            unlock_keyring(session)
            bench = Bench(screen, session.environment, server, Path(folder))
            run(bench, asked.runs, asked.only)
    except (Missing, ProsodyMissing, OSError) as reason:
        print(f"Nothing was measured: {reason}", file=sys.stderr)
        return 1
    print_table(bench.found)
    keep(bench, asked.runs)
    print(f"Everything is in {_RESULT}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
