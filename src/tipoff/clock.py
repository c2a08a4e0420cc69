"""The only place that reads the time, and the only place that knows US Eastern."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tipoff.errors import UsageError
from tipoff.suggest import nearest

EASTERN = ZoneInfo("America/New_York")
FIRST, LAST = date(1946, 1, 1), date(2199, 12, 31)
"""League dates lie between these: whatever names another day has mistaken something for a date."""
NIGHT_ENDS = timedelta(hours=6)
"""Hours after midnight, US Eastern, for which the night before is still `today`."""
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
FORMS = "YYYY-MM-DD, YYYYMMDD, yesterday, today or tomorrow"
_FORM = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)


def now() -> datetime:
    """The present moment, UTC, whole microseconds."""
    return datetime.now(UTC)


def open_night(moment: datetime) -> date:
    """What people mean by today at an aware moment: until 06:00 US Eastern the night before.

    Its late games end after midnight, and are graded and asked about then.
    """
    # Hours of the wall clock: also on the two days of a year that do not have 24.
    return (moment.astimezone(EASTERN) - NIGHT_ENDS).date()


def eastern(day: date, hour: int, minute: int = 0) -> datetime:
    """The UTC moment at which it is `hour:minute` in US Eastern on a league date."""
    return datetime.combine(day, time(hour, minute), EASTERN).astimezone(UTC)


def parse_date(text: str) -> date:
    """A league date from one of FORMS; `today` is the open night.

    Raises UsageError for anything else and for a day outside FIRST..LAST, so neither the literal
    word nor a day that arithmetic would run off travels further.
    """
    word = text.strip().lower()
    if word in _DAYS:
        return open_night(now()) + timedelta(days=_DAYS[word])
    try:
        if not _FORM.fullmatch(word):
            raise ValueError(word)
        day = date.fromisoformat(word)
    except ValueError as error:
        ask = _meant(word)
        step = f"did you mean {ask}? else write {FORMS}" if ask else f"write {FORMS}"
        raise UsageError(f"{text!r} is not a date", step) from error
    return _within(text, day)


def _meant(word: str) -> str:
    """The date or day a wrong one may have been meant for; empty when there is none.

    Numbers in another order than year, month, day are the American one: month, day, year.
    """
    if year_first := re.fullmatch(r"(\d{4})[-/.](\d\d?)[-/.](\d\d?)", word, re.ASCII):
        year, month, day = year_first.groups()
    elif year_last := re.fullmatch(r"(\d\d?)[-/.](\d\d?)[-/.](\d{4})", word, re.ASCII):
        month, day, year = year_last.groups()
    else:
        return next(iter(nearest(word, _DAYS)), "")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def is_date(text: str) -> bool:
    """Whether a word has one of FORMS, be there such a day or not."""
    word = text.strip().lower()
    return word in _DAYS or _FORM.fullmatch(word) is not None


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
