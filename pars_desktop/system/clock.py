"""The wall clock."""

from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock; fits core.ports.Clock."""

    def now(self) -> datetime:
        """The time, UTC, aware."""
        return datetime.now(UTC)
