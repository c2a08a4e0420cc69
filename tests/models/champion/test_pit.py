"""The PIT map: monotone, leaves the true distribution alone, mends a wrong one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tipoff.models.champion.pit import KNOTS, PRIOR_ROWS, fit_pit
from tipoff.models.pmf import Pmf, negative_binomial

RNG = np.random.default_rng(4)
MEAN = RNG.uniform(2, 20, 20_000)
TRUE = negative_binomial(MEAN, 2.0, 90)
Y = RNG.negative_binomial(MEAN, 0.5).astype(float)


def test_the_map_of_a_band_is_the_mean_exact_pit_cdf_drawn_to_the_diagonal() -> None:
    few, y = Pmf(TRUE.p[:50]), Y[:50]
    pit = fit_pit(few, y, MEAN[:50], 1)
    for j in range(1, KNOTS - 1):
        u, total = j / (KNOTS - 1), 0.0
        for i in range(50):
            k = int(y[i])
            before = sum(float(p) for p in few.p[i, :k])
            total += min(max((u - before) / few.p[i, k], 0.0), 1.0)
        expected = (total + PRIOR_ROWS * u) / (50 + PRIOR_ROWS)
        assert abs(pit.maps[0][j] - expected) < 1e-9
    assert (pit.maps[0][0], pit.maps[0][-1]) == (0.0, 1.0)


def test_maps_never_fall_and_lead_from_0_to_1() -> None:
    wrong = negative_binomial(MEAN * 1.3, 4.0, 90)
    pit = fit_pit(wrong, Y, MEAN, 10)
    assert len(pit.maps) == len(pit.centres) == 10
    for row in pit.maps:
        assert (np.diff(row) >= 0).all()
        assert (row[0], row[-1]) == (0.0, 1.0)


def test_the_true_distribution_is_left_almost_alone() -> None:
    mapped = fit_pit(TRUE, Y, MEAN, 6).apply(TRUE, MEAN)
    assert np.abs(mapped.cdf() - TRUE.cdf()).max() < 0.04


def test_a_distribution_too_wide_becomes_calibrated_on_rows_the_map_has_not_seen() -> None:
    wide = negative_binomial(MEAN, 5.0, 90)
    half = np.arange(len(Y)) % 2 == 0
    pit = fit_pit(Pmf(wide.p[half]), Y[half], MEAN[half], 3)
    rest, u = Pmf(wide.p[~half]), RNG.uniform(0, 1, int((~half).sum()))
    before = rest.covered(Y[~half], u).mean()
    after = pit.apply(rest, MEAN[~half]).covered(Y[~half], u).mean()
    assert before > 0.9
    assert 0.78 < after < 0.84


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.04, 60), min_size=1, max_size=8), st.floats(1.0, 6.0))
def test_what_comes_out_is_a_pmf_whatever_the_mean(means: list[float], width: float) -> None:
    mean = np.array(means)
    mapped = fit_pit(TRUE, Y, MEAN, 10).apply(negative_binomial(mean, width, 90), mean)
    assert (mapped.p >= 0).all()
    assert np.abs(mapped.p.sum(axis=1) - 1).max() < 1e-12


def test_a_row_alone_has_the_same_bits_as_in_a_batch() -> None:
    pit = fit_pit(TRUE, Y, MEAN, 10)
    together = pit.apply(Pmf(TRUE.p[:40]), MEAN[:40]).p
    for i in range(40):
        assert (pit.apply(Pmf(TRUE.p[i : i + 1]), MEAN[i : i + 1]).p[0] == together[i]).all()
