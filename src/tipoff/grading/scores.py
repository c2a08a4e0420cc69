"""What one prediction earns against what happened: a row in, a row of scores out."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

from tipoff.league.odds import american_to_decimal
from tipoff.models.pmf import Pmf

SMALLEST = 1e-12
"""Log loss is taken at no probability below this, so that one certainty cannot be infinite."""

SCORES = (
    "absolute_error", "signed_error", "mean_error", "crps", "pit", "covered80",
    "brier", "log_loss", "profit",
)  # fmt: skip
"""Columns `score` adds; null where they do not exist."""


def uniform(prediction_id: str) -> float:
    """The u in [0, 1) that randomises this prediction's PIT: from its id, the same for ever."""
    digest = hashlib.sha256(f"pit:{prediction_id}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def score(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the SCORES to rows of predictions with their outcome.

    Reads prediction_id, pmf, mean, median, line, p_over, p_push, recommendation, over_price,
    under_price, actual and outcome. Rows without an actual (void) get nulls throughout.

    absolute_error |median - y|, signed_error median - y, mean_error mean - y; crps, PIT and the
    80% interval are the pmf's (models/pmf.py), the last two randomised by `uniform`. With
    q = P(over) / (1 - P(push)) and o = 1 when y > line: brier (q - o)^2, log_loss
    -log(q if o else 1 - q), null on a push and without a line.
    """
    numbered = rows.with_row_index("_row")
    shaped = _shapes(numbered.filter(pl.col("actual").is_not_null()))
    joined = numbered.join(shaped, on="_row", how="left", maintain_order="left")
    return joined.with_columns(*_errors(), *_chances(), _profit(rows)).drop("_row")


def _shapes(graded: pl.DataFrame) -> pl.DataFrame:
    # One Pmf per length: the last bin means "K or more", so pmfs must not be padded.
    sized = graded.with_columns(_size=pl.col("pmf").list.len())
    parts = [_shape(part) for part in sized.partition_by("_size")]
    none = graded.select("_row").clear().with_columns(
        crps=pl.lit(None, pl.Float64), pit=pl.lit(None, pl.Float64),
        covered80=pl.lit(None, pl.Boolean),
    )  # fmt: skip
    return pl.concat([none, *parts])


def _shape(part: pl.DataFrame) -> pl.DataFrame:
    pmf = Pmf(part["pmf"].explode().to_numpy().reshape(part.height, -1))
    actual = part["actual"].cast(pl.Float64).to_numpy()
    u = np.array([uniform(name) for name in part["prediction_id"]])
    return pl.DataFrame(
        {
            "_row": part["_row"],
            "crps": pmf.crps(actual),
            "pit": pmf.pit(actual, u),
            "covered80": pmf.covered(actual, u, 0.8),
        }
    )


def _errors() -> list[pl.Expr]:
    signed = pl.col("median") - pl.col("actual")
    return [
        signed.abs().alias("absolute_error"),
        signed.alias("signed_error"),
        (pl.col("mean") - pl.col("actual")).alias("mean_error"),
    ]


def _chances() -> list[pl.Expr]:
    decided = pl.col("actual") != pl.col("line")
    over = pl.col("actual") > pl.col("line")
    chance = pl.col("p_over") / (1.0 - pl.col("p_push").fill_null(0.0))
    given = pl.when(over).then(chance).otherwise(1.0 - chance)
    loss = -given.clip(SMALLEST, 1.0).log()
    return [
        pl.when(decided).then((chance - over.cast(pl.Float64)) ** 2).alias("brier"),
        pl.when(decided).then(loss).alias("log_loss"),
    ]


def _profit(rows: pl.DataFrame) -> pl.Expr:
    gain = pl.lit(taken_decimal(rows) - 1.0)
    outcome = pl.col("outcome")
    paid = pl.when(outcome == "hit").then(gain).when(outcome == "miss").then(-1.0)
    settled = paid.when(outcome == "push").then(0.0)
    return pl.when(gain.is_not_null()).then(settled).alias("profit")


def taken_decimal(rows: pl.DataFrame) -> pl.Series:
    """Decimal odds of the picked side, null without a pick or a real price; one per row."""
    side = rows["recommendation"]
    over, under = (
        american_to_decimal(rows[c].cast(pl.Float64)) for c in ("over_price", "under_price")
    )
    taken = np.where(side == "OVER", over, np.where(side == "UNDER", under, np.nan))
    return pl.Series("decimal", taken, dtype=pl.Float64).fill_nan(None)
