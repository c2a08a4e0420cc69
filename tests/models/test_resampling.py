"""Resampled slates keep their number, and are drawn the same way every time."""

import numpy as np

from tipoff.models.resampling import slate_weights


def test_every_resample_draws_as_many_slates_as_there_are() -> None:
    weights = slate_weights(7, 12, 400)
    assert weights.shape == (400, 12)
    assert (weights.sum(axis=1) == 12).all()
    assert np.allclose(weights.mean(axis=0), 1, atol=0.2)


def test_the_same_arguments_give_the_same_bits_and_another_seed_others() -> None:
    first = slate_weights(7, 12, 50)
    slate_weights.cache_clear()
    assert (slate_weights(7, 12, 50) == first).all()
    assert (slate_weights(7, 12, 50) != slate_weights(8, 12, 50)).any()
