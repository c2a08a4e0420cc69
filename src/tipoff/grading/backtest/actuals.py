"""What a backtest's rows are judged by: outcomes, earlier games, prices taken and closing lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import NotFound
from tipoff.grading.facts import NOW
from tipoff.grading.tiers import with_tiers
from tipoff.league.current import current_sql
from tipoff.league.lines import consensus_sql
from tipoff.league.odds import Method, no_vig_over
from tipoff.markets import MARKETS, Markets, checked_markets, counts_sql
from tipoff.models.pmf import Floats, Pmf

if TYPE_CHECKING:
    from tipoff.lake import Reader

KEYS = ["game_id", "player_key"]
_SPINE = "backtest_rows"
_LEVEL = 1e-6
"""A median this near to the line is no pick: the line's own model differs from it by rounding."""


def outcomes(r: Reader, start: date, end: date) -> pl.DataFrame:
    """Every played player-game of the span: keys, tipoff, `earlier` (games they had played before,
    by what the lake holds) and a column per market. Raises NotFound when there is none."""
    columns = "game_id, player_key, game_date, tipoff, minutes, pts, reb, ast, fg3m, stl, blk"
    sql = f"""
      WITH played AS (
        SELECT *, row_number() OVER (PARTITION BY player_key ORDER BY tipoff, game_id) - 1
          AS earlier
        FROM {current_sql("league.player_game", columns, "game_date <= $end")} WHERE minutes > 0)
      SELECT game_id, player_key, game_date, tipoff, earlier, {counts_sql()}
      FROM played WHERE game_date >= $start"""
    params = {"as_of": NOW, "seq": r.newest_seq(), "start": start, "end": end}
    frame = r.query(sql, params)
    if not frame.height:
        raise NotFound(f"the lake has no player-games from {start} to {end}", "import them first")
    return frame


def market_lines(r: Reader, rows: pl.DataFrame, market: str, method: Method) -> pl.DataFrame:
    """Per (game_id, player_key) with a line: over_price, under_price and market_over at the row's
    as_of; close and close_over: the last consensus before their own tip-off and its no-vig P(over),
    null when it is made of the same rows: a quote that nothing followed is no close of its own.

    `rows` needs game_id, player_key, game_date, tipoff, as_of. Prices are null where no book's are
    real (pick'em).
    """
    taken = _consensus(r, rows, pl.col("as_of"), market, method)
    last = pl.col("tipoff") - pl.duration(seconds=1)
    closed = _consensus(r, rows, last, market, method).select(
        *KEYS, close="line", close_over="market_over", later="line_ids"
    )
    both = taken.drop("line").join(closed, on=KEYS, how="left")
    newer = pl.col("later").list.join(" ") != pl.col("line_ids").list.join(" ")
    return both.with_columns(pl.when(newer).then(pl.col("close", "close_over"))).drop(
        "later", "line_ids"
    )


def _consensus(
    r: Reader, rows: pl.DataFrame, moment: pl.Expr, market: str, method: Method
) -> pl.DataFrame:
    spine = rows.select(*KEYS, "game_date", "tipoff", row_as_of=moment).unique(KEYS)
    r.register(_SPINE, spine)
    consensus = r.query(
        f"""SELECT game_id, player_key, line, line_ids, over_price, under_price, pairs
            FROM {consensus_sql(_SPINE, (market,))}""",
        {"as_of": NOW, "seq": r.newest_seq()},
    )
    r.unregister(_SPINE)
    pairs = consensus.select(*KEYS, "pairs").explode("pairs").drop_nulls("pairs").unnest("pairs")
    chance = pl.Series("market_over", np.zeros(0))
    if pairs.height:
        over, under = pairs["over_price"].to_numpy(), pairs["under_price"].to_numpy()
        chance = pl.Series("market_over", no_vig_over(over, under, method)).fill_nan(None)
        pairs = pairs.with_columns(chance).group_by(KEYS).agg(pl.col("market_over").median())
        return consensus.drop("pairs").join(pairs, on=KEYS, how="left")
    return consensus.drop("pairs").with_columns(market_over=pl.lit(None, pl.Float64))


def judged(
    rows: pl.DataFrame, actuals: pl.DataFrame, lines: pl.DataFrame, market: str
) -> pl.DataFrame:
    """Rows of a market as grading reads them: ids, actual, pick and its outcome, prices, tiers.

    The pick is the side of the line the median lies on, for every row with a line. A row's id,
    and with it the u of its randomised PIT, is its keys: the same in every backtest.
    """
    known = actuals.select(*KEYS, "earlier", pl.col(market).alias("actual"))
    joined = rows.join(known, on=KEYS, how="left").join(lines, on=KEYS, how="left")
    edge = pl.col("median") - pl.col("line")
    names = ("game_date", *KEYS, "market", "model")
    frame = joined.with_columns(
        slate="game_date", role=pl.lit("backtest"), run_id=pl.lit("backtest"),
        prediction_id=pl.concat_str([pl.col(n).cast(pl.String) for n in names], separator="|"),
        p_push=_pushes(joined), edge=edge,
        recommendation=pl.when(edge.is_null()).then(pl.lit("NO_LINE"))
        .when(edge > _LEVEL).then(pl.lit("OVER"))
        .when(edge < -_LEVEL).then(pl.lit("UNDER")).otherwise(pl.lit("PASS")),
    )  # fmt: skip
    return with_tiers(frame.with_columns(outcome=_outcome()))


def _pushes(rows: pl.DataFrame) -> pl.Series:
    line = rows["line"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return pl.Series("p_push", Pmf(matrix_of(rows["pmf"])).p_push(line)).fill_nan(None)


def matrix_of(lists: pl.Series) -> Floats:
    """Lists of one length as an array, shape (n, length)."""
    return lists.explode().to_numpy().reshape(lists.len(), -1) if lists.len() else np.ones((0, 2))


def _outcome() -> pl.Expr:
    actual, line, side = pl.col("actual"), pl.col("line"), pl.col("recommendation")
    won = pl.when(side == "OVER").then(actual > line).otherwise(actual < line)
    decided = pl.when(won).then(pl.lit("hit")).otherwise(pl.lit("miss"))
    picked = pl.when(actual == line).then(pl.lit("push")).otherwise(decided)
    said = pl.when(side.is_in(["OVER", "UNDER"])).then(picked).otherwise(pl.lit("no_pick"))
    return pl.when(actual.is_null()).then(pl.lit("pending")).otherwise(said)


def scored_markets(present: Sequence[str], asked: Markets) -> list[str]:
    """The markets to judge, in their declared order."""
    return [m for m in checked_markets(asked) or MARKETS if m in present]
