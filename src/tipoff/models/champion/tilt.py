"""Tilt: moves a distribution to another mean and leaves its form: p(k) e^(theta k)."""

from __future__ import annotations

import numpy as np

from tipoff.models.pmf import Floats, Pmf

TOLERANCE = 1e-6
_MOST_STEPS = 100
_WIDEST = 8.0


def tilted(pmf: Pmf, mean: Floats) -> Pmf:
    """The pmf with p'(k) proportional to p(k) e^(theta k) whose mean is `mean`, shape (n,).

    Newton's method on theta kept inside a bracket, which is halved where a step would leave it: a
    long tail makes the mean rise almost without bound. A row stops when it is within TOLERANCE, so
    that no row's bits depend on another's. `mean` must lie inside the support.
    """
    found, moving = pmf.p.copy(), np.arange(len(mean))
    theta, low, high = (np.full(len(mean), at) for at in (0.0, -_WIDEST, _WIDEST))
    for _ in range(_MOST_STEPS):
        mass = Pmf(found[moving])
        gap = mean[moving] - mass.mean()
        far = np.abs(gap) > TOLERANCE
        if not far.any():
            break
        moving, gap, spread = moving[far], gap[far], mass.variance()[far]
        low[moving] = np.where(gap > 0, theta[moving], low[moving])
        high[moving] = np.where(gap < 0, theta[moving], high[moving])
        step = theta[moving] + gap / np.maximum(spread, 1e-9)
        inside = (step > low[moving]) & (step < high[moving])
        theta[moving] = np.where(inside, step, (low[moving] + high[moving]) / 2)
        found[moving] = _weighted(pmf.p[moving], theta[moving])
    return Pmf(found)


def _weighted(p: Floats, theta: Floats) -> Floats:
    k = np.arange(p.shape[1])
    # The largest exponent is 0: nothing overflows.
    power = theta[:, None] * k
    weight = p * np.exp(power - power.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
