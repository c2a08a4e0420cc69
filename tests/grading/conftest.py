"""A small lake with real games and hand-made predictions, and rows to settle without a lake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tipoff.hashing import content_id
from tipoff.lake import Lake, Writer
from tipoff.models.pmf import negative_binomial

DAY = date(2025, 1, 10)
TIP = datetime(2025, 1, 11, 0, 0, tzinfo=UTC)
BEFORE, AFTER = TIP - timedelta(hours=2), TIP + timedelta(hours=12)

TEXT = pl.String
COLUMNS: dict[str, Any] = {
    "run_id": TEXT, "prediction_id": TEXT, "game_id": TEXT, "player_key": TEXT, "player": TEXT,
    "team": TEXT, "opponent": TEXT, "market": TEXT, "model": TEXT, "role": TEXT,
    "as_of": pl.Datetime("us", "UTC"), "tipoff": pl.Datetime("us", "UTC"),
    "pmf": pl.List(pl.Float64), "mean": pl.Float64, "median": pl.Float64, "line": pl.Float64,
    "p_over": pl.Float64, "p_push": pl.Float64, "over_price": pl.Float64,
    "under_price": pl.Float64, "edge": pl.Float64, "recommendation": TEXT,
}  # fmt: skip


def forecast(**changes: Any) -> dict[str, Any]:
    """One prediction as it would be stored; `mean` shapes the pmf, everything follows from it."""
    row: dict[str, Any] = {
        "game_id": "0022400527", "player_key": "tyresemaxey", "player": "Tyrese Maxey",
        "team": "PHI", "opponent": "NOP", "market": "points", "model": "catboost_v9",
        "role": "champion", "as_of": TIP - timedelta(hours=3), "tipoff": TIP, "mean": 25.0,
        "line": 24.5, "over_price": None, "under_price": None,
    }  # fmt: skip
    row |= changes
    pmf = negative_binomial(np.array([row["mean"]]), 2.8, 90)
    line = np.nan if row["line"] is None else row["line"]
    row |= {"pmf": pmf.p[0].tolist(), "mean": float(pmf.mean()[0])}
    row |= {"median": float(pmf.median()[0])}
    if row["line"] is not None:
        row |= {"p_over": float(pmf.p_over(line)[0]), "p_push": float(pmf.p_push(line)[0])}
        row["edge"] = row["median"] - row["line"]
    default = "NO_LINE" if row["line"] is None else "OVER" if row["edge"] > 0 else "UNDER"
    row.setdefault("recommendation", default)
    parts = [row[k] for k in ("game_id", "player_key", "market", "model", "mean", "as_of")]
    row.setdefault("prediction_id", content_id("pred", parts))
    return row


def frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Predictions as a frame with the stored types; absent columns are null."""
    return pl.DataFrame([{c: r.get(c) for c in COLUMNS} for r in rows], schema=COLUMNS)


def publish(
    lake: Lake,
    rows: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
    day: date = DAY,
    refused: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Store rows as one complete set published at `at`; returns the run's id."""
    with lake.reading() as r:
        seq = int(r.value("SELECT count(*) FROM forecast.publication WHERE slate = $d", {"d": day}))
    predictions = frame(rows)
    run = content_id("run", [str(day), seq, predictions["prediction_id"].to_list()])
    lake.write(lambda w: _store(w, run, seq + 1, predictions, at, day, refused))
    return run


def _store(
    w: Any, run: str, seq: int, predictions: pl.DataFrame, at: datetime, day: date, refused: Any
) -> None:
    head = {"run_id": run, "slate": day, "committed_at": at, "simulated": False}
    w.append("forecast.run", pl.DataFrame([head]), key=("run_id",))
    w.append("forecast.prediction", predictions.with_columns(run_id=pl.lit(run)))
    if refused:
        w.append("forecast.refusal", pl.DataFrame([{"run_id": run, **row} for row in refused]))
    pub = {"publication_id": f"pub_{day}_{seq}", "slate": day, "seq": seq, "run_id": run,
           "kind": "first", "reason": "test", "committed_at": at}  # fmt: skip
    w.append("forecast.publication", pl.DataFrame([pub]), key=("slate", "seq"))


def add(lake: Lake, games: pl.DataFrame | None = None, box: pl.DataFrame | None = None) -> None:
    """Append games and player rows in one commit, filling in what every fact row carries."""

    def store(w: Writer) -> None:
        for table, rows in (("league.game", games), ("league.player_game", box)):
            if rows is not None:
                w.append(table, _as_fact(rows))

    lake.write(store)


def _as_fact(rows: pl.DataFrame) -> pl.DataFrame:
    ids = [content_id("fact", row) for row in rows.rows()]
    known = datetime(2025, 1, 1, tzinfo=UTC)
    return rows.with_columns(pl.Series("fact_id", ids), known_at=pl.lit(known))


def real_games(folder: Path) -> pl.DataFrame:
    """The league's games from 2025-01-10 to 02-10, and one that only the lines knew."""
    schedule = pl.read_parquet(folder / "schedule.parquet").filter(
        pl.col("game_date").is_between(DAY, date(2025, 2, 10))
    )
    games = schedule.select(
        pl.col("nba_game_id").alias("game_id"), "nba_game_id",
        pl.col("game_id").alias("display_id"), "game_date", pl.col("home_team").alias("home"),
        pl.col("away_team").alias("away"), "status", "home_pts", "away_pts",
        tipoff=pl.col("tipoff_utc").str.to_datetime(time_zone="UTC", time_unit="us"),
    ).with_columns(result_known_at=pl.col("tipoff") + pl.duration(hours=3))  # fmt: skip
    alone = {"game_id": "20250111_HOU_ATL", "display_id": "20250111_HOU_ATL",
             "game_date": date(2025, 1, 11), "home": "ATL", "away": "HOU", "status": "scheduled",
             "tipoff": datetime(2025, 1, 12, 0, 40, tzinfo=UTC)}  # fmt: skip
    only_lines = pl.DataFrame([alone]).with_columns(pl.col("tipoff").cast(games["tipoff"].dtype))
    return pl.concat([games, only_lines], how="diagonal")


def real_box(folder: Path, *days: date) -> pl.DataFrame:
    """Box scores of some days, or of 2025-01-10, 01-11 and the postponed game's new date."""
    days = days or (DAY, date(2025, 1, 11), date(2025, 1, 28))
    rows = pl.read_parquet(folder / "player_game.parquet").filter(pl.col("game_date").is_in(days))
    names = ("player_key", "game_date", "team", "opponent", "minutes", "did_not_play",
             "pts", "reb", "ast", "stl", "blk", "fg3m")  # fmt: skip
    return rows.select(pl.col("nba_game_id").alias("game_id"), *names)


_TOUCHED = (
    "forecast.run", "forecast.prediction", "forecast.refusal", "forecast.publication",
    "grading.grade", "league.game", "league.player_game",
)  # fmt: skip


@pytest.fixture(scope="session")
def _games(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with Lake.open(tmp_path_factory.mktemp("grading") / "lake", create=True) as lake:
        add(lake, real_games(real_data), real_box(real_data))
        yield lake


@pytest.fixture
def games_lake(_games: Lake) -> Iterator[Lake]:
    """A lake with a month of real games and three nights of box scores, as new for every test.

    Opening a lake costs more than a test does: what the test stores is taken out again.
    """
    with _games.reading() as r:
        before = {"seq": r.newest_seq()}
    yield _games

    def clear(w: Writer) -> None:
        for table in _TOUCHED:
            w.rows(f"DELETE FROM {table} WHERE recorded_seq > $seq", before)

    _games.write(clear)
