"""What a promotion is judged by: scored forecasts of one market, live or from a backtest file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import UsageError
from tipoff.forecast.recommend import recommend
from tipoff.grading.facts import NOW
from tipoff.grading.record import Span, record_rows
from tipoff.grading.scores import score
from tipoff.grading.tiers import with_tiers
from tipoff.hashing import content_id, file_sha256
from tipoff.lake import as_of_sql
from tipoff.markets import MARKETS
from tipoff.models.pmf import Pmf
from tipoff.settings import settings
from tipoff.texts import file_there

if TYPE_CHECKING:
    from tipoff.lake import Reader

NEEDED = (
    "game_date", "game_id", "player_key", "market", "model", "as_of", "trained_through", "mean",
    "median", "pmf", "line", "p_over",
)  # fmt: skip
_KEPT = (
    "slate", "game_id", "player_key", "model", "mean", "actual", "line", "recommendation",
    "signed_error", "mean_error", "absolute_error", "crps", "covered80", "trained_through",
)  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """Scored forecasts of one market, all models: `rows` has a row per model and player-game.

    Columns: slate, game_id, player_key, model, mean, actual, line, recommendation, the scores of
    grading/scores.py, trained_through (live rows: the day before) and line_tier. `source` says
    where they come from.
    """

    market: str
    source: str
    rows: pl.DataFrame

    def of(self, model: str) -> pl.DataFrame:
        """The rows of one model."""
        return self.rows.filter(pl.col("model") == model)


def live_evidence(r: Reader, market: str) -> Evidence:
    """Everything of the market in the live record that is graded."""
    rows = record_rows(r, Span(date(1900, 1, 1), date(2200, 1, 1)), "live", market)
    graded = rows.filter(pl.col("actual").is_not_null()).with_columns(
        mean=pl.col("actual") + pl.col("mean_error"),
        # Committed before tip-off by a version eligible on the day: trained through a day before.
        trained_through=pl.col("slate") - pl.duration(days=1),
    )
    return Evidence(market, "live record", _tiered(graded, market))


def file_evidence(r: Reader, path: Path, market: str) -> Evidence:
    """A backtest's forecasts of the market, scored against the lake's box scores.

    Raises UsageError when the file is no backtest, holds a forecast twice, or none of its
    forecasts was of a player-game in the lake.
    """
    forecasts = _read(path, market)
    forecasts = forecasts.join(
        _outcomes(r, forecasts, market), on=["game_id", "player_key"], how="inner"
    )
    if not forecasts.height:
        raise UsageError(f"{path} has no {market} forecast of a game in this lake", "check both")
    scored = score(_completed(forecasts))
    return Evidence(market, f"{path.name} sha256 {file_sha256(path)[:12]}", _tiered(scored, market))


def _read(path: Path, market: str) -> pl.DataFrame:
    if not file_there(path):
        raise UsageError(f"there is no file {path}", "tipoff backtest --out FILE.parquet makes one")
    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise UsageError(f"{path} is no Parquet file: {error}") from error
    missing = [name for name in NEEDED if name not in frame.columns]
    if missing:
        raise UsageError(f"{path} lacks {', '.join(missing)}", "it must be a backtest's output")
    rows = frame.select(NEEDED).filter(pl.col("market") == market).rename({"game_date": "slate"})
    keys = ["model", "game_id", "player_key"]
    if rows.select(keys).is_duplicated().any():
        raise UsageError(f"{path} holds a forecast twice", "one row per model and player-game")
    return rows


def _outcomes(r: Reader, forecasts: pl.DataFrame, market: str) -> pl.DataFrame:
    played = f"""
      SELECT game_id, player_key, ({MARKETS[market].counts})::DOUBLE AS actual
      FROM {as_of_sql("league.player_game", "game_date BETWEEN $start AND $end")}
      WHERE minutes > 0"""
    span = {"start": forecasts["slate"].min(), "end": forecasts["slate"].max()}
    return r.query(played, {"as_of": NOW, "seq": r.newest_seq(), **span})


def _completed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with what a stored prediction has and a backtest leaves out."""
    parts = [
        _picked(part) for part in rows.with_columns(n=pl.col("pmf").list.len()).partition_by("n")
    ]
    keys = ["model", "game_id", "player_key", "market", "as_of"]
    ids = [content_id("pred", list(key)) for part in parts for key in part.select(keys).iter_rows()]
    none = pl.lit(None, pl.Float64)
    return pl.concat(parts).with_columns(
        pl.Series("prediction_id", ids),
        over_price=none,
        under_price=none,
        outcome=pl.lit("no_pick"),
    )


def _picked(part: pl.DataFrame) -> pl.DataFrame:
    pmf = Pmf(np.array(part["pmf"].to_list(), dtype=np.float64))
    line = part["line"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    nothing = np.full(part.height, np.nan)
    picks = recommend(pmf, line, nothing, nothing, settings())
    return part.with_columns(
        pl.Series("p_push", picks.p_push).fill_nan(None),
        pl.Series("recommendation", picks.recommendation),
    )


def _tiered(rows: pl.DataFrame, market: str) -> pl.DataFrame:
    named = rows.select(_KEPT).with_columns(market=pl.lit(market), edge=pl.lit(None, pl.Float64))
    return with_tiers(named).drop("edge", "edge_tier", "month", "market")
