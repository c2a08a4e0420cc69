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


@given(DAYS, st.integers(4, 23), st.integers(0, 59))
def test_a_moment_of_a_league_date_belongs_to_that_date(day: date, hour: int, minute: int) -> None:
    moment = clock.eastern(day, hour, minute)
    assert clock.league_date(moment) == day
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


def test_a_game_that_tips_off_late_belongs_to_the_date_in_the_east() -> None:
    assert clock.league_date(datetime(2025, 1, 11, 4, 59, tzinfo=UTC)) == date(2025, 1, 10)
    assert clock.league_date(datetime(2025, 1, 11, 5, 0, tzinfo=UTC)) == date(2025, 1, 11)


@given(DAYS)
def test_a_date_is_read_back_as_it_is_written(day: date) -> None:
    assert clock.parse_date(f" {day.isoformat()} ") == day


def test_today_and_tomorrow_are_league_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2025, 1, 1, 3, 0, tzinfo=UTC))
    assert clock.parse_date("Today") == date(2024, 12, 31)
    assert clock.parse_date("tomorrow") == date(2025, 1, 1)


@pytest.mark.parametrize(
    "text",
    ["TODAY2", "2025-1-1", "20250101", "2025-W02-5", "2025-02-29", "yesterday", "", "01/10/2025"],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date") as refused:
        clock.parse_date(text)
    assert repr(text) in refused.value.message
    assert refused.value.next_step == "write YYYY-MM-DD, today or tomorrow"


@given(st.text(max_size=12))
def test_a_text_is_a_date_of_ten_characters_or_refused(text: str) -> None:
    try:
        day = clock.parse_date(text)
    except UsageError:
        return
    word = text.strip().lower()
    assert word in {"today", "tomorrow", day.isoformat()}


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
