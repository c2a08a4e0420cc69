"""Shape: from a mean to a distribution: a negative binomial of fitted variance, then a PIT map."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.pit import PitMap, fit_pit
from tipoff.models.champion.variance import Variance, fit_variance
from tipoff.models.pmf import Floats, Pmf

BANDS = 10
"""Bands of the mean that have a PIT map of their own; four where there is a line."""


class Shape(BaseModel):
    """How outcomes spread around a mean."""

    model_config = ConfigDict(frozen=True)

    variance: Variance
    pit: PitMap

    def pmf(self, mean: Floats, covariates: Floats, top: int) -> Pmf:
        """A pmf over 0..top per row: `mean` has shape (n,) and is above 0, `covariates` (n, k)."""
        return self.pit.apply(self.variance.pmf(mean, covariates, top), mean)


def fit_shape(y: Floats, mean: Floats, covariates: Floats, top: int, bands: int = BANDS) -> Shape:
    """Fit to outcomes `y` and means made without them, both of shape (n,)."""
    variance = fit_variance(y, mean, covariates)
    return Shape(
        variance=variance, pit=fit_pit(variance.pmf(mean, covariates, top), y, mean, bands)
    )
