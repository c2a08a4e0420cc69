"""The pmf against independent oracles, and the laws it must keep for every input."""

import numpy as np
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tipoff.models.pmf import Pmf, mean_for_median, nb_with_median, negative_binomial

means = arrays(np.float64, st.integers(1, 6), elements=st.floats(0.01, 45))
dispersions = st.floats(0.5, 6)


def nb(mean: float, dispersion: float, top: int = 90) -> Pmf:
    return negative_binomial(np.array([mean]), np.array([dispersion]), top)


@pytest.mark.parametrize(("mean", "dispersion"), [(22.5, 3.0), (0.4, 1.2), (7.0, 1.5), (60, 2.5)])
def test_masses_are_those_of_scipys_negative_binomial(mean: float, dispersion: float) -> None:
    ours = nb(mean, dispersion, 130).p[0]
    theirs = stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
    assert ours[:130] == pytest.approx(theirs.pmf(np.arange(130)), rel=1e-10, abs=1e-300)
    assert ours[130] == pytest.approx(theirs.sf(129), abs=1e-14)


@pytest.mark.parametrize("dispersion", [0.3, 1.0, 1.0 + 1e-12])
def test_a_dispersion_of_one_or_less_is_poisson(dispersion: float) -> None:
    ours = nb(4.2, dispersion, 40).p[0]
    assert ours[:40] == pytest.approx(stats.poisson(4.2).pmf(np.arange(40)), rel=1e-9)


def test_variance_is_dispersion_times_mean() -> None:
    pmf = nb(15.0, 3.0, 200)
    assert pmf.mean()[0] == pytest.approx(15.0)
    assert pmf.variance()[0] == pytest.approx(45.0)


@given(means, dispersions)
def test_rows_sum_to_one_and_have_no_negative_mass(mean: np.ndarray, dispersion: float) -> None:
    p = negative_binomial(mean, dispersion, 60).p
    assert (p >= 0).all()
    assert p.sum(axis=1) == pytest.approx(1.0, abs=1e-12)


@given(st.floats(0.0, 40), st.floats(0.001, 5), dispersions)
def test_the_median_never_falls_as_the_mean_rises(low: float, step: float, wide: float) -> None:
    pmf = negative_binomial(np.array([low, low + step]), wide, 90)
    first, second = pmf.median()
    assert second >= first - 1e-9


@given(st.floats(0.05, 40), dispersions, st.integers(0, 120))
def test_over_push_and_under_share_all_the_mass(mean: float, wide: float, half: int) -> None:
    pmf, line = nb(mean, wide), np.array([half / 2])
    assert pmf.p_over(line) + pmf.p_push(line) + pmf.p_under(line) == pytest.approx(1.0)
    assert (pmf.p_push(line)[0] > 0) <= (half % 2 == 0)


@given(st.floats(0.3, 40), dispersions, st.integers(1, 90))
def test_the_median_is_over_a_line_exactly_when_over_is_the_likelier_side(
    mean: float, wide: float, half: int
) -> None:
    pmf, line = nb(mean, wide), half / 2
    lean = float(pmf.p_over(line)[0] + pmf.p_push(line)[0] / 2) - 0.5
    if abs(lean) > 1e-9:
        assert (pmf.median()[0] > line) == (lean > 0)


def test_the_median_lies_between_counts_by_the_documented_formula() -> None:
    pmf = Pmf(np.array([[0.2, 0.5, 0.3]]))
    assert pmf.median()[0] == pytest.approx(0.5 + (0.5 - 0.2) / 0.5)
    assert pmf.quantile(0.05)[0] == 0.0


def test_quantiles_rise_with_their_level() -> None:
    pmf = nb(11.0, 3.0)
    levels = [float(pmf.quantile(q)[0]) for q in (0.1, 0.25, 0.5, 0.75, 0.9)]
    assert levels == sorted(levels)


@settings(max_examples=40)
@given(st.floats(0.0, 80), st.floats(1, 5))
def test_a_negative_binomial_can_be_made_for_any_median(median: float, wide: float) -> None:
    pmf = nb_with_median(np.array([median]), np.array([wide]), 90)
    assert pmf.median()[0] == pytest.approx(median, abs=1e-6)


