"""A tiny importable folder: two teams, two games, two players; tests bend one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tipoff.lake import Lake
from tipoff.results.data import ImportReport
from tipoff.sources import import_folder
from tipoff.sources.layout import FILES

Row = dict[str, Any]
POLARS: dict[str, Any] = {
    "text": pl.String,
    "date": pl.Date,
    "moment": pl.String,
    "whole": pl.Int64,
    "number": pl.Float64,
    "bool": pl.Boolean,
}
FIRST, SECOND = date(2025, 1, 8), date(2025, 1, 10)
COUNTS = ("reb", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf", "fg3m", "fg3a", "fta", "ftm")
BOX = dict.fromkeys(COUNTS, 0)


def game(number: int, day: date, **changes: Any) -> Row:
    """A final game of BOS at NYK."""
    row = {
        "nba_game_id": f"002240000{number}", "game_date": day, "season": "2024-25",
        "game_type": "regular", "home_team": "NYK", "away_team": "BOS", "home_pts": 100,
        "away_pts": 90, "status": "final", "tipoff_utc": f"{day}T23:30:00Z",
    }  # fmt: skip
    return row | changes


def box(number: int, day: date, name: str, team: str, **changes: Any) -> Row:
    """A player's box score: 20 points on 10 of 15."""
    row = {
        "nba_game_id": f"002240000{number}", "game_date": day, "season": "2024-25",
        "season_type": "regular", "player_id": len(name), "player_name": name,
        "player_key": name.replace(" ", "").lower(), "team": team,
        "opponent": "BOS" if team == "NYK" else "NYK", "home": team == "NYK", "starter": True,
        "minutes": 30.5, "pts": 20, "fgm": 10, "fga": 15, "plus_minus": 3.0, "usg_pct": 20.0,
        "did_not_play": False,
    }  # fmt: skip
    return BOX | row | changes


def team_box(number: int, day: date, team: str, **changes: Any) -> Row:
    """A team's box score."""
    row = {
        "nba_game_id": f"002240000{number}", "game_date": day, "season": "2024-25",
        "game_type": "regular", "team": team, "opponent": "BOS" if team == "NYK" else "NYK",
        "home": team == "NYK", "pts": 100, "opp_pts": 90, "fgm": 50, "fga": 80,
        "possessions": 99.0,
    }  # fmt: skip
    return BOX | row | changes


def line(day: date, name: str, **changes: Any) -> Row:
    """A points line of 18.5 at one book, its time unknown."""
    row = {
        "snapshot_time": None, "game_date": day, "commence_time": None, "player_name": name,
        "player_key": name.replace(" ", "").replace(".", "").lower(), "event_home": "NYK",
        "event_away": "BOS", "market": "points", "bookmaker": "draftkings", "line": 18.5,
        "over_price": -110.0, "under_price": -110.0, "is_main_line": True, "event_id": "e1",
        "source_repo": "repo", "source_path": "path",
    }  # fmt: skip
    return row | changes


def injury(day: date, name: str, **changes: Any) -> Row:
    """A transaction that opens an absence."""
    row = {
        "date": day, "team": "NYK", "player_name": name,
        "player_key": name.replace(" ", "").replace(".", "").lower(), "status": "placed out/IL",
        "detail": "sore knee", "kind": "transaction", "snapshot_time": None,
    }  # fmt: skip
    return row | changes


def game_line(day: date, **changes: Any) -> Row:
    """A spread and total for BOS at NYK."""
    row = {
        "game_date": day, "home": "NYK", "away": "BOS", "home_spread": -3.5, "total": 220.5,
        "home_ml": -150.0, "away_ml": 130.0, "bookmaker": "book", "source_repo": "repo",
        "source_path": "path", "home_spread_price": -110.0, "away_spread_price": -110.0,
        "over_price": -110.0, "under_price": -110.0, "commence_time": None,
    }  # fmt: skip
    return row | changes


@dataclass
class Folder:
    """Rows per file; `write` makes the folder, `take` imports it.

    Files in `as_text` have text in every column; `bend` may change a file's frame at the end.
    """

    path: Path
    rows: dict[str, list[Row]] = field(default_factory=dict)
    as_text: tuple[str, ...] = ()
    bend: Callable[[str, pl.DataFrame], pl.DataFrame] = lambda _name, frame: frame

    def write(self) -> Path:
        """The folder with all seven files; files without rows have zero rows."""
        self.path.mkdir(parents=True, exist_ok=True)
        for name, columns in FILES.items():
            schema = {c.name: POLARS[c.kind] for c in columns}
            rows = self.rows.get(name, [])
            if name in self.as_text:
                schema = dict.fromkeys(schema, pl.String)
                rows = [{k: None if v is None else str(v) for k, v in r.items()} for r in rows]
            frame = pl.DataFrame(rows, schema=schema)
            self.bend(name, frame).write_parquet(self.path / f"{name}.parquet")
        return self.path

    def take(self, lake: Lake) -> ImportReport:
        """Write the folder and import it."""
        return import_folder(lake, self.write())


def tiny(path: Path) -> Folder:
    """Two games of NYK and BOS with Al Able (NYK) and Bo Baker (BOS), and one line."""
    rows: dict[str, list[Row]] = {
        "schedule": [game(1, FIRST), game(2, SECOND)],
        "player_game": [
            box(n, day, name, team)
            for n, day in ((1, FIRST), (2, SECOND))
            for name, team in (("Al Able", "NYK"), ("Bo Baker", "BOS"))
        ],
        "team_game": [
            team_box(n, day, t) for n, day in ((1, FIRST), (2, SECOND)) for t in ("NYK", "BOS")
        ],
        "prop_lines": [line(SECOND, "Al Able")],
        "game_lines": [game_line(SECOND)],
        "injuries": [injury(SECOND, "Bo Baker", team="BOS")],
        "officials": [
            {"nba_game_id": "0022400001", "game_date": FIRST, "home": "NYK", "away": "BOS",
             "official": "Zed Whistle", "official_id": "1", "slot": 1}
        ],
    }  # fmt: skip
    return Folder(path, rows)
