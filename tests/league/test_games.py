"""Canonical games: the schedule and, where it is silent, the events of line files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tipoff.lake import Lake
from tipoff.league.games import games_sql, team_games_sql

DAY = date(2025, 1, 11)
TIP = datetime(2025, 1, 12, 0, 0, tzinfo=UTC)
NOW = {"as_of": TIP - timedelta(hours=2), "seq": 1_000}


def game(game_id: str, home: str, away: str, **more: Any) -> dict[str, Any]:
    row = {
        "game_id": game_id, "nba_game_id": game_id, "display_id": game_id, "game_date": DAY,
        "season": "2024-25", "game_type": "regular", "home": home, "away": away, "tipoff": TIP,
        "tipoff_source": "schedule", "status": "scheduled", "known_at": TIP - timedelta(days=90),
        "fact_id": game_id,
    }  # fmt: skip
    return row | more


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    rows = [
        game("1", "BOS", "NYK"),
        game("2", "MIA", "ORL", tipoff=TIP + timedelta(hours=2)),
        # seen only in lines: one is the schedule's own game with home and away turned round,
        # one is a postponed game the schedule does not have on this date
        game("e1", "NYK", "BOS", nba_game_id=None, tipoff=TIP - timedelta(minutes=5)),
        game("e2", "ATL", "HOU", nba_game_id=None, tipoff=TIP - timedelta(hours=1)),
        game("e3", "LAL", "SAS", nba_game_id=None, known_at=TIP),
    ]
    with Lake.open(tmp_path / "lake", create=True) as lake:
        lake.write(lambda w: w.append("league.game", pl.DataFrame(rows, infer_schema_length=None)))
        yield lake


def test_an_event_of_lines_is_a_game_only_where_the_schedule_has_none(lake: Lake) -> None:
    with lake.reading() as r:
        rows = r.rows(f"SELECT game_id FROM {games_sql()} ORDER BY 1", NOW)
    assert rows == [("1",), ("2",), ("e2",)]


def test_a_slates_moment_is_one_second_before_its_earliest_known_tip_off(lake: Lake) -> None:
    with lake.reading() as r:
        rows = r.rows(f"SELECT DISTINCT slate_as_of FROM {games_sql()}", NOW)
    assert rows == [(TIP - timedelta(hours=1, seconds=1),)]


def test_each_game_has_two_sides_and_one_of_them_is_at_home(lake: Lake) -> None:
    with lake.reading() as r:
        rows = r.rows(
            f"SELECT team, opponent, home FROM {team_games_sql(games_sql())}"
            " WHERE game_id = '1' ORDER BY team",
            NOW,
        )
    assert rows == [("BOS", "NYK", True), ("NYK", "BOS", False)]
