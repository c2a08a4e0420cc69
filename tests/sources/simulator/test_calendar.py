"""Fixtures a league could really play."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tipoff.clock import EASTERN, parse_moment
from tipoff.sources.simulator.calendar import Games, opening_day, regular_season, season_name
from tipoff.sources.simulator.constants import TEAMS


@pytest.fixture(scope="module")
def season() -> Games:
    return regular_season(np.random.default_rng(3), TEAMS, 82, 2024)


def _days_of(season: Games, team: int) -> list[int]:
    real = ~season.ghost & ((season.home == team) | (season.away == team))
    return sorted(season.day[real].tolist())


def test_every_team_plays_its_games_half_of_them_at_home(season: Games) -> None:
    for team in range(30):
        assert len(_days_of(season, team)) == 82
        assert 39 <= (season.home[~season.ghost] == team).sum() <= 43


def test_no_team_plays_twice_a_day_or_three_days_running(season: Games) -> None:
    nights = 0
    for team in range(30):
        days = _days_of(season, team)
        assert len(set(days)) == len(days)
        runs = set(days)
        assert not any({day, day + 1, day + 2} <= runs for day in days)
        nights += sum(day + 1 in runs for day in days)
    assert 8 <= nights / 30 <= 30


def test_a_season_ends_in_april(season: Games) -> None:
    last = season.opening + timedelta(days=int(season.day.max()))
    assert date(2025, 4, 5) <= last <= date(2025, 4, 27)


def test_a_postponed_game_is_played_later_by_the_same_teams(season: Games) -> None:
    ghosts = np.flatnonzero(season.ghost)
    assert len(ghosts) == 2
    for ghost in ghosts:
        same = (season.home == season.home[ghost]) & (season.away == season.away[ghost])
        assert (season.day[same & ~season.ghost] > season.day[ghost]).any()


def test_opening_days_and_names_are_those_of_the_calendar() -> None:
    assert opening_day(2024) == date(2024, 10, 22)
    assert opening_day(2023) == date(2023, 10, 24)
    assert (season_name(2024), season_name(1999)) == ("2024-25", "1999-00")


def test_tipoffs_lie_between_noon_and_midnight_of_their_league_date(league: Path) -> None:
    schedule = pl.read_parquet(league / "schedule.parquet")
    for day, text in schedule.select("game_date", "tipoff_utc").iter_rows():
        assert parse_moment(text).astimezone(EASTERN).date() == day
        assert text[11:16] >= "17:00" or text[11:16] <= "03:30"
