"""One thing is done at once; a flood of them is done in batches."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer

T = TypeVar("T")
_PAUSE_MS = 30


class Gather(Generic[T]):
    """Hands on what it is given: alone when it is quiet, together when much comes at a time."""

    def __init__(
        self, owner: QObject, act: Callable[[list[T]], object], pause_ms: int = _PAUSE_MS
    ) -> None:
        self._act = act
        self._waiting: list[T] = []
        self._pause = QTimer(owner, singleShot=True, interval=pause_ms)
        self._pause.timeout.connect(self._go_on)

    def add(self, item: T) -> None:
        """Act on it now, or with the others when the pause is over."""
        self._waiting.append(item)
        if not self._pause.isActive():
            self.flush()

    def flush(self) -> None:
        """Act on everything now."""
        items, self._waiting = self._waiting, []
        self._pause.start()
        if items:
            self._act(items)

    def forget(self) -> None:
        """Drop what has not been handed on."""
        self._waiting.clear()

    def _go_on(self) -> None:
        if self._waiting:
            self.flush()
