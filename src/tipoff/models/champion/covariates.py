"""What a distribution's width depends on beside the mean."""

from __future__ import annotations

import numpy as np
import polars as pl

from tipoff.models.model import column
from tipoff.models.pmf import Floats

CAREER = "games_career"
SPREAD = "minutes_std_10"
MATES = "act_players"
THREES, POINTS = "threes_per_minute_career", "points_per_minute_career"
_UNKNOWN_MINUTES, _UNKNOWN_SPREAD, _UNKNOWN_MATES, _UNKNOWN_THREES = 15.0, 6.0, 8.0, 1 / 3


def covariates(frame: pl.DataFrame, minutes: Floats) -> Floats:
    """Expected minutes, spread of recent minutes, games of his career, expected active team-mates,
    and the share of his points that come from threes (three at a time, they spread wider), each
    brought to about [-1, 1] (the share to [-1, 2]), shape (n, 5); typical values where unknown."""
    spread, career, mates, threes, points = (
        column(frame, n) for n in (SPREAD, CAREER, MATES, THREES, POINTS)
    )
    expected = np.maximum(_known(minutes, _UNKNOWN_MINUTES), 2.0)
    return np.stack(
        [
            np.log(expected / 20.0),
            np.minimum(_known(spread, _UNKNOWN_SPREAD), 12.0) / 6.0 - 1.0,
            np.log1p(np.minimum(_known(career, 0.0), 200.0)) - 4.0,
            (_known(mates, _UNKNOWN_MATES) - 8.0) / 3.0,
            3.0 * (_known(3.0 * threes / points, _UNKNOWN_THREES) - _UNKNOWN_THREES),
        ],
        axis=1,
    )


def _known(values: Floats, otherwise: float) -> Floats:
    return np.where(np.isnan(values), otherwise, values)
