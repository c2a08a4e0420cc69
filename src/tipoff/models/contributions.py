"""Why a model's centre is what it is: a share of it for every feature read."""

from __future__ import annotations

import polars as pl

from tipoff.errors import UsageError
from tipoff.models.baselines import Baseline, terms
from tipoff.models.catboost_model import CatBoostModel
from tipoff.models.champion import Champion
from tipoff.models.model import Model, column


def contributions(model: Model, row: pl.DataFrame, market: str) -> tuple[float, dict[str, float]]:
    """(base, feature -> contribution) of one row, in units of the market.

    Base and contributions add up to the centre the model reads its pmf from, before the floor:
    SHAP values for trees (Lundberg, Erion and Lee 2018), weight x value for a baseline, whose
    base is 0. A feature that is null in a baseline has no contribution. Raises UsageError unless
    `row` is exactly one row of a market the model predicts.
    """
    if row.height != 1 or market not in model.manifest.contract.names:
        raise UsageError(
            f"{model.manifest.model} explains one row of a market it predicts, not"
            f" {row.height} rows of {market}"
        )
    if isinstance(model, CatBoostModel | Champion):
        return model.shap(row, market)
    if isinstance(model, Baseline):
        weights = terms(model.manifest.model, market)
        parts = {n: weight * float(column(row, n)[0]) for n, weight in weights.items()}
        return 0.0, {n: part for n, part in parts.items() if part == part}
    raise UsageError(f"{type(model).__name__} does not explain itself")
