"""Possessions, minutes, pace and ratings of a team's games."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.lake import Lake, Reader
from tipoff.league.team_form import pace, rating, team_games_played_sql

START = datetime(2025, 1, 1, tzinfo=UTC)


def side(
    n: int, team: str, other: str, pts: int, allowed: int, poss: float | None
) -> dict[str, Any]:
    return {
        "game_id": f"g{n}", "team": team, "opponent": other, "game_date": date(2025, 1, 1 + n),
        "season": "2024-25", "tipoff": START + timedelta(days=n),
        "known_at": START + timedelta(days=n, hours=3), "pts": pts, "opp_pts": allowed,
        "possessions": poss,
    }  # fmt: skip


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    games = [
        side(0, "A", "B", 100, 90, 98.0), side(0, "B", "A", 90, 100, 102.0),
        side(1, "A", "B", 120, 110, 110.0), side(1, "B", "A", 110, 120, 110.0),
        side(2, "A", "B", 80, 81, None), side(2, "B", "A", 81, 80, 100.0),
    ]  # fmt: skip
    minutes = [
        {"game_id": "g0", "team": "A", "minutes": 240.1},
        {"game_id": "g1", "team": "A", "minutes": 265.0},
        {"game_id": "g2", "team": "A", "minutes": 180.0},
    ]
    with Lake.open(tmp_path / "lake", create=True) as lake, lake.reading() as r:
        r.register("sides", pl.DataFrame(games, infer_schema_length=None))
        r.register("team_minutes", pl.DataFrame(minutes))
        yield r


def played(r: Reader, expression: str) -> list[Any]:
    games = team_games_played_sql("sides", "team_minutes")
    sql = f"""SELECT {expression} AS x FROM {games}
      WHERE team = 'A' WINDOW all_games AS (PARTITION BY team ORDER BY known_at)
      ORDER BY known_at"""
    return [row[0] for row in r.rows(sql)]


def test_possessions_are_the_mean_of_both_sides_and_null_when_one_lacks(reader: Reader) -> None:
    assert played(reader, "possessions::DOUBLE") == [100.0, 110.0, None]


def test_minutes_are_those_of_the_box_scores_or_240_and_flagged(reader: Reader) -> None:
    assert played(reader, "minutes::DOUBLE") == [240.1, 265.0, 240.0]
    assert played(reader, "minutes_assumed") == [False, False, True]


def test_games_are_numbered_per_team_in_order(reader: Reader) -> None:
    assert played(reader, "game_number") == [1, 2, 3]


def test_pace_is_48_times_possessions_over_a_fifth_of_team_minutes(reader: Reader) -> None:
    pace_column = played(reader, pace("all_games"))
    assert pace_column[0] == pytest.approx(48 * 100 / (240.1 / 5))
    assert pace_column[1] == pytest.approx(48 * 210 / (505.1 / 5))
    assert pace_column[2] == pace_column[1]


def test_a_rating_is_points_per_100_possessions_of_the_games_that_have_them(reader: Reader) -> None:
    assert played(reader, rating("pts", "all_games")) == pytest.approx(
        [100, 22000 / 210, 22000 / 210]
    )
    assert played(reader, rating("opp_pts", "all_games"))[0] == pytest.approx(90)
