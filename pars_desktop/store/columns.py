"""How our values become columns and come back unchanged."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def ticks(moment: datetime) -> int:
    """An aware time as microseconds since 1970, exactly. A naive one raises TypeError."""
    return (moment - _EPOCH) // _TICK


def moment(ticks: int) -> datetime:
    """The time that `ticks` came from, in UTC."""
    return _EPOCH + timedelta(microseconds=ticks)


def storable(text: str) -> str:
    """The text with what UTF-8 cannot hold (a lone half of a surrogate pair) replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
