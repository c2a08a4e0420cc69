"""Tilt: moves a distribution to another mean and leaves its form: p(k) e^(theta k)."""

from __future__ import annotations

import numpy as np

from tipoff.models.pmf import Floats, Pmf

TOLERANCE = 1e-6
_MOST_STEPS = 60
_LONGEST = 0.5


def tilted(pmf: Pmf, mean: Floats) -> Pmf:
    """The pmf with p'(k) proportional to p(k) e^(theta k) whose mean is `mean`, shape (n,).

    Newton's method on theta, steps cut to 0.5; a row stops when it is within TOLERANCE, so that
    no row's bits depend on another's. `mean` must lie inside the support.
    """
    theta, moving = np.zeros(len(mean)), np.arange(len(mean))
    found = pmf.p.copy()
    for _ in range(_MOST_STEPS):
        mass = Pmf(found[moving])
        gap = mean[moving] - mass.mean()
        far = np.abs(gap) > TOLERANCE
        if not far.any():
            break
        moving, spread = moving[far], mass.variance()[far]
        step = gap[far] / np.maximum(spread, 1e-9)
        theta[moving] += np.clip(step, -_LONGEST, _LONGEST)
        found[moving] = _weighted(pmf.p[moving], theta[moving])
    return Pmf(found)


def _weighted(p: Floats, theta: Floats) -> Floats:
    k = np.arange(p.shape[1])
    # The largest exponent is 0: nothing overflows.
    power = theta[:, None] * k
    weight = p * np.exp(power - power.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
