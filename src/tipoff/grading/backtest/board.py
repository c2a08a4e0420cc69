"""The scoreboard of a backtest file: outcomes from the lake, the live record's rules of judging."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from pydantic import ValidationError

from tipoff.errors import GateBlocked
from tipoff.grading.backtest import store
from tipoff.grading.backtest.actuals import (
    KEYS,
    judged,
    market_lines,
    outcomes,
    scored_markets,
)
from tipoff.grading.backtest.results import Numbers, results
from tipoff.grading.backtest.suspicion import suspicions
from tipoff.grading.scores import score
from tipoff.markets import Markets
from tipoff.results.backtest import BacktestBoard

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

MIN_GAMES = 10


def board(
    lake: Lake,
    path: Path,
    market: Markets = None,
    min_games: int = MIN_GAMES,
    trials: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> BacktestBoard:
    """Judge a backtest file, or some markets of it, by the outcomes the lake holds.

    Only players with at least `min_games` earlier games count. Raises NotFound or UsageError for
    a file that is none, NotFound when the lake lacks the span's games, GateBlocked for figures that
    are no numbers.
    """
    about = store.about(path)
    start, end = date.fromisoformat(about["start"]), date.fromisoformat(about["end"])
    boards = []
    with lake.reading() as r:
        actuals = outcomes(r, start, end)
        for name in scored_markets(about["markets"], market):
            progress(f"judging {name}")
            boards.append(_market(r, path, actuals, name, min_games))
    warnings = [text for b in boards for text in _warnings(b)]
    return _board({
        "about": about, "min_games": min_games, "trials": trials, "markets": boards,
        "warnings": warnings,
    })  # fmt: skip


def _board(fields: Numbers) -> BacktestBoard:
    try:
        return BacktestBoard.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise GateBlocked(
            "; ".join([f"the board cannot be shown: {where}: {first['msg']}", *fields["warnings"]]),
            "train the model again; a forecast that is no number is a fault of its own",
        ) from error


def _market(r: Reader, path: Path, actuals: pl.DataFrame, market: str, min_games: int) -> Numbers:
    enough = actuals.filter(pl.col("earlier") >= min_games)
    rows = store.read(path, market).join(enough.select(*KEYS, "tipoff"), on=KEYS)
    scored = _scored(r, rows, actuals, market)
    lined = scored.filter(pl.col("line").is_not_null())
    return {
        "market": market, "player_games": actuals.height, "counted": enough.height,
        "with_line": lined.select(KEYS).unique().height,
        "everyone": results(scored) if scored.height else [],
        "lined": results(lined) if lined.height else [],
    }  # fmt: skip


def _scored(r: Reader, rows: pl.DataFrame, actuals: pl.DataFrame, market: str) -> pl.DataFrame:
    from tipoff.settings import settings

    lines = market_lines(r, rows, market, settings().no_vig)
    parts = [
        score(judged(part, actuals, lines, market)).drop("pmf")
        for part in rows.partition_by("model")
    ]
    return pl.concat(parts) if parts else judged(rows, actuals, lines, market)


def _warnings(judged_market: Numbers) -> list[str]:
    lined = {result["model"]: result for result in judged_market["lined"]}
    return [
        text
        for result in judged_market["everyone"]
        for text in suspicions(
            judged_market["market"], result["model"], result, lined.get(result["model"])
        )
    ]
