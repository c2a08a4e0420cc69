"""P(over): the mass moves to agree with the correction, and nothing else changes."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tipoff.models.champion.over import RIDGE, Over, fit_over
from tipoff.models.pmf import negative_binomial

FACTS = [np.array([0.2, -0.1, 0.0]), np.array([1.0, -1.0, 0.5]), np.array([0.0, 0.0, 1.0])]
LINE = np.array([7.5, 8.0, 12.5])
PMF = negative_binomial(np.array([8.0, 8.0, 11.0]), 2.0, 60)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=5, max_size=5))
def test_p_over_is_what_the_logistic_says_and_the_push_keeps_its_mass(d: list[float]) -> None:
    pmf = Over(d=tuple(d)).apply(PMF, LINE, FACTS)
    assert np.abs(pmf.p.sum(axis=1) - 1).max() < 1e-12
    assert np.abs(pmf.p_push(LINE) - PMF.p_push(LINE)).max() < 1e-12
    for i in range(3):
        over = sum(float(p) for k, p in enumerate(PMF.p[i]) if k > LINE[i])
        under = sum(float(p) for k, p in enumerate(PMF.p[i]) if k < LINE[i])
        own = math.log(over / under)
        logit = own + d[0] + d[1] * own + sum(w * f[i] for w, f in zip(d[2:], FACTS, strict=True))
        chance = (over + under) / (1 + math.exp(-logit))
        assert math.isclose(pmf.p_over(LINE)[i], chance, rel_tol=1e-9)


def test_within_a_side_the_masses_keep_their_ratios() -> None:
    pmf = Over(d=(0.4, 0.0, 0.0, 0.0, 0.0)).apply(PMF, LINE, FACTS)
    ratio = pmf.p / PMF.p
    for i in range(3):
        above = np.arange(61) > LINE[i]
        assert np.ptp(ratio[i, above]) < 1e-9 < ratio[i, above][0] - 1
        assert np.ptp(ratio[i, np.arange(61) < LINE[i]]) < 1e-9


def test_the_fit_is_where_the_penalised_slope_is_zero_and_pushes_are_left_out() -> None:
    """Slope by plain loops: sum of (won - p) x term less the penalty, over rows without a push."""
    rng = np.random.default_rng(7)
    n = 600
    mean = rng.uniform(4, 20, n)
    pmf, line = negative_binomial(mean, 2.0, 60), np.floor(mean) + rng.choice([0.0, 0.5], n)
    facts = [rng.normal(0, 0.1, n), rng.normal(0, 1, n), rng.integers(0, 2, n).astype(float)]
    y = rng.negative_binomial(mean * 1.1, 0.5).astype(float)
    d = fit_over(pmf, line, facts, y).d
    slope = [-r * w for r, w in zip(RIDGE, d, strict=True)]
    over, under = pmf.p_over(line), pmf.p_under(line)
    assert 20 < (y == line).sum() < n / 2
    for i in np.flatnonzero(y != line):
        own = math.log(over[i] / under[i])
        row = [1.0, own, *(float(f[i]) for f in facts)]
        p = 1 / (1 + math.exp(-own - sum(w * t for w, t in zip(d, row, strict=True))))
        slope = [s + ((y[i] > line[i]) - p) * t for s, t in zip(slope, row, strict=True)]
    assert max(map(abs, slope)) < 1e-6
    assert d[0] > 0  # outcomes are a tenth higher than the distribution says
