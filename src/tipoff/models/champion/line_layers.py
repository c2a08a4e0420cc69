"""With a line: the line as a median, its price and the model's own mean become one distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.over import Over, fit_over
from tipoff.models.champion.shape import Shape, fit_shape
from tipoff.models.pmf import Bools, Floats, Pmf, mean_for_median, nb_with_median

GRID = tuple(1.0 + 0.2 * i for i in range(16))
"""Variance / mean tried for each tier of the line."""
TIER_ROWS = 100
"""A tier with fewer rows takes the value of all."""
PRIOR = (0.0, 0.75, 0.25, 0.6, 0.0)
"""Location before any row is seen: three parts line, one part own mean, and the price."""
PENALTY = 500.0
PIT_BANDS = 4
LOWEST = 0.03
_CHANCE = (0.05, 0.95)
_HIGHEST = 0.9
"""A median beyond this share of the support cannot be had: docs of `nb_with_median`."""


@dataclass(frozen=True)
class Lined:
    """Rows that have a line, all arrays of shape (n,) but `covariates` (n, k): the line, its
    no-vig P(over) (NaN without two-sided prices) and the mean of the form without a line."""

    line: Floats
    chance: Floats
    mean: Floats
    covariates: Floats

    @property
    def price(self) -> Floats:
        """Logit of the no-vig P(over), cut to [.05, .95]; 0 without a price."""
        p = np.clip(np.where(np.isnan(self.chance), 0.5, self.chance), *_CHANCE)
        return np.asarray(np.log(p / (1.0 - p)))

    @property
    def unpriced(self) -> Floats:
        """1 without a price, else 0."""
        return np.isnan(self.chance).astype(np.float64)

    def where(self, rows: Bools) -> Lined:
        """Those rows."""
        return Lined(self.line[rows], self.chance[rows], self.mean[rows], self.covariates[rows])


def usable(line: Floats, top: int) -> Bools:
    """Which lines a distribution over 0..top can have as its median, shape (n,)."""
    return np.asarray((line >= 0) & (line <= _HIGHEST * top))


class LineLayers(BaseModel):
    """`bounds`: lower bounds of the line's tiers but the first, `dispersion` one value per tier;
    `location`: weights of (1, line's mean, own mean, price x sqrt(line's mean), unpriced)."""

    model_config = ConfigDict(frozen=True)

    bounds: tuple[float, ...]
    dispersion: tuple[float, ...]
    location: tuple[float, ...]
    shape: Shape
    over: Over

    def line_mean(self, line: Floats, top: int) -> Floats:
        """Mean of the negative binomial whose median is the line, shape (n,)."""
        tier = np.searchsorted(np.array(self.bounds), line, side="right")
        return mean_for_median(line, np.array(self.dispersion)[tier], top)

    def centre(self, rows: Lined, top: int) -> Floats:
        """The mean the shape is laid around, shape (n,), never below LOWEST."""
        terms = zip(self.location, _terms(rows, self.line_mean(rows.line, top)), strict=True)
        return np.maximum(sum((w * t for w, t in terms), np.zeros_like(rows.line)), LOWEST)

    def pmf(self, rows: Lined, top: int) -> Pmf:
        """A pmf per row over 0..top; every line must be `usable`."""
        own = self.shape.pmf(self.centre(rows, top), rows.covariates, top)
        return self.over.apply(own, rows.line, self._facts(rows, top))

    def _facts(self, rows: Lined, top: int) -> list[Floats]:
        return _facts(rows, self.line_mean(rows.line, top))


def fit_line_layers(
    rows: Lined, y: Floats, bounds: tuple[float, ...], top: int, *, weigh: bool = False
) -> LineLayers:
    """Fit to outcomes `y`; `rows` with means made without them and lines that are `usable`;
    `weigh` as `fit_shape` does."""
    dispersion = _dispersions(rows.line, y, bounds, top)
    tier = np.searchsorted(np.array(bounds), rows.line, side="right")
    middle = mean_for_median(rows.line, np.array(dispersion)[tier], top)
    terms = _terms(rows, middle)
    location = _location(terms, y, middle)
    centre = np.maximum(sum(w * t for w, t in zip(location, terms, strict=True)), LOWEST)
    shape = fit_shape(y, centre, rows.covariates, top, bands=PIT_BANDS, weigh=weigh)
    own = shape.pmf(centre, rows.covariates, top)
    over = fit_over(own, rows.line, _facts(rows, middle), y)
    return LineLayers(
        bounds=bounds, dispersion=dispersion, location=location, shape=shape, over=over
    )


def _terms(rows: Lined, middle: Floats) -> list[Floats]:
    priced = rows.price * np.sqrt(middle)
    return [np.ones_like(middle), middle, rows.mean, priced, rows.unpriced]


def _facts(rows: Lined, middle: Floats) -> list[Floats]:
    """What P(over) may be corrected by, beside a constant and its own logit."""
    return [rows.price, (rows.mean - middle) / np.sqrt(middle), rows.unpriced]


def _dispersions(line: Floats, y: Floats, bounds: tuple[float, ...], top: int) -> tuple[float, ...]:
    """Per tier the value of GRID with the least CRPS on those rows."""
    scores = np.stack([nb_with_median(line, np.full(len(y), d), top).crps(y) for d in GRID])
    tier = np.searchsorted(np.array(bounds), line, side="right")
    found = []
    for one in range(len(bounds) + 1):
        mine = tier == one
        rows = mine if mine.sum() >= TIER_ROWS else np.ones_like(mine)
        found.append(GRID[int(scores[:, rows].mean(axis=1).argmin())])
    return tuple(found)


def _location(terms: list[Floats], y: Floats, middle: Floats) -> tuple[float, ...]:
    """Ridge towards PRIOR with weights 1 / line's mean (the variance is about proportional)."""
    design, weight = np.stack(terms, axis=1), 1.0 / middle
    prior, size = np.array(PRIOR), float(middle.mean()) / 2.0
    penalty = PENALTY * np.array([0.2, size, size, 0.2, 0.2])
    inner = np.einsum("ij,i,ik->jk", design, weight, design) + np.diag(penalty)
    rest = y - np.einsum("ij,j->i", design, prior)
    moved = np.linalg.solve(inner, np.einsum("ij,i,i->j", design, weight, rest))
    return tuple(float(v) for v in prior + moved)
