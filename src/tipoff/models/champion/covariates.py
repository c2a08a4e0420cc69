"""What a distribution's width depends on beside the mean."""

from __future__ import annotations

import numpy as np
import polars as pl

from tipoff.models.model import column
from tipoff.models.pmf import Floats

CAREER = "games_career"
SPREAD = "minutes_std_10"
MATES = "act_players"
_UNKNOWN_MINUTES, _UNKNOWN_SPREAD, _UNKNOWN_MATES = 15.0, 6.0, 8.0


def covariates(frame: pl.DataFrame, minutes: Floats) -> Floats:
    """Expected minutes, spread of recent minutes, games of his career, expected active team-mates,
    each brought to about [-1, 1], shape (n, 4); typical values where unknown."""
    spread, career, mates = (column(frame, n) for n in (SPREAD, CAREER, MATES))
    expected = np.maximum(_known(minutes, _UNKNOWN_MINUTES), 2.0)
    return np.stack(
        [
            np.log(expected / 20.0),
            np.minimum(_known(spread, _UNKNOWN_SPREAD), 12.0) / 6.0 - 1.0,
            np.log1p(np.minimum(_known(career, 0.0), 200.0)) - 4.0,
            (_known(mates, _UNKNOWN_MATES) - 8.0) / 3.0,
        ],
        axis=1,
    )


def _known(values: Floats, otherwise: float) -> Floats:
    return np.where(np.isnan(values), otherwise, values)
