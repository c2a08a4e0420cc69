"""Groups a forecast may be judged in: only what was known before the game, never its outcome."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

from tipoff.markets import MARKETS

EDGE_BOUNDS = (1.0, 2.0, 3.0, 5.0)
"""Lower bounds of the |edge| tiers but the first, in units of the market."""

NO_LINE_TIER = "no line"


def labels(bounds: Sequence[float]) -> list[str]:
    """Names of the tiers between bounds: `under 10`, `10 to 15`, ..., `25+`."""
    inner = [f"{a:g} to {b:g}" for a, b in pairwise(bounds)]
    return [f"under {bounds[0]:g}", *inner, f"{bounds[-1]:g}+"]


def with_tiers(rows: pl.DataFrame) -> pl.DataFrame:
    """Add line_tier, edge_tier (null without an edge) and month (YYYY-MM of the slate)."""
    cuts = [
        pl.when(pl.col("market") == market.name).then(_cut(pl.col("line"), market.tiers))
        for market in MARKETS.values()
    ]
    tier = pl.when(pl.col("line").is_null()).then(pl.lit(NO_LINE_TIER)).otherwise(pl.coalesce(cuts))
    edge = pl.when(pl.col("edge").is_not_null()).then(_cut(pl.col("edge").abs(), EDGE_BOUNDS))
    return rows.with_columns(
        line_tier=tier, edge_tier=edge, month=pl.col("slate").dt.strftime("%Y-%m")
    )


def _cut(value: pl.Expr, bounds: Sequence[float]) -> pl.Expr:
    names = labels(bounds)
    chosen: pl.Expr = pl.lit(names[0])
    for bound, name in zip(bounds, names[1:], strict=True):
        chosen = pl.when(value >= bound).then(pl.lit(name)).otherwise(chosen)
    return chosen
