"""A widget listens to the core exactly as long as it lives."""

from collections.abc import Callable
from types import MethodType
from typing import TypeVarTuple
from weakref import WeakMethod

from PySide6.QtCore import QObject

from pars_desktop.base.signal import Signal

Ts = TypeVarTuple("Ts")


def bind(owner: QObject, signal: Signal[*Ts], slot: Callable[[*Ts], object]) -> None:
    """Call slot at every emit until owner is destroyed.

    A bound method is held weakly, so listening keeps no widget alive; anything else is held as
    long as the owner lives.
    """
    listener = _weakly(slot)
    signal.connect(listener)
    owner.destroyed.connect(lambda *_: signal.disconnect(listener))


def _weakly(slot: Callable[[*Ts], object]) -> Callable[[*Ts], object]:
    if not isinstance(slot, MethodType):
        return slot
    method, name = WeakMethod(slot), slot.__qualname__

    def listener(*args: *Ts) -> None:
        hears = method()
        if hears is not None:
            hears(*args)

    listener.__qualname__ = name  # what a failing listener is called in the log
    return listener
