"""The tilt hits the mean, keeps a pmf a pmf, and is the exponential family it says it is."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tipoff.models.champion.tilt import tilted
from tipoff.models.pmf import Pmf, negative_binomial


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 60), st.floats(1.0, 5.0), st.floats(0.3, 2.5))
def test_the_mean_is_hit_within_a_millionth(mean: float, width: float, factor: float) -> None:
    start = negative_binomial(np.array([mean, 5.0]), width, 130)
    means = np.array([min(mean * factor, 100.0), 5.0])
    pmf = tilted(start, means)
    assert np.abs(pmf.mean() - means).max() <= 1e-6
    assert (pmf.p >= 0).all()
    assert np.abs(pmf.p.sum(axis=1) - 1).max() < 1e-9


def test_the_log_ratio_of_masses_is_linear_in_the_count() -> None:
    start = negative_binomial(np.array([6.0]), 2.0, 40)
    ratio = [math.log(a / b) for a, b in zip(tilted(start, np.array([7.5])).p[0], start.p[0],
                                              strict=True)]  # fmt: skip
    steps = np.diff(ratio)
    assert np.abs(steps - steps[0]).max() < 1e-9
    assert steps[0] > 0


def test_a_bisection_in_plain_python_finds_the_same_tilt() -> None:
    start = [float(v) for v in negative_binomial(np.array([4.0]), 1.8, 30).p[0]]

    def mean_at(theta: float) -> float:
        weights = [p * math.exp(theta * k) for k, p in enumerate(start)]
        return sum(k * w for k, w in enumerate(weights)) / sum(weights)

    low, high = -2.0, 2.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if mean_at(middle) < 5.2 else (low, middle)
    weights = [p * math.exp(low * k) for k, p in enumerate(start)]
    shares = [w / sum(weights) for w in weights]
    pmf = tilted(Pmf(np.array([start])), np.array([5.2])).p[0]
    assert np.abs(pmf - shares).max() < 1e-6


def test_a_mean_already_right_is_left_bit_for_bit() -> None:
    start = negative_binomial(np.array([3.0, 9.0]), 2.0, 60)
    assert (tilted(start, start.mean()).p == start.p).all()


def test_a_row_alone_has_the_same_bits_as_in_a_batch() -> None:
    rng = np.random.default_rng(5)
    mean, target = rng.uniform(1, 30, 30), rng.uniform(1, 30, 30)
    start = negative_binomial(mean, 2.5, 130)
    together = tilted(start, target).p
    for i in range(30):
        assert (tilted(Pmf(start.p[i : i + 1]), target[i : i + 1]).p[0] == together[i]).all()
