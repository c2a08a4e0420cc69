"""The variance of a count: what the Fisher scoring finds is what the data were made with."""

import math

import numpy as np

from tipoff.models.champion.variance import LOWEST, Variance, fit_variance

RNG = np.random.default_rng(3)
N = 40_000
MEAN = RNG.uniform(1, 25, N)
COVARIATES = RNG.normal(0, 0.5, (N, 2))


def test_the_variance_is_exp_of_the_sum_of_terms_as_plain_python_says() -> None:
    variance = Variance(b=(0.3, 1.1, 0.05, -0.2, 0.4))
    mean, facts = np.array([0.01, 4.0, 22.0]), np.array([[1.0, 2.0], [0.0, -1.0], [0.5, 0.25]])
    for i, got in enumerate(variance.at(mean, facts)):
        x = math.log(max(mean[i], LOWEST))
        terms = [1.0, x, x * x, *facts[i]]
        assert math.isclose(
            got, math.exp(sum(b * t for b, t in zip(variance.b, terms, strict=True)))
        )


def test_a_variance_that_depends_on_mean_and_covariates_is_found_again() -> None:
    truth = Variance(b=(0.4, 1.3, -0.05, 0.3, -0.25))
    sd = np.sqrt(truth.at(MEAN, COVARIATES))
    y = MEAN + sd * RNG.normal(0, 1, N)
    variance = fit_variance(y, MEAN, COVARIATES)
    ratio = variance.at(MEAN, COVARIATES) / truth.at(MEAN, COVARIATES)
    assert 0.96 < ratio.mean() < 1.04
    assert ratio.std() < 0.04


def test_at_the_solution_the_cut_scores_are_orthogonal_to_every_term() -> None:
    y = RNG.negative_binomial(MEAN, 0.5).astype(float)
    variance = fit_variance(y, MEAN, COVARIATES)
    v = variance.at(MEAN, COVARIATES)
    score = np.clip(((y - MEAN) ** 2 - v) / v, -1, 20)
    x = np.log(MEAN)
    for term in (np.ones(N), x, x**2, *COVARIATES.T):
        assert abs((score * term).mean()) < 1e-6


def test_a_row_alone_has_the_same_bits_as_in_a_batch() -> None:
    variance = Variance(b=(0.3, 1.1, 0.05, -0.2, 0.4))
    together = variance.at(MEAN[:50], COVARIATES[:50])
    alone = [variance.at(MEAN[i : i + 1], COVARIATES[i : i + 1])[0] for i in range(50)]
    assert (together == alone).all()


def test_a_distribution_is_never_narrower_than_poisson() -> None:
    pmf = Variance(b=(-9.0, 0.0, 0.0)).pmf(np.array([3.0]), np.zeros((1, 0)), 60)
    assert abs(pmf.variance()[0] - 3.0) < 1e-9
