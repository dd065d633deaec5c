"""A time limit that stands still while a person is asked something."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadline:
    """Calls `missed` once, unless it is stopped before the seconds are over."""

    def __init__(self, seconds: float, missed: Callable[[], None]) -> None:
        self._seconds = seconds
        self._missed = missed
        self._left: float | None = None  # None: not running
        self._since = 0.0
        self._pauses = 0
        self._timer: asyncio.Handle | None = None

    def start(self) -> None:
        """Run from now on, from the beginning."""
        self.stop()
        self._left = self._seconds
        self._run()

    def stop(self) -> None:
        """It was kept, or does not matter any more."""
        self._hold()
        self._left = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time does not count within. Pauses may overlap."""
        self._pauses += 1
        self._hold()
        try:
            yield
        finally:
            self._pauses -= 1
            self._run()

    def _run(self) -> None:
        if self._left is None or self._pauses or self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        self._timer = loop.call_later(self._left, self._is_over)

    def _hold(self) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        if self._left is not None:
            passed = asyncio.get_running_loop().time() - self._since
            self._left = max(0.0, self._left - passed)

    def _is_over(self) -> None:
        self._timer = None
        self._left = None
        self._missed()
