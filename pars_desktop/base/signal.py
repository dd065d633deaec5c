"""Typed announcements: a fact's owner emits, whoever cares listens."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVarTuple

_log = logging.getLogger(__name__)

Ts = TypeVarTuple("Ts")


class Signal(Generic[*Ts]):
    """An announcement with a fixed argument list.

    Listeners are called in the order they connected, in the caller's turn of the loop. A listener
    that raises is logged and does not keep the others from hearing.
    """

    __slots__ = ("_listeners",)

    def __init__(self) -> None:
        self._listeners: list[Callable[[*Ts], object]] = []

    def connect(self, listener: Callable[[*Ts], object]) -> None:
        """Call listener at every emit from now on. Connecting twice means being called twice."""
        self._listeners.append(listener)

    def disconnect(self, listener: Callable[[*Ts], object]) -> None:
        """Stop calling listener. One that is not connected is no error."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def emit(self, *args: *Ts) -> None:
        """Tell everybody who is connected at this moment."""
        for listener in tuple(self._listeners):
            try:
                listener(*args)
            except Exception:
                _log.exception("a listener failed: %r", getattr(listener, "__qualname__", listener))
