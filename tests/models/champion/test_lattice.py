"""Weights of single counts: the observed margin over the expected, drawn to one."""

import numpy as np
import pytest

from tipoff.models.champion.lattice import PRIOR_ROWS, Lattice, fit_lattice
from tipoff.models.pmf import Pmf, negative_binomial

RNG = np.random.default_rng(11)
N = 20_000
MEAN = RNG.uniform(1, 12, N)
SMOOTH = negative_binomial(MEAN, 2.0, 60)
PAIRS = (2 * RNG.poisson(MEAN / 2)).astype(np.float64)
"""Who only ever makes twos."""


def test_a_weight_is_observed_over_expected_rows_each_with_the_prior_s() -> None:
    few, y = Pmf(SMOOTH.p[:200]), PAIRS[:200]
    found = fit_lattice(few, y, MEAN[:200], 1)
    for k in (0, 1, 2, 5):
        expected = sum(float(row[k]) for row in few.p)
        observed = sum(1 for value in y if value == k)
        wanted = (observed + PRIOR_ROWS) / (expected + PRIOR_ROWS)
        assert found.weights[0][k] == pytest.approx(wanted, abs=1e-12)


def test_counts_nobody_makes_lose_their_mass_on_rows_the_weights_have_not_seen() -> None:
    half = np.arange(N) % 2 == 0
    lattice = fit_lattice(Pmf(SMOOTH.p[half]), PAIRS[half], MEAN[half], 10)
    rest, y, mean = Pmf(SMOOTH.p[~half]), PAIRS[~half], MEAN[~half]
    made = lattice.apply(rest, mean)
    assert made.p.sum(axis=1) == pytest.approx(np.ones(len(y)))
    assert made.p[:, 1:12:2].sum() < 0.3 * rest.p[:, 1:12:2].sum()
    assert made.log_score(y).mean() < rest.log_score(y).mean() - 0.4


def test_outcomes_of_the_distribution_itself_leave_it_almost_alone() -> None:
    y = RNG.negative_binomial(MEAN, 0.5).astype(float)
    made = fit_lattice(SMOOTH, y, MEAN, 4).apply(SMOOTH, MEAN)
    assert np.abs(made.cdf() - SMOOTH.cdf()).max() < 0.02


def test_between_two_bands_weights_are_mixed_by_the_logarithm_of_the_mean() -> None:
    lattice = Lattice(centres=(0.0, 2.0), weights=((1.0, 1.0), (3.0, 1.0)))
    flat = Pmf(np.full((4, 2), 0.5))
    made = lattice.apply(flat, np.exp(np.array([-1.0, 0.0, 1.0, 5.0])))
    assert made.p[:, 0] == pytest.approx([0.5, 0.5, 2 / 3, 0.75])


def test_an_outcome_beyond_the_support_counts_as_its_last() -> None:
    short = Pmf(np.full((40, 3), 1 / 3))
    found = fit_lattice(short, np.full(40, 9.0), np.full(40, 2.0), 1)
    assert found.weights[0][2] == pytest.approx((40 + PRIOR_ROWS) / (40 / 3 + PRIOR_ROWS))
