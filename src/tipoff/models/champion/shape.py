"""Shape: from a mean to a distribution: a negative binomial of fitted variance, a PIT map, and
weights of single counts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.lattice import Lattice, fit_lattice
from tipoff.models.champion.pit import PitMap, fit_pit
from tipoff.models.champion.variance import Variance, fit_variance
from tipoff.models.pmf import Floats, Pmf

BANDS = 10
"""Bands of the mean that have a map and weights of their own; four where there is a line."""


class Shape(BaseModel):
    """How outcomes spread around a mean. Only what counts points has a `lattice`."""

    model_config = ConfigDict(frozen=True)

    variance: Variance
    pit: PitMap
    lattice: Lattice | None = None

    def pmf(self, mean: Floats, covariates: Floats, top: int) -> Pmf:
        """A pmf over 0..top per row: `mean` has shape (n,) and is above 0, `covariates` (n, k)."""
        made = self.pit.apply(self.variance.pmf(mean, covariates, top), mean)
        return self.lattice.apply(made, mean) if self.lattice else made


def fit_shape(
    y: Floats,
    mean: Floats,
    covariates: Floats,
    top: int,
    *,
    bands: int = BANDS,
    weigh: bool = False,
) -> Shape:
    """Fit to outcomes `y` and means made without them, both of shape (n,); `weigh` single counts
    where they do not come in ones."""
    variance = fit_variance(y, mean, covariates)
    smooth = variance.pmf(mean, covariates, top)
    pit = fit_pit(smooth, y, mean, bands)
    lattice = fit_lattice(pit.apply(smooth, mean), y, mean, bands) if weigh else None
    return Shape(variance=variance, pit=pit, lattice=lattice)
