"""Times and days as a person would say them, in their language and time zone."""

from datetime import UTC, date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QTime


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def clock(at: datetime) -> str:
    """The time of day: 14:05."""
    local = at.astimezone()
    return QLocale().toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)


def moment(at: datetime, today: datetime) -> str:
    """As short as a list needs it: 14:05, Yesterday, Tue, 3 Nov, 3 Nov 2025."""
    days = _days_ago(at, today)
    if days == 0:
        return clock(at)
    if days == 1:
        return QCoreApplication.translate("when", "Yesterday")
    if 1 < days < 7:
        local = at.astimezone()
        return QLocale().dayName(local.isoweekday(), QLocale.FormatType.ShortFormat)
    return short_date(at, today)


def day(at: datetime, today: datetime) -> str:
    """A day as the line between two days says it: Today, Yesterday, Tuesday 3 November."""
    days = _days_ago(at, today)
    if days == 0:
        return QCoreApplication.translate("when", "Today")
    if days == 1:
        return QCoreApplication.translate("when", "Yesterday")
    local = at.astimezone().date()
    if local.year == today.astimezone().year:
        return weekday(at)
    form = QCoreApplication.translate("when", "d MMMM yyyy", "a day, in QLocale's letters")
    return _written(local, form)


def weekday(at: datetime) -> str:
    """Friday 27 November."""
    form = QCoreApplication.translate("when", "dddd d MMMM", "a day, in QLocale's letters")
    return _written(at.astimezone().date(), form)


def day_and_month(at: datetime) -> str:
    """3 November."""
    form = QCoreApplication.translate("when", "d MMMM", "a day, in QLocale's letters")
    return _written(at.astimezone().date(), form)


def weekday_and_year(at: datetime) -> str:
    """Friday 27 November 2026."""
    form = QCoreApplication.translate("when", "dddd d MMMM yyyy", "a day, in QLocale's letters")
    return _written(at.astimezone().date(), form)


def short_date(at: datetime, today: datetime) -> str:
    """3 Nov, or 3 Nov 2025."""
    local = at.astimezone().date()
    if local.year == today.astimezone().year:
        form = QCoreApplication.translate("when", "d MMM", "a day, in QLocale's letters")
    else:
        form = QCoreApplication.translate("when", "d MMM yyyy", "a day, in QLocale's letters")
    return _written(local, form)


def same_day(one: datetime, other: datetime) -> bool:
    """Both fall on one day where the person is."""
    return one.astimezone().date() == other.astimezone().date()


def until_midnight(today: datetime) -> timedelta:
    """How long until the words for days are others."""
    local = today.astimezone()
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=1, microsecond=0)
    return max(midnight - local, timedelta(seconds=1))


def _written(day: date, form: str) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), form)


def _days_ago(at: datetime, today: datetime) -> int:
    return (today.astimezone().date() - at.astimezone().date()).days
