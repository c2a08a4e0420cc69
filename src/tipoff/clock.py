"""The only place that reads the time, and the only place that knows US Eastern."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tipoff.errors import UsageError

EASTERN = ZoneInfo("America/New_York")
FIRST, LAST = date(1946, 1, 1), date(2199, 12, 31)
"""League dates lie between these: whatever names another day has mistaken something for a date."""


def now() -> datetime:
    """The present moment, UTC, whole microseconds."""
    return datetime.now(UTC)


def league_date(moment: datetime) -> date:
    """The league date (US Eastern) of an aware moment."""
    return moment.astimezone(EASTERN).date()


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment at which it is `hour:minute` in US Eastern on a league date."""
    return datetime.combine(day, time(hour, minute), EASTERN).astimezone(UTC)


def parse_date(text: str) -> date:
    """A league date from YYYY-MM-DD, `today` or `tomorrow`.

    Raises UsageError for anything else and for a day outside FIRST..LAST, so neither the literal
    word nor a day that arithmetic would run off travels further.
    """
    word = text.strip().lower()
    if word in {"today", "tomorrow"}:
        return league_date(now()) + timedelta(days=word == "tomorrow")
    try:
        if len(word) != 10:
            raise ValueError(word)
        day = date.fromisoformat(word)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a date", "write YYYY-MM-DD, today or tomorrow"
        ) from error
    return _within(text, day)


def parse_moment(text: str) -> datetime:
    """An aware UTC moment from ISO 8601 text; a missing zone is an error, never a guess."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is not a moment", "write it like 2025-01-10T23:30:00Z"
        ) from error
    if moment.tzinfo is None:
        raise UsageError(f"{text!r} has no time zone", "add Z or an offset such as -05:00")
    _within(text, moment.date())
    return moment.astimezone(UTC)


def parse_time(text: str, day: date) -> datetime:
    """A UTC moment from HH:MM, league time on `day`, or from ISO 8601 text with a zone.

    Raises UsageError for anything else.
    """
    hour, colon, minute = text.strip().partition(":")
    if not (colon and len(text.strip()) <= 5 and hour.isdecimal() and minute.isdecimal()):
        return parse_moment(text)
    if int(hour) > 23 or int(minute) > 59:
        raise UsageError(f"{text!r} is no time of day", "write HH:MM, 00:00 to 23:59")
    return eastern(day, int(hour), int(minute))


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 text in UTC, ending in Z: the one form in which moments are shown."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _within(text: str, day: date) -> date:
    if not FIRST <= day <= LAST:
        raise UsageError(f"{text!r} is not a date of the league", f"choose from {FIRST} to {LAST}")
    return day
