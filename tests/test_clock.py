"""US Eastern in one place, dates and moments parsed at the boundary."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipoff import clock
from tipoff.errors import UsageError

DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
SPRING, AUTUMN = date(2025, 3, 9), date(2025, 11, 2)


@given(DAYS, st.integers(6, 23), st.integers(0, 59))
def test_a_moment_of_a_league_date_belongs_to_that_date(day: date, hour: int, minute: int) -> None:
    moment = clock.eastern(day, hour, minute)
    assert clock.open_night(moment) == day
    local = moment.astimezone(clock.EASTERN)
    assert (local.hour, local.minute) == (hour, minute)
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("day", "hours"),
    [(SPRING - timedelta(1), 24), (SPRING, 23), (AUTUMN, 25), (AUTUMN + timedelta(1), 24)],
)
def test_a_day_on_which_the_clocks_change_has_23_or_25_hours(day: date, hours: int) -> None:
    length = clock.eastern(day + timedelta(days=1), 0) - clock.eastern(day, 0)
    assert length == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "hour"),
    [(SPRING - timedelta(1), 0), (SPRING, 23), (AUTUMN - timedelta(1), 23), (AUTUMN, 0)],
)
def test_tip_off_at_seven_eastern_is_midnight_utc_in_winter_and_eleven_in_summer(
    day: date, hour: int
) -> None:
    assert clock.eastern(day, 19).hour == hour


@given(DAYS)
def test_a_date_is_read_back_as_it_is_written(day: date) -> None:
    assert clock.parse_date(f" {day.isoformat()} ") == day
    assert clock.parse_date(f"{day:%Y%m%d}") == day


def test_the_days_around_today_are_league_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 1, 1, 3, 0, tzinfo=UTC))
    assert clock.parse_date("Today") == date(2024, 12, 31)
    assert clock.parse_date("tomorrow") == date(2025, 1, 1)
    assert clock.parse_date("YESTERDAY") == date(2024, 12, 30)


@pytest.mark.parametrize("day", [date(2025, 1, 11), SPRING, AUTUMN])
def test_today_is_the_night_before_until_six_in_the_morning_eastern(
    day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = day - timedelta(days=1)
    for hour, minute, today in ((0, 30, before), (5, 59, before), (6, 0, day), (23, 59, day)):
        monkeypatch.setattr(clock, "now", lambda h=hour, m=minute: clock.eastern(day, h, m))
        assert clock.parse_date("today") == today
        assert clock.parse_date("tomorrow") == today + timedelta(days=1)
        assert clock.parse_date("yesterday") == today - timedelta(days=1)


@pytest.mark.parametrize(
    "text",
    [
        "TODAY2",
        "2025-1-1",
        "2025010",
        "20250132",
        "2025-W02-5",
        "2025-02-29",
        "٢٠٢٥٠١٠١",
        "yesterdays",
        "",
        "01/10/2025",
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date") as refused:
        clock.parse_date(text)
    assert repr(text) in refused.value.message
    assert clock.FORMS in refused.value.next_step


@given(st.text(max_size=12))
def test_a_text_is_a_date_in_one_of_its_forms_or_refused(text: str) -> None:
    try:
        day = clock.parse_date(text)
    except UsageError:
        return
    word = text.strip().lower()
    words = {"yesterday", "today", "tomorrow"}
    assert word in words | {day.isoformat(), day.isoformat().replace("-", "")}
    assert clock.is_date(text)


def test_a_moment_is_utc_and_a_missing_zone_is_never_guessed() -> None:
    expected = datetime(2025, 1, 10, 23, 30, tzinfo=UTC)
    assert clock.parse_moment("2025-01-10T18:30:00-05:00") == expected
    assert clock.parse_moment("2025-01-10T23:30:00Z").utcoffset() == timedelta(0)
    with pytest.raises(UsageError, match="has no time zone"):
        clock.parse_moment("2025-01-10T23:30:00")
    with pytest.raises(UsageError, match="is not a moment"):
        clock.parse_moment("tip-off")


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_time_of_day_is_league_time_and_iso_text_is_itself() -> None:
    day = datetime(2025, 1, 10, tzinfo=UTC).date()
    assert clock.parse_time("17:30", day) == datetime(2025, 1, 10, 22, 30, tzinfo=UTC)
    assert clock.parse_time("7:05", day) == datetime(2025, 1, 10, 12, 5, tzinfo=UTC)
    assert clock.parse_time("2025-01-10T23:30:00Z", day) == datetime(
        2025, 1, 10, 23, 30, tzinfo=UTC
    )
    for bad in ("25:00", "12:60", "17", "half past five", "2025-01-10T23:30:00", "-1:30"):
        with pytest.raises(UsageError):
            clock.parse_time(bad, day)
