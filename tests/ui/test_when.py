"""Times and days as a person would say them."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QLocale

from pars_desktop.ui import when

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday


@pytest.fixture(autouse=True)
def _british():
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=5), "11:55"),
        (timedelta(days=1), "Yesterday"),
        (timedelta(days=3), "Tue"),
        (timedelta(days=6), "Sat"),
        (timedelta(days=7), "13 Nov"),
        (timedelta(days=330), "25 Dec 2025"),
        (-timedelta(days=2), "22 Nov"),  # a clock that runs ahead
    ],
)
def test_a_list_says_a_moment_as_short_as_possible(ago, said):
    assert when.moment(NOON - ago, NOON) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), "Today"),
        (timedelta(days=1), "Yesterday"),
        (timedelta(days=3), "Tuesday 17 November"),
        (timedelta(days=330), "25 December 2025"),
    ],
)
def test_the_line_between_two_days_names_the_day(ago, said):
    assert when.day(NOON - ago, NOON) == said


def test_the_language_of_the_person_counts():
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    assert when.moment(NOON - timedelta(days=3), NOON).startswith("Di")
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    assert when.clock(NOON).endswith("PM")


def test_midnight_is_less_than_a_day_away():
    assert timedelta(0) < when.until_midnight(NOON) <= timedelta(days=1, hours=1)
    assert not when.same_day(NOON, NOON + when.until_midnight(NOON))


def test_a_day_to_come_is_said_with_its_weekday_and_a_past_one_without():
    assert when.weekday(NOON + timedelta(days=7)) == "Friday 27 November"
    assert when.day_and_month(NOON - timedelta(days=17)) == "3 November"
