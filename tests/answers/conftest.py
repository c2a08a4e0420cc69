"""A slate published twice: between the sets one line moved and one player was ruled out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.simulated import built_once, own_copy, slate_dates
from tipoff.forecast import reconcile
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


def _two_players(lake: Lake) -> list[str]:
    """Two players with a points line the champion goes over."""
    sql = """SELECT player_key FROM forecast.current_prediction
             WHERE model = 'catboost_v9' AND market = 'points' AND line IS NOT NULL
             ORDER BY recommendation <> 'OVER', player_key LIMIT 2"""
    with lake.reading() as r:
        return [key for (key,) in r.rows(sql)]


def _news(w: Writer, day: date, moved: str, out: str) -> None:
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


@pytest.fixture(scope="session")
def twice_lake(tmp_path_factory: pytest.TempPathFactory, published_lake: Path) -> Path:
    def build(folder: Path) -> None:
        own_copy(published_lake, folder)
        (folder / "built").unlink()
        with Lake.open(folder) as lake:
            day = slate_dates(lake)[-1]
            moved, out = _two_players(lake)
            lake.write(lambda w: _news(w, day, moved, out))
            reconcile(lake, day)

    return built_once(tmp_path_factory, "published-twice", build)


@pytest.fixture
def twice(twice_lake: Path, published_lake: Path, slate_day: date) -> Iterator[Twice]:
    """The slate published twice; only to be read."""
    with Lake.open(published_lake) as before:
        moved, out = _two_players(before)
    with Lake.open(twice_lake) as lake:
        yield Twice(lake, slate_day, moved, out)
