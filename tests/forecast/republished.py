"""What comes in between two sets of a slate: one line moves and one player is ruled out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from tipoff.lake import Lake, Writer

MOVED = 8.0
"""How far the line moved: enough to flip any pick."""


@dataclass(frozen=True)
class Twice:
    """The lake, the slate, whose points line moved and who was ruled out."""

    lake: Lake
    day: date
    moved: str
    out: str


def two_players(lake: Lake) -> list[str]:
    """Two players with a points line the champion goes over."""
    sql = """SELECT player_key FROM forecast.current_prediction
             WHERE model = 'catboost_v9' AND market = 'points' AND line IS NOT NULL
             ORDER BY recommendation <> 'OVER', player_key LIMIT 2"""
    with lake.reading() as r:
        return [key for (key,) in r.rows(sql)]


def news(w: Writer, day: date, moved: str, out: str) -> None:
    """Move the points line of `moved` by MOVED and rule `out` out, both known before tip-off."""
    lines = w.query(
        "SELECT * EXCLUDE (recorded_seq) FROM league.prop_line"
        " WHERE game_date = $day AND player_key = $player AND market = 'points'"
        " AND is_main_line",
        {"day": day, "player": moved},
    )
    newer = lines.with_columns(
        line=pl.col("line") + MOVED, known_at=pl.col("known_at") + timedelta(seconds=1),
        fact_id=pl.concat_str(pl.lit("moved"), "fact_id"),
    )  # fmt: skip
    w.append("league.prop_line", newer)
    first = w.value("SELECT min(tipoff) FROM league.game WHERE game_date = $day", {"day": day})
    row = {"date": day, "player_key": out, "raw_key": out, "status": "out", "raw_status": "OUT",
           "kind": "daily status snapshot", "known_at": first - timedelta(hours=1),
           "fact_id": "ruledout"}  # fmt: skip
    w.append("league.injury", pl.DataFrame([row]))
