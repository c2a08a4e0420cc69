"""How much wider than Poisson a market's outcomes are, estimated from history."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.pmf import Floats

BANDS = 8
MIN_ROWS = 200
"""Fewer rows than this give no estimate: a market without one is not predicted."""
_ROWS_PER_BAND = 100
_LOWEST = 0.02


class Dispersion(BaseModel):
    """Variance / mean as a function of the centre: linear between knots, flat outside.

    `floor` is what players with the lowest centres really average: a player who has never
    blocked a shot still can, so no centre below it is used.
    """

    model_config = ConfigDict(frozen=True)

    knots: tuple[float, ...]
    values: tuple[float, ...]
    floor: float
    rows: int

    def at(self, centre: Floats) -> Floats:
        """Dispersion at each centre, shape (n,), never below 1 (Poisson)."""
        return np.asarray(np.maximum(np.interp(centre, self.knots, self.values), 1.0))

    def floored(self, centre: Floats) -> Floats:
        """The centres, none below the floor; NaN stays NaN."""
        return np.asarray(np.maximum(centre, self.floor))


def estimate(centre: Floats, mean: Floats, y: Floats) -> Dispersion | None:
    """Sum (y - mean)^2 / sum mean within bands of equal count of `centre`; shapes (n,).

    None with fewer than MIN_ROWS rows. Bands because low centres are relatively wider (points:
    5.4 at a centre of 3, 2.8 at 24): docs/models.md has the comparison with a constant.
    """
    if len(y) < MIN_ROWS:
        return None
    bands = min(BANDS, len(y) // _ROWS_PER_BAND)
    edges = np.quantile(centre, [_LOWEST, *(i / bands for i in range(1, bands))])
    band = np.searchsorted(edges[1:], centre, side="right")
    count, total = np.bincount(band, minlength=bands), np.bincount(band, mean, bands)
    knots, squares = np.bincount(band, centre, bands), np.bincount(band, (y - mean) ** 2, bands)
    known = (count > 0) & (total > 0)
    if not known.any():
        return None
    return Dispersion(
        knots=_rounded(knots[known] / count[known]),
        values=_rounded(squares[known] / total[known]),
        floor=round(float(y[centre <= edges[0]].mean()), 6),
        rows=len(y),
    )


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in values)
