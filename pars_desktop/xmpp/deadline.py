"""A time limit for what the server has to do; while a person thinks it is stopped."""

import asyncio
from collections.abc import Callable


class Deadline:
    """Calls `missed` once, unless it is stopped before the seconds are over."""

    def __init__(self, seconds: float, missed: Callable[[], None]) -> None:
        self._seconds = seconds
        self._missed = missed
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Run from now on, from the beginning."""
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._missed)

    def stop(self) -> None:
        """It was kept, or does not matter any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
