"""Level: how much more or less this season scores than seasons before it, as far as it is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tipoff.models.pmf import Floats

PRIOR_ROWS = 5000
"""The level is drawn to 1 by as many rows of average size."""

Labels = NDArray[np.int64]


def season_level(y: Floats, mean: Floats) -> float:
    """(sum y + K m) / (sum mean + K m), m = mean of `mean`, K = PRIOR_ROWS; 1 without rows.

    `y`, `mean`: outcomes and out-of-fold means of a season's earlier rows, shape (n,).
    """
    if not len(y):
        return 1.0
    prior = PRIOR_ROWS * float(mean.mean())
    return (float(y.sum()) + prior) / (float(mean.sum()) + prior)


def levelled(y: Floats, mean: Floats, season: Labels, month: Labels) -> Floats:
    """Each row's mean times the level of its season's earlier months, shape (n,).

    `season` and `month` (12 x year + month) label the rows: what a forecast of the first of the
    month would have known.
    """
    found = mean.copy()
    for one in np.unique(season):
        mine = season == one
        for now in np.unique(month[mine]):
            before = mine & (month < now)
            found[mine & (month == now)] *= season_level(y[before], mean[before])
    return found
