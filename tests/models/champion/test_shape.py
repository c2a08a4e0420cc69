"""Shape: with the true means its intervals are exact."""

import numpy as np

from tipoff.models.champion.shape import fit_shape


def test_given_the_true_means_the_80_percent_interval_holds_80_percent_of_new_outcomes() -> None:
    rng = np.random.default_rng(6)
    n = 12_000
    mean, facts = rng.uniform(1, 25, n), rng.normal(0, 0.4, (n, 1))
    width = 1.0 + np.exp(0.2 + 0.25 * np.log(mean) + 0.5 * facts[:, 0])
    y = rng.negative_binomial(mean / (width - 1), 1 / width).astype(float)
    old, new = np.arange(n) < n // 2, np.arange(n) >= n // 2
    shape = fit_shape(y[old], mean[old], facts[old], 90)
    held = shape.pmf(mean[new], facts[new], 90).covered(y[new], rng.uniform(0, 1, n // 2))
    # 2.58 standard errors of a share: the 99% binomial interval.
    assert abs(held.mean() - 0.8) < 2.58 * np.sqrt(0.8 * 0.2 / (n // 2))
    for side in (facts[new, 0] > 0, facts[new, 0] <= 0):
        assert abs(held[side].mean() - 0.8) < 3.3 * np.sqrt(0.8 * 0.2 / side.sum())


def test_without_weights_a_shape_is_its_smooth_distribution_with_them_another() -> None:
    rng = np.random.default_rng(7)
    mean, facts = rng.uniform(1, 9, 2000), np.zeros((2000, 1))
    y = rng.poisson(mean).astype(float)
    plain, made = (fit_shape(y, mean, facts, 40, weigh=weigh) for weigh in (False, True))
    smooth = made.pit.apply(made.variance.pmf(mean, facts, 40), mean)
    assert (plain.pmf(mean, facts, 40).p == smooth.p).all()
    assert (made.pmf(mean, facts, 40).p != smooth.p).any()


def test_players_who_only_make_threes_get_a_distribution_of_threes() -> None:
    rng = np.random.default_rng(9)
    mean, facts = rng.uniform(3, 15, 20_000), np.zeros((20_000, 1))
    y = (3 * rng.poisson(mean / 3)).astype(np.float64)
    shape = fit_shape(y[::2], mean[::2], facts[::2], 60, weigh=True)
    p = shape.pmf(mean[1::2], facts[1::2], 60).p
    assert p[:, ::3].sum(axis=1).min() > 0.6
