"""The newest rows of a training window, kept aside to see how a model does on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tipoff.models.data import TrainingData
from tipoff.models.pmf import Bools, Floats, Pmf


@dataclass(frozen=True)
class Holdout:
    """MAE of the median and mean CRPS, in units of the market, over `rows` held-out rows."""

    market: str
    rows: int
    mae: float
    crps: float


def score(pmf: Pmf, y: Floats, market: str) -> Holdout:
    """The scores of a pmf against outcomes, both of n rows."""
    error = np.abs(pmf.median() - y)
    return Holdout(market, len(y), float(error.mean()), float(pmf.crps(y).mean()))


def newest_rows(data: TrainingData, share: float = 0.2) -> Bools:
    """Marks the newest rows, shape (n,): whole dates, about `share` of the rows or a bit more.

    Whole dates, because rows of one date share their games and would leak across a split.
    """
    dates = data.frame.get_column("game_date")
    if dates.len() < 2:
        return np.zeros(dates.len(), dtype=np.bool_)
    first = dates[int(dates.len() * (1 - share))]
    return np.asarray((dates >= first).to_numpy())
