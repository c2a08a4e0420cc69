"""P(over): a logistic correction of a distribution's own, and the mass moved to agree with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from tipoff.models.pmf import Floats, Pmf

RIDGE = (40.0, 800.0, 400.0, 1200.0, 400.0)
"""Penalties of (1, own logit, price, own mean over the line's, unpriced): towards no correction."""
_EDGE = 1e-6
_MOST_STEPS, _STILL = 50, 1e-10


class Over(BaseModel):
    """logit P(over | no push) = own logit + d . (1, own logit, facts)."""

    model_config = ConfigDict(frozen=True)

    d: tuple[float, ...]

    def apply(self, pmf: Pmf, line: Floats, facts: Sequence[Floats]) -> Pmf:
        """The pmf with the mass over and under `line`, shape (n,), rescaled; a push keeps its."""
        over, under, push = pmf.p_over(line), pmf.p_under(line), pmf.p_push(line)
        own = _logit(over, under)
        terms = zip(self.d, [np.ones_like(own), own, *facts], strict=True)
        wanted = _chance(own + sum(w * t for w, t in terms))
        up = _scale(wanted * (1.0 - push), over)
        down = _scale((1.0 - wanted) * (1.0 - push), under)
        side = pmf.support > line[:, None]
        lower = pmf.support < line[:, None]
        scale = np.where(side, up[:, None], np.where(lower, down[:, None], 1.0))
        mass = pmf.p * scale
        return Pmf(mass / mass.sum(axis=1, keepdims=True))


def fit_over(pmf: Pmf, line: Floats, facts: Sequence[Floats], y: Floats) -> Over:
    """Ridge logistic regression of y > line with the own logit as offset; pushes are left out.

    Newton's method on log likelihood - sum of RIDGE d^2 / 2.
    """
    kept = y != line
    own = _logit(pmf.p_over(line), pmf.p_under(line))[kept]
    design = np.stack([np.ones_like(own), own, *(f[kept] for f in facts)], axis=1)
    won, ridge = (y > line)[kept].astype(np.float64), np.array(RIDGE)
    d = np.zeros(len(ridge))
    for _ in range(_MOST_STEPS):
        p = _chance(own + np.einsum("ij,j->i", design, d))
        slope = np.einsum("ij,i->j", design, won - p) - ridge * d
        bend = np.einsum("ij,i,ik->jk", design, p * (1.0 - p), design) + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        d += step
        if float(np.abs(step).max()) < _STILL:
            break
    return Over(d=tuple(float(v) for v in d))


def _logit(over: Floats, under: Floats) -> Floats:
    p = np.clip(over / np.maximum(over + under, _EDGE), _EDGE, 1.0 - _EDGE)
    return np.asarray(np.log(p / (1.0 - p)))


def _chance(logit: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def _scale(wanted: Floats, found: Floats) -> Floats:
    """wanted / found, 1 where there is nothing to scale."""
    return np.where(found > _EDGE, wanted / np.maximum(found, _EDGE), 1.0)
