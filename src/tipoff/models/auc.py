"""The area under the ROC curve, with an interval that knows that games of one night go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipoff.models.pmf import Bools, Floats
from tipoff.models.resampling import slate_weights

DRAWS, SEED = 1000, 20_250_110


@dataclass(frozen=True)
class Auc:
    """AUC with its 95% interval over resampled slates; rows without a score count as ties."""

    n: int
    positives: int
    slates: int
    value: float
    low: float
    high: float


def clustered_auc(score: Floats, y: Bools, slates: NDArray[Any]) -> Auc | None:
    """P(a positive scores above a negative) + half the ties (Mann and Whitney 1947).

    `score`, `y` and `slates` have shape (n,); NaN scores are taken as the lowest. None with one
    outcome only, or fewer than two slates.
    """
    _, night = np.unique(slates, return_inverse=True)
    count = int(night.max(initial=-1)) + 1
    if count < 2 or y.all() or not y.any():
        return None
    filled = np.where(np.isnan(score), -np.inf, score)
    levels, level = np.unique(filled, return_inverse=True)
    weights = slate_weights(SEED, count, DRAWS)
    drawn = [_weighted(level, y, row[night], len(levels)) for row in weights]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    value = _weighted(level, y, np.ones(len(y)), len(levels))
    return Auc(len(y), int(y.sum()), count, value, float(low), float(high))


def _weighted(level: NDArray[np.int64], y: Bools, weight: Floats, levels: int) -> float:
    up = np.bincount(level, weight * y, levels)
    down = np.bincount(level, weight * ~y, levels)
    beneath = np.cumsum(down) - down
    total = up.sum() * down.sum()
    return float((up * (beneath + down / 2)).sum() / total) if total else float("nan")
