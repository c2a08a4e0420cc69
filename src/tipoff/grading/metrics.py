"""Metrics over long frames of graded predictions, each with its n and interval.

One signature: `metric(rows, by=())`. `rows` has a row per prediction with the columns of
grading/scores.py, its `slate`, and the columns of `by`, which must have been known before the
game. Nulls in the scored column are left out of n. The answer has the columns of `by`, then
metric, n, slates, value, low, high: a 95% percentile interval from resampling whole slates with
replacement (Efron and Tibshirani 1993, ch. 13; clusters: Cameron, Gelbach and Miller 2008),
because games of one night are not independent. One slate alone has no interval (null).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tipoff.grading.scores import taken_decimal
from tipoff.models.resampling import slate_weights

Floats = NDArray[np.float64]
Metric = Callable[..., pl.DataFrame]

DRAWS = 2000
SEED = 20_250_110
LEVEL = 0.95
DECILES = 10


def evaluate(rows: pl.DataFrame, metrics: Sequence[Metric], by: Sequence[str] = ()) -> pl.DataFrame:
    """Several metrics of the same rows, one under the other."""
    return pl.concat([metric(rows, by) for metric in metrics])


def _mean(rows: pl.DataFrame, by: Sequence[str] = (), *, name: str, value: pl.Expr) -> pl.DataFrame:
    scored = rows.select(*by, "slate", value.cast(pl.Float64).alias("_value"))
    scored = scored.filter(pl.col("_value").is_not_null())
    cells = scored.group_by(*by, "slate", maintain_order=True).agg(
        pl.col("_value").sum().alias("_sum"), pl.len().alias("_count")
    )
    if not cells.height:
        return _empty(rows, by)
    groups = cells.partition_by(*by, as_dict=True, maintain_order=True) if by else {(): cells}
    estimates = [
        dict(zip(by, key, strict=True)) | {"metric": name} | estimate(cell["_sum"], cell["_count"])
        for key, cell in groups.items()
    ]
    return pl.DataFrame(estimates, schema=_empty(rows, by).schema)


def estimate(sums: pl.Series, counts: pl.Series) -> dict[str, float | int | None]:
    """n, slates, value and interval of a mean from its per-slate sums and counts."""
    total, n = float(sums.sum()), int(counts.sum())
    answer = {"n": n, "slates": len(sums), "value": total / n}
    return answer | dict(zip(("low", "high"), _interval(sums, counts), strict=True))


def _interval(sums: pl.Series, counts: pl.Series) -> tuple[float | None, float | None]:
    if len(sums) < 2:
        return None, None
    # Slates in a fixed order, so that the same rows in another order give the same bits.
    pairs = sorted(zip(sums.to_list(), counts.to_list(), strict=True))
    table = np.array(pairs, dtype=np.float64)
    drawn = slate_weights(SEED, len(pairs), DRAWS) @ table
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _empty(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {c: rows.schema[c] for c in by}
    schema |= {"metric": pl.String, "n": pl.Int64, "slates": pl.Int64}
    return pl.DataFrame(schema=schema | dict.fromkeys(("value", "low", "high"), pl.Float64))


def mean_of(rows: pl.DataFrame, name: str, value: pl.Expr, by: Sequence[str] = ()) -> pl.DataFrame:
    """The mean of any expression over the columns of `rows`, as a metric of that name."""
    return _mean(rows, by, name=name, value=value)


mae: Metric = partial(_mean, name="mae", value=pl.col("absolute_error"))
"""Mean |median - actual|, in units of the market."""

bias: Metric = partial(_mean, name="bias", value=pl.col("signed_error"))
"""Mean of median - actual: positive when forecasts run high."""

mean_bias: Metric = partial(_mean, name="mean_bias", value=pl.col("mean_error"))
"""Mean of mean - actual."""

crps: Metric = partial(_mean, name="crps", value=pl.col("crps"))
"""Mean continuous ranked probability score of the pmf, in units of the market."""

brier: Metric = partial(_mean, name="brier", value=pl.col("brier"))
"""Mean squared error of P(over | no push), pushes left out."""

log_loss: Metric = partial(_mean, name="log_loss", value=pl.col("log_loss"))
"""Mean negative log of the probability given to the side that came, pushes left out."""

coverage80: Metric = partial(_mean, name="coverage80", value=pl.col("covered80"))
"""Share of actuals inside the randomised central 80% interval; 0.8 when calibrated."""

_decided = pl.col("outcome").is_in(["hit", "miss"])

hit_rate: Metric = partial(
    _mean, name="hit_rate", value=pl.when(_decided).then(pl.col("outcome") == "hit")
)
"""Share of decided picks that won: no pushes, voids, PASS or NO_LINE."""


def priced_hit_rate(rows: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """The hit rate of picks with a real price: what `break_even` is to be compared with."""
    real = pl.col("profit").is_not_null()
    return hit_rate(rows.filter(real), by).with_columns(metric=pl.lit("priced_hit_rate"))


def break_even(rows: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """The hit rate at which the prices taken lose nothing: mean of 1 / decimal odds.

    Over the same rows as `priced_hit_rate`; a bet that wins with exactly its own 1 / decimal
    odds has an expected profit of zero, so that mean is the rate a bettor has to beat.
    """
    priced = rows.with_columns(taken_decimal(rows))
    value = pl.when(_decided & pl.col("profit").is_not_null()).then(1.0 / pl.col("decimal"))
    return _mean(priced, by, name="break_even", value=value)


roi: Metric = partial(_mean, name="roi", value=pl.col("profit"))
"""Profit per unit staked at the price of the picked side; a push returns its stake."""


def pit_deciles(rows: pl.DataFrame, by: Sequence[str] = ()) -> pl.DataFrame:
    """Share of randomised PITs in each tenth of [0, 1]: `pit_1` to `pit_10`, 0.1 when flat."""
    tenth = (pl.col("pit") * DECILES).floor().clip(0, DECILES - 1)
    parts = [
        _mean(rows, by, name=f"pit_{i + 1}", value=tenth == i) for i in range(DECILES)
    ]  # fmt: skip
    return pl.concat(parts)


ALL: tuple[Metric, ...] = (mae, bias, mean_bias, crps, brier, log_loss, coverage80)
PICKS: tuple[Metric, ...] = (hit_rate, priced_hit_rate, break_even, roi)
