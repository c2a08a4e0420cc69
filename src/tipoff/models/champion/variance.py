"""Variance of a count around its mean, log-linear in it and in facts on the player."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.pmf import Floats, Pmf, negative_binomial

LOWEST = 0.05
"""Means below this are taken as this in the logarithm."""
_SCORE = (-1.0, 20.0)
_STEP = 0.5
_MOST_STEPS, _STILL = 200, 1e-10


class Variance(BaseModel):
    """ln variance = b . (1, x, x^2, covariates), x = ln(max(mean, LOWEST))."""

    model_config = ConfigDict(frozen=True)

    b: tuple[float, ...]

    def at(self, mean: Floats, covariates: Floats) -> Floats:
        """Variances, shape (n,); `covariates` has shape (n, k)."""
        # A sum term by term: a matrix product's last bits depend on the other rows.
        terms = (c * w for c, w in zip(_design(mean, covariates), self.b, strict=True))
        return np.asarray(np.exp(sum(terms, np.zeros_like(mean))))

    def pmf(self, mean: Floats, covariates: Floats, top: int) -> Pmf:
        """The negative binomial of that mean and variance, never narrower than Poisson."""
        return negative_binomial(mean, self.at(mean, covariates) / mean, top)


def fit_variance(y: Floats, mean: Floats, covariates: Floats) -> Variance:
    """Fit to (y - mean)^2 by Fisher scoring of the gamma quasi-likelihood with a log link.

    Half steps of (X'X)^-1 X's, s = (r^2 - v) / v cut to [-1, 20] so that no single night decides
    (McCullagh and Nelder 1989, ch. 10: joint modelling of mean and dispersion).
    """
    design = np.stack(_design(mean, covariates), axis=1)
    squares = (y - mean) ** 2
    b = np.zeros(design.shape[1])
    b[:2] = np.log(max(squares.sum() / mean.sum(), 1e-3)), 1.0
    # einsum, not BLAS: the same bits whatever the number of threads.
    inner = np.linalg.pinv(np.einsum("ij,ik->jk", design, design))
    for _ in range(_MOST_STEPS):
        v = np.exp(np.einsum("ij,j->i", design, b))
        score = np.clip((squares - v) / v, *_SCORE)
        step = _STEP * np.einsum("jk,k->j", inner, np.einsum("ij,i->j", design, score))
        b += step
        if float(np.abs(step).max()) < _STILL:
            break
    return Variance(b=tuple(float(v) for v in b))


def _design(mean: Floats, covariates: Floats) -> list[Floats]:
    x = np.log(np.maximum(mean, LOWEST))
    return [np.ones_like(x), x, x**2, *covariates.T]
