"""Lattice: how much likelier each count is than a smooth distribution has it.

Points come in ones, twos and threes, so that one point is rarer and two are more frequent than
any negative binomial says.
"""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.bands import between, centre, in_bands
from tipoff.models.pmf import Floats, Pmf

PRIOR_ROWS = 30
"""Each weight is drawn to 1 by as many rows."""


class Lattice(BaseModel):
    """Weights of the counts 0, 1, ... of each band of the mean; linear between the bands' `centres`
    (ln mean)."""

    model_config = ConfigDict(frozen=True)

    centres: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]

    def apply(self, pmf: Pmf, mean: Floats) -> Pmf:
        """p'(k) proportional to p(k) w(k); `mean`, shape (n,), chooses w."""
        mass = pmf.p * between(self.centres, self.weights, mean)
        return Pmf(mass / mass.sum(axis=1, keepdims=True))


def fit_lattice(pmf: Pmf, y: Floats, mean: Floats, bands: int) -> Lattice:
    """In each band of equal count of the mean w(k) = (n(k) + K) / (e(k) + K): n(k) outcomes were k,
    e(k) = sum of p(k) were expected, K = PRIOR_ROWS: the first step of raking to the observed
    counts (Deming and Stephan 1940), shrunk, so that they are approached and not met."""
    found, top = in_bands(mean, bands), pmf.p.shape[1] - 1
    weights = [_weights(pmf.p[rows], np.minimum(y[rows], top)) for rows in found]
    return Lattice(centres=tuple(centre(mean[rows]) for rows in found), weights=tuple(weights))


def _weights(p: Floats, y: Floats) -> tuple[float, ...]:
    counted = np.bincount(y.astype(np.int64), minlength=p.shape[1])
    drawn = (counted + PRIOR_ROWS) / (p.sum(axis=0) + PRIOR_ROWS)
    return tuple(float(w) for w in drawn)
