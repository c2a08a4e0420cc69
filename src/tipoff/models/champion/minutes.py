"""Minutes given that he plays: a median by trees, and how far off such medians have been."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.bands import in_bands
from tipoff.models.pmf import Floats

LONGEST = 48.0
"""Medians are cut to [0, 48]; a game with overtimes may last longer and is in the quantiles."""
OVERTIME = 63.0
BANDS = 8
LEVELS = tuple(i / 40 for i in range(1, 40))


class MinutesSpread(BaseModel):
    """Quantiles of actual - median minutes at LEVELS, one row per band; `centres` are the bands'
    mean medians, between which quantiles are linear."""

    model_config = ConfigDict(frozen=True)

    centres: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]

    def quantile(self, median: Floats, q: float) -> Floats:
        """The q-quantile of minutes, shape (n,), in [0, 63]; q in [0.025, 0.975]."""
        by_band = [np.interp(q, LEVELS, row) for row in self.quantiles]
        return np.clip(median + np.interp(median, self.centres, by_band), 0.0, OVERTIME)


def fit_minutes_spread(y: Floats, median: Floats) -> MinutesSpread:
    """Fit to minutes played `y` and medians made without them, both of shape (n,)."""
    found = in_bands(median, BANDS)
    rows = [np.quantile((y - median)[mine], LEVELS) for mine in found]
    return MinutesSpread(
        centres=tuple(float(median[mine].mean()) for mine in found),
        quantiles=tuple(tuple(float(v) for v in row) for row in rows),
    )