def test_means_of_repeated_lines_are_those_of_the_lines_alone() -> None:
    lines, wide = np.array([10.5, 22.5, 10.5]), np.array([3.0, 2.5, 3.0])
    together = mean_for_median(lines, wide, 90)
    alone = [mean_for_median(lines[i : i + 1], wide[i : i + 1], 90)[0] for i in range(3)]
    assert together.tolist() == alone


def test_a_line_beyond_the_support_gives_no_numbers_rather_than_wrong_ones() -> None:
    assert np.isnan(nb_with_median(np.array([89.5]), np.array([2.0]), 90).p).all()


def test_crps_is_the_sum_of_squared_differences_and_agrees_with_scoringrules() -> None:
    pmf, y = nb(9.0, 2.5), np.array([13.0])
    brute = sum((pmf.cdf()[0, k] - (k >= 13)) ** 2 for k in range(91))
    assert pmf.crps(y)[0] == pytest.approx(brute)
    theirs = scoringrules.crps_negbinom(13, 9.0 / 1.5, 1 / 2.5)
    assert pmf.crps(y)[0] == pytest.approx(float(theirs), rel=1e-6)


def test_crps_of_poisson_agrees_with_scoringrules() -> None:
    ours = nb(3.0, 1.0).crps(np.array([5.0]))[0]
    assert ours == pytest.approx(float(scoringrules.crps_poisson(5, 3.0)), rel=1e-6)


def test_log_score_is_minus_the_log_mass_and_infinite_without_mass() -> None:
    pmf = Pmf(np.array([[0.25, 0.75, 0.0], [0.25, 0.75, 0.0]]))
    scores = pmf.log_score(np.array([1.0, 2.0]))
    assert scores[0] == pytest.approx(-np.log(0.75))
    assert np.isinf(scores[1])


def test_the_randomised_pit_of_the_truth_is_uniform_and_covers_what_it_says() -> None:
    rng = np.random.default_rng(3)
    mean = rng.uniform(1, 20, 4000)
    y = rng.negative_binomial(mean / 1.5, 1 / 2.5).astype(float)
    pmf, u = negative_binomial(mean, 2.5, 90), rng.random(4000)
    assert stats.kstest(pmf.pit(y, u), "uniform").pvalue > 0.01
    assert pmf.covered(y, u, 0.8).mean() == pytest.approx(0.8, abs=0.02)


def test_the_pit_runs_from_the_mass_below_to_the_mass_up_to_the_outcome() -> None:
    pmf, y = Pmf(np.array([[0.2, 0.5, 0.3]] * 3)), np.array([1.0, 1.0, 0.0])
    assert pmf.pit(y, np.array([0.0, 1.0, 0.5])) == pytest.approx([0.2, 0.7, 0.1])


def test_an_outcome_beyond_the_support_counts_in_the_last_bin() -> None:
    pmf = nb(5.0, 1.5, 15)
    assert pmf.log_score(np.array([40.0]))[0] == pmf.log_score(np.array([15.0]))[0]


def test_a_row_that_cannot_be_predicted_is_nan_in_everything_derived() -> None:
    pmf = negative_binomial(np.array([np.nan, 8.0]), 2.0, 40)
    derived = [pmf.mean(), pmf.variance(), pmf.median(), pmf.p_over(7.5), pmf.p_push(7.0),
               pmf.p_under(7.5), pmf.crps(np.array([1.0, 1.0]))]  # fmt: skip
    for values in derived:
        assert np.isnan(values[0])
        assert np.isfinite(values[1])


def test_a_missing_line_gives_no_probability() -> None:
    pmf = negative_binomial(np.array([8.0, 8.0]), 2.0, 40)
    assert np.isnan(pmf.p_over(np.array([np.nan, 7.5]))).tolist() == [True, False]


def test_a_row_alone_has_the_same_bits_as_in_a_batch() -> None:
    rng = np.random.default_rng(8)
    mean, wide = rng.uniform(0.1, 40, 37), rng.uniform(1, 5, 37)
    batch = negative_binomial(mean, wide, 90)
    for i in range(37):
        alone = negative_binomial(mean[i : i + 1], wide[i : i + 1], 90)
        assert (alone.p[0] == batch.p[i]).all()
        assert alone.mean()[0] == batch.mean()[i]
        assert alone.median()[0] == batch.median()[i]


@pytest.mark.parametrize("p", [[[0.5, 0.4]], [[1.2, -0.2]], [[1.0]]])
def test_what_is_not_a_distribution_is_refused(p: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="pmf"):
        Pmf(np.array(p))
