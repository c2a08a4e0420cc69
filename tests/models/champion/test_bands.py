"""Bands of the mean: of equal count, and read between their centres."""

import numpy as np
import pytest

from tipoff.models.champion.bands import bands_of, between, centre


def test_bands_hold_equal_numbers_of_rows_in_order_of_the_mean() -> None:
    mean = np.random.default_rng(2).permutation(np.arange(1.0, 101.0))
    band = bands_of(mean, 4)
    assert np.bincount(band).tolist() == [25, 25, 25, 25]
    assert mean[band == 0].max() < mean[band == 1].min()


def test_a_band_lies_at_the_logarithm_of_its_mean() -> None:
    assert centre(np.array([1.0, 3.0])) == pytest.approx(np.log(2.0))


def test_one_band_alone_holds_for_every_mean() -> None:
    values = between((0.5,), ((1.0, 2.0),), np.array([0.1, 40.0]))
    assert values.tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_a_row_does_not_depend_on_the_others_asked_for() -> None:
    centres, rows = (0.0, 0.7, 1.9), ((1.0, 2.0), (3.0, 5.0), (0.1, 0.3))
    mean = np.random.default_rng(3).uniform(0.2, 20, 50)
    alone = [between(centres, rows, mean[i : i + 1])[0].tolist() for i in range(50)]
    assert between(centres, rows, mean).tolist() == alone
