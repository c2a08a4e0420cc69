"""The exact laws against independent arithmetic."""

import numpy as np
import pytest
from scipy.stats import poisson

from tipoff.sources.simulator.pmf import (
    TAIL,
    interpolated_cdf,
    interpolated_median,
    mixture_pmf,
    moments,
    trimmed_lengths,
)


def _by_convolution(one: float, two: float, three: float, top: int) -> np.ndarray:
    pmf = np.array([1.0])
    for size, mean in ((1, one), (2, two), (3, three)):
        spaced = np.zeros(top + 1)
        counts = np.arange(top // size + 1)
        spaced[counts * size] = poisson.pmf(counts, mean)
        pmf = np.convolve(pmf, spaced)[: top + 1]
    return pmf


def test_the_recursion_equals_the_convolution_of_its_parts_mixed_over_nodes() -> None:
    weights = np.array([[0.3, 0.7], [1.0, 0.0]])
    ones = np.array([[1.2, 3.0], [0.4, 9.0]])
    twos = np.array([[2.0, 5.0], [0.7, 9.0]])
    threes = np.array([[0.5, 1.5], [0.0, 9.0]])
    pmf = mixture_pmf(weights, ones, twos, threes)
    for row in range(2):
        parts = [
            weights[row, k]
            * _by_convolution(ones[row, k], twos[row, k], threes[row, k], pmf.shape[1] - 1)
            for k in range(2)
        ]
        np.testing.assert_allclose(pmf[row], sum(parts), atol=5e-9)


def test_a_single_part_is_a_poisson_law() -> None:
    pmf = mixture_pmf(np.ones((1, 1)), np.array([[4.5]]), None, None)[0]
    np.testing.assert_allclose(pmf, poisson.pmf(np.arange(len(pmf)), 4.5), atol=5e-9)


def test_rows_beyond_one_chunk_come_out_like_rows_alone() -> None:
    means = np.linspace(0.1, 30, 1500)[:, None]
    together = mixture_pmf(np.ones_like(means), means, means / 3, means / 9)
    alone = mixture_pmf(np.ones((1, 1)), means[-1:], means[-1:] / 3, means[-1:] / 9)
    np.testing.assert_allclose(together[-1, : alone.shape[1]], alone[0], atol=5e-9)
    np.testing.assert_allclose(together.sum(axis=1), 1.0, atol=1e-12)


def test_trimming_drops_only_a_negligible_tail() -> None:
    pmf = mixture_pmf(np.ones((2, 1)), np.array([[0.5], [20.0]]), None, None)
    lengths = trimmed_lengths(pmf)
    assert lengths[0] < lengths[1] <= pmf.shape[1]
    assert pmf[0, lengths[0] :].sum() < TAIL
    assert pmf[0, lengths[0] - 1 :].sum() >= TAIL


def test_median_and_cdf_are_each_others_inverse() -> None:
    pmf = mixture_pmf(np.ones((3, 1)), np.array([[0.3], [2.4], [17.0]]), None, None)
    median = interpolated_median(pmf)
    np.testing.assert_allclose(interpolated_cdf(pmf, median), 0.5)
    assert interpolated_cdf(pmf, np.full(3, 2.5)) == pytest.approx(pmf[:, :3].sum(axis=1))


def test_moments_are_those_of_the_law() -> None:
    mean, variance = moments(mixture_pmf(np.ones((1, 1)), np.array([[6.0]]), None, None))
    assert (mean[0], variance[0]) == pytest.approx((6.0, 6.0), abs=1e-5)
