"""A process seen from outside: when it started, what memory it takes, how often it wakes."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.profiles import PARS, ROOT, Profile


@dataclass(frozen=True)
class Idleness:
    """What a process did while nobody asked anything of it."""

    wake_ups: float  # per second, all its threads together
    cpu: float  # milliseconds per second


class Process:
    """One program under observation."""

    def __init__(
        self, command: Sequence[str], environment: dict[str, str], given: str = ""
    ) -> None:
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        )
        if given:
            assert self._process.stdin is not None
            self._process.stdin.write(given.encode())
            self._process.stdin.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self) -> float:
        """When it ended (time.monotonic)."""
        self._process.wait()  # with a time limit it would look only now and then
        return time.monotonic()

    def pss(self) -> float:
        """Its share of the memory, in MiB (proc(5), smaps_rollup)."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        raise ValueError("no Pss in smaps_rollup")

    def cpu(self) -> float:
        """Seconds its threads have run."""
        return sum(int((task / "schedstat").read_text().split()[0]) / 1e9 for task in self._tasks())

    def idleness(self, seconds: float) -> Idleness:
        """Watch it for a while. Threads that end meanwhile are not counted."""
        cpu, switches = self.cpu(), self._switches()
        time.sleep(seconds)
        woken = sum(now - switches.get(task, 0) for task, now in self._switches().items())
        return Idleness(woken / seconds, (self.cpu() - cpu) * 1000 / seconds)

    def quiet(self, limit: float = 30) -> None:
        """Wait until it has done less than 2 % of a second's work for half a second."""
        deadline = time.monotonic() + limit
        while self.idleness(0.5).cpu > 20:
            if time.monotonic() > deadline:
                raise TimeoutError("the program does not come to rest")

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _tasks(self) -> list[Path]:
        return list(Path(f"/proc/{self.pid}/task").iterdir())

    def _switches(self) -> dict[str, int]:
        """How often each thread gave the processor back by itself, which is to go to sleep."""
        found = {}
        for task in self._tasks():
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    found[task.name] = int(line.split()[1])
        return found


@contextlib.contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], given: str = ""
) -> Iterator[Process]:
    """Run a program until the end of the block."""
    process = Process(command, environment, given)
    try:
        yield process
    finally:
        process.end()


@contextlib.contextmanager
def pars(profile: Profile, environment: dict[str, str]) -> Iterator[Process]:
    """Run a copy of the program with this profile until the end of the block."""
    with running(PARS, profile.environment(environment)) as process:
        yield process


def floor(name: str, *arguments: str) -> list[str]:
    """The command of one of the floors."""
    return [sys.executable, str(ROOT / "tests" / "bench" / "floors" / name), *arguments]


def bare(environment: dict[str, str]) -> dict[str, str]:
    """Without the bridge to assistive tools, which nobody asked for here."""
    return environment | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "0", "PYTHONPATH": str(ROOT)}
