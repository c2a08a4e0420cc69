"""Teams: every spelling of a team gives the code in force on the date."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipoff.sources.teams import NAMES, alias_rows, aliases, code_on, eras


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("UTH", date(2023, 1, 1), "UTA"),
        ("BOBCATS", date(2012, 1, 1), "CHA"),
        ("BULLETS", date(2017, 11, 5), "WAS"),
        ("SEATTLE SUPERSONICS", date(2007, 11, 1), "SEA"),
        ("OKC", date(2008, 10, 29), "OKC"),
        ("BKN", date(2009, 1, 1), "NJN"),
        ("NJN", date(2024, 1, 1), "BKN"),
        ("NOP", date(2006, 1, 1), "NOK"),
        ("NOH", date(2013, 4, 14), "NOH"),
        (" la clippers ", date(2024, 1, 1), "LAC"),
        ("EASTERN", date(2024, 2, 18), None),
        ("", date(2024, 2, 18), None),
    ],
)
def test_a_spelling_gives_the_code_in_force(name: str, day: date, code: str | None) -> None:
    assert code_on(name, day) == code


def test_no_spelling_means_two_teams() -> None:
    assert len(aliases()) == sum(1 + len(names) for names in NAMES.values())


@given(st.sampled_from(sorted(aliases())), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_on_any_date_exactly_one_code_is_in_force(alias: str, day: date) -> None:
    codes = [code for a, code, first, last in alias_rows() if a == alias and first <= day <= last]
    assert codes == [code_on(alias, day)]


def test_eras_follow_each_other_without_a_gap() -> None:
    for team in NAMES:
        steps = eras(team)
        for before, after in itertools.pairwise(steps):
            assert after.first - before.last == timedelta(days=1)


def test_the_codes_of_the_real_schedule_are_the_codes_in_force(real_data: Path) -> None:
    frame = pl.read_parquet(real_data / "schedule.parquet")
    for side in ("home_team", "away_team"):
        pairs = frame.select(side, "game_date").iter_rows()
        assert [(c, d) for c, d in pairs if code_on(c, d) != c] == []
