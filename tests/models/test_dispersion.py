"""Dispersion: recovers what made the data, and never invents one."""

import numpy as np
import pytest

from tipoff.models.dispersion import MIN_ROWS, Dispersion, estimate


def draws(dispersion: float, rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    mean = rng.uniform(3, 25, rows)
    y = rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)
    return mean, y


def test_the_dispersion_that_made_the_data_is_found() -> None:
    mean, y = draws(3.0)
    shape = estimate(mean, mean, y)
    assert shape is not None
    assert shape.at(np.array([4.0, 12.0, 24.0])) == pytest.approx(3.0, rel=0.1)


def test_a_dispersion_that_falls_with_the_mean_is_followed() -> None:
    rng = np.random.default_rng(1)
    mean = np.repeat([4.0, 20.0], 5000) + rng.uniform(-1, 1, 10_000)
    true = np.where(mean < 10, 5.0, 2.0)
    y = rng.negative_binomial(mean / (true - 1), 1 / true).astype(float)
    shape = estimate(mean, mean, y)
    assert shape is not None
    low, high = shape.at(np.array([4.0, 20.0]))
    assert low == pytest.approx(5.0, rel=0.15)
    assert high == pytest.approx(2.0, rel=0.15)


def test_too_few_rows_give_no_estimate() -> None:
    mean, y = draws(3.0, MIN_ROWS - 1)
    assert estimate(mean, mean, y) is None


def test_outcomes_without_spread_are_at_least_poisson() -> None:
    mean = np.linspace(2, 9, 400)
    shape = estimate(mean, mean, mean)
    assert shape is not None
    assert (shape.at(mean) == 1.0).all()


def test_a_player_who_never_did_it_gets_what_such_players_really_do() -> None:
    centre = np.concatenate([np.zeros(300), np.full(300, 2.0)])
    y = np.concatenate([np.tile([0.0, 0.0, 1.0], 100), np.full(300, 2.0)])
    shape = estimate(centre, np.maximum(centre, 0.1), y)
    assert shape is not None
    assert shape.floored(np.array([0.0, 2.0])) == pytest.approx([1 / 3, 2.0], abs=1e-6)


def test_all_centres_at_zero_give_no_estimate() -> None:
    zeros = np.zeros(400)
    assert estimate(zeros, zeros, zeros) is None


def test_nan_centres_stay_nan() -> None:
    shape = Dispersion(knots=(1.0, 2.0), values=(2.0, 1.5), floor=0.5, rows=400)
    assert np.isnan(shape.floored(np.array([np.nan])))[0]
    assert np.isnan(shape.at(np.array([np.nan])))[0]
