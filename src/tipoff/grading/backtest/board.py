"""The scoreboard of a backtest file: outcomes from the lake, the live record's rules of judging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

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

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

MIN_GAMES = 10


@dataclass(frozen=True)
class MarketBoard:
    """One market. `player_games` that were asked, `counted` of them with enough earlier games,
    `with_line` of those with a line; results of each model on the counted and on the lined."""

    market: str
    player_games: int
    counted: int
    with_line: int
    everyone: list[Numbers]
    lined: list[Numbers]


@dataclass(frozen=True)
class Board:
    """A backtest judged. `about` is what its file says of itself; `trials` is None without a
    research log; `warnings` are results too good to be believed."""

    about: dict[str, Any]
    min_games: int
    trials: int | None
    markets: list[MarketBoard]
    warnings: list[str]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def board(
    lake: Lake,
    path: Path,
    market: Markets = None,
    min_games: int = MIN_GAMES,
    trials: int | None = None,
    progress: Callable[[str], None] = lambda _text: None,
) -> Board:
    """Judge a backtest file, or one market of it, by the outcomes the lake holds.

    Only players with at least `min_games` earlier games count. Raises NotFound or UsageError for
    a file that is none, NotFound when the lake lacks the span's games.
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
    return Board(about, min_games, trials, boards, warnings)


def _market(
    r: Reader, path: Path, actuals: pl.DataFrame, market: str, min_games: int
) -> MarketBoard:
    enough = actuals.filter(pl.col("earlier") >= min_games)
    rows = store.read(path, market).join(enough.select(*KEYS, "tipoff"), on=KEYS)
    scored = _scored(r, rows, actuals, market)
    lined = scored.filter(pl.col("line").is_not_null())
    return MarketBoard(
        market, actuals.height, enough.height, lined.select(KEYS).unique().height,
        results(scored) if scored.height else [], results(lined) if lined.height else [],
    )  # fmt: skip


def _scored(r: Reader, rows: pl.DataFrame, actuals: pl.DataFrame, market: str) -> pl.DataFrame:
    from tipoff.settings import settings

    lines = market_lines(r, rows, market, settings().no_vig)
    parts = [
        score(judged(part, actuals, lines, market)).drop("pmf")
        for part in rows.partition_by("model")
    ]
    return pl.concat(parts) if parts else judged(rows, actuals, lines, market)


def _warnings(found: MarketBoard) -> list[str]:
    lined = {result["model"]: result for result in found.lined}
    return [
        text
        for result in found.everyone
        for text in suspicions(found.market, result["model"], result, lined.get(result["model"]))
    ]
