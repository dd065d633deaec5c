"""The wall clock is in UTC, and says so."""

from datetime import UTC, datetime, timedelta

from pars_desktop.system.clock import SystemClock


def test_the_clock_tells_the_time_in_utc():
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)
