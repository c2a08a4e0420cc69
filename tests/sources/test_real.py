"""The real import against the files themselves and against the rules written in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tipoff.lake import Lake, Reader
from tipoff.sources import import_folder
from tipoff.sources.teams import code_on

EASTERN = ZoneInfo("America/New_York")
Pair = tuple[date, frozenset[str | None]]


@pytest.fixture(scope="module")
def reader(real_lake: Path) -> Iterator[Reader]:
    """A consistent read of the real lake."""
    with Lake.open(real_lake) as lake, lake.reading() as r:
        yield r


def _read(folder: Path, name: str, *columns: str) -> list[dict[str, Any]]:
    frame = pl.read_parquet(folder / f"{name}.parquet", columns=list(columns) or None)
    return frame.unique().to_dicts()


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _pair(day: date, one: str, other: str) -> Pair:
    return day, frozenset((code_on(one, day), code_on(other, day)))


def test_every_row_of_every_file_is_stored_or_set_aside(real_data: Path, reader: Reader) -> None:
    tables = {
        "schedule": "league.game WHERE nba_game_id IS NOT NULL",
        "player_game": "league.player_game",
        "team_game": "league.team_game",
        "prop_lines": "league.prop_line",
        "game_lines": "league.game_line",
        "injuries": "league.injury",
        "officials": "league.official",
    }
    for name, table in tables.items():
        rows = pl.scan_parquet(real_data / f"{name}.parquet").select(pl.len()).collect().item()
        stored = reader.value(f"SELECT count(*) FROM {table}")
        aside = reader.value(
            "SELECT count(*) FROM raw.set_aside WHERE name = $name", {"name": f"{name}.parquet"}
        )
        assert stored + aside == rows, name


def test_importing_again_adds_nothing(real_data: Path, real_lake_copy: Path) -> None:
    with Lake.open(real_lake_copy) as lake:
        assert import_folder(lake, real_data).new_rows == 0


def test_tip_offs_and_known_at_are_what_the_rules_say(real_data: Path, reader: Reader) -> None:
    starts: dict[Pair, set[datetime]] = defaultdict(set)
    props = _read(
        real_data, "prop_lines", "game_date", "event_home", "event_away", "commence_time",
        "snapshot_time",
    )  # fmt: skip
    for row in props:
        at, seen = _moment(row["commence_time"]), _moment(row["snapshot_time"])
        if at and row["event_home"] and (seen is None or seen < at):
            starts[_pair(row["game_date"], row["event_home"], row["event_away"])].add(at)
    for row in _read(real_data, "game_lines", "game_date", "home", "away", "commence_time"):
        if at := _moment(row["commence_time"]):
            starts[_pair(row["game_date"], row["home"], row["away"])].add(at)
    expected = {
        row["nba_game_id"]: _tip(
            row, starts[_pair(row["game_date"], row["home_team"], row["away_team"])]
        )
        for row in _read(real_data, "schedule")
    }
    rows = reader.rows(
        "SELECT game_id, tipoff, tipoff_source, known_at, result_known_at, season"
        " FROM league.game WHERE nba_game_id IS NOT NULL"
    )
    for game_id, tip, source, known_at, result, season in rows:
        assert (tip, source) == expected[game_id]
        assert known_at == datetime(int(season[:4]), 9, 1, tzinfo=EASTERN)
        assert result == tip + timedelta(hours=3)
    assert len(rows) == len(expected)
    wrong = reader.value(
        "SELECT count(*) FROM league.player_game b JOIN league.game g USING (game_id)"
        " WHERE b.known_at <> g.result_known_at OR b.tipoff <> g.tipoff"
    )
    assert wrong == 0


def _tip(row: dict[str, Any], starts: set[datetime]) -> tuple[datetime, str]:
    scheduled, day = _moment(row["tipoff_utc"]), row["game_date"]
    if scheduled:
        near = [t for t in starts if abs(t - scheduled) <= timedelta(minutes=30)]
        return (min(near), "line") if near else (scheduled, "schedule")
    same = [t for t in starts if t.astimezone(EASTERN).date() == day]
    if same:
        return min(same), "line"
    return datetime(day.year, day.month, day.day, 19, tzinfo=EASTERN).astimezone(UTC), "default"


def test_lines_are_known_when_the_rules_say(reader: Reader) -> None:
    games = reader.rows("SELECT game_date, game_id, tipoff, scheduled_tipoff FROM league.game")
    first: dict[date, datetime] = {}
    tips = {g: (tip, scheduled) for _d, g, tip, scheduled in games}
    for day, _game, tip, _scheduled in games:
        first[day] = min(first.get(day, tip), tip)
    rows = reader.rows(
        "SELECT game_date, game_id, snapshot_time, known_at, estimated, late FROM league.prop_line"
        " USING SAMPLE reservoir(20000 ROWS) REPEATABLE (1)"
    )
    for day, game_id, seen, known_at, estimated, late in rows:
        assert known_at == (seen or first[day] - timedelta(minutes=30))
        assert estimated == (seen is None)
        bounds = [t for t in tips.get(game_id, ()) if t]
        assert late == bool(bounds and known_at >= min(bounds))
    assert any(row[5] for row in rows)


def test_line_names_resolve_but_for_ambiguous_initials(reader: Reader) -> None:
    rows = reader.rows("SELECT DISTINCT raw_key FROM league.prop_line WHERE player_key IS NULL")
    assert {key for (key,) in rows} == {"jgreen", "cmartin", "jtate", "tyoung"}
    known = dict(
        reader.rows(
            "SELECT DISTINCT raw_key, player_key FROM league.prop_line"
            " WHERE raw_key IN ('portisbobby', 'brookrobertlopez', 'milbridges', 'djones')"
        )
    )
    assert known == {
        "portisbobby": "bobbyportis",
        "brookrobertlopez": "brooklopez",
        "milbridges": "milesbridges",
        "djones": "derrickjones",
    }


def test_the_slate_of_2025_01_10_has_its_91_lined_players(reader: Reader) -> None:
    sql = (
        "SELECT count(DISTINCT player_key), count(DISTINCT game_id),"
        " count(*) FILTER (game_id IS NULL)"
        " FROM league.prop_line WHERE game_date = '2025-01-10' AND market = 'points'"
    )
    assert reader.rows(sql) == [(91, 7, 0)]


def test_postponed_games_live_only_in_lines(reader: Reader) -> None:
    sql = (
        "SELECT game_id, status, tipoff, known_at FROM league.game"
        " WHERE game_date = '2025-01-11' AND nba_game_id IS NULL ORDER BY game_id"
    )
    known = datetime(2025, 1, 11, 19, 40, tzinfo=UTC)
    assert reader.rows(sql) == [
        ("20250111_HOU_ATL", "scheduled", datetime(2025, 1, 11, 20, 10, tzinfo=UTC), known),
        ("20250111_SAS_LAL", "scheduled", datetime(2025, 1, 12, 3, 40, tzinfo=UTC), known),
    ]


def test_of_neutral_games_the_schedule_says_who_is_at_home(reader: Reader) -> None:
    sql = (
        "SELECT count(*) FROM league.player_game b JOIN league.game g USING (game_id)"
        " WHERE b.home <> (b.team = g.home) OR b.opponent NOT IN (g.home, g.away)"
    )
    assert reader.value(sql) == 0
