"""How long an account waits for others: shorter in tests."""

from dataclasses import dataclass
from datetime import timedelta

from pars_desktop.core.befriending import DOUBT_AFTER, PATIENCE, PLAIN_AFTER, PUSH_WAIT
from pars_desktop.core.contest import PAUSE
from pars_desktop.core.requests import OTHER_DEVICE
from pars_desktop.core.sharing import LOOK_AFTER


@dataclass(frozen=True, slots=True)
class Waits:
    """How long we wait for others: in seconds, or as a timedelta."""

    other_device: float = OTHER_DEVICE
    look_after: float = LOOK_AFTER
    pause: float = PAUSE
    push: float = PUSH_WAIT
    plain_after: float = PLAIN_AFTER
    doubt_after: timedelta = DOUBT_AFTER
    patience: timedelta = PATIENCE


USUAL = Waits()
