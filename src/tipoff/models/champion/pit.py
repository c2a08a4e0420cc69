"""PIT map: bends a distribution so that outcomes have fallen evenly over it."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.bands import between, centre, in_bands
from tipoff.models.pmf import Floats, Pmf

KNOTS = 41
"""Knots of a map, evenly spaced over [0, 1]."""
PRIOR_ROWS = 300
"""Each band's map is drawn to the diagonal by as many rows."""
_GRID = np.linspace(0.0, 1.0, KNOTS)


class PitMap(BaseModel):
    """Maps G over `KNOTS` knots, one per band; between the bands' `centres` (ln mean) linear."""

    model_config = ConfigDict(frozen=True)

    centres: tuple[float, ...]
    maps: tuple[tuple[float, ...], ...]

    def apply(self, pmf: Pmf, mean: Floats) -> Pmf:
        """The pmf with cdf G(F); `mean`, shape (n,), chooses G."""
        cdf = pmf.cdf()
        cdf[:, -1] = 1.0
        at = cdf * (KNOTS - 1)
        below = np.minimum(at.astype(np.int64), KNOTS - 2)
        mine = between(self.centres, self.maps, mean)
        low, high = (np.take_along_axis(mine, below + i, axis=1) for i in (0, 1))
        mass = np.diff(low + (high - low) * (at - below), axis=1, prepend=0.0)
        mass = np.maximum(mass, 0.0)
        return Pmf(mass / mass.sum(axis=1, keepdims=True))


def fit_pit(pmf: Pmf, y: Floats, mean: Floats, bands: int) -> PitMap:
    """In each band of equal count of the mean, the mean over rows of each outcome's exact PIT cdf,
    clip((u - F(y-1)) / p(y), 0, 1) at every knot u (Czado, Gneiting and Held 2009)."""
    row, k = np.arange(len(y)), np.minimum(y.astype(np.int64), pmf.p.shape[1] - 1)
    mass = pmf.p[row, k]
    before = pmf.cdf()[row, k] - mass
    found = in_bands(mean, bands)
    return PitMap(
        centres=tuple(centre(mean[rows]) for rows in found),
        maps=tuple(_map(before[rows], mass[rows]) for rows in found),
    )


def _map(before: Floats, mass: Floats) -> tuple[float, ...]:
    total = np.zeros(KNOTS)
    safe = np.maximum(mass, 1e-12)
    for i, u in enumerate(_GRID):
        total[i] = np.clip((u - before) / safe, 0.0, 1.0).sum()
    drawn = (total + PRIOR_ROWS * _GRID) / (len(mass) + PRIOR_ROWS)
    drawn[0], drawn[-1] = 0.0, 1.0
    return tuple(float(v) for v in drawn)
