"""Groups a forecast may be judged in: only what was known before the game, never its outcome."""

from collections.abc import Sequence
from itertools import pairwise

import polars as pl

_POINTS = (10.0, 15.0, 20.0, 25.0)
_BOARDS = (3.0, 5.0, 7.0, 9.0)
_SMALL = (1.0, 2.0, 3.0)
LINE_BOUNDS: dict[str, tuple[float, ...]] = {
    "assists": _BOARDS, "blocks": _SMALL, "pa": _POINTS, "points": _POINTS, "pr": _POINTS,
    "pra": _POINTS, "ra": _BOARDS, "rebounds": _BOARDS, "steals": _SMALL, "threes": _SMALL,
}  # fmt: skip
"""Market -> lower bounds of its line tiers but the first, in units of the market."""

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
        pl.when(pl.col("market") == market).then(_cut(pl.col("line"), bounds))
        for market, bounds in LINE_BOUNDS.items()
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
