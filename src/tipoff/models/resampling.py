"""Resampling whole slates: games of one night are not independent, nights nearly are."""

from functools import lru_cache

import numpy as np

from tipoff.models.pmf import Floats


@lru_cache(maxsize=32)
def slate_weights(seed: int, slates: int, draws: int) -> Floats:
    """How often each slate is drawn in each resample with replacement, shape (draws, slates).

    A row sums to `slates` (Efron and Tibshirani 1993, ch. 13). The same arguments give the same
    bits.
    """
    generator = np.random.default_rng([seed, slates])
    drawn = generator.multinomial(slates, np.full(slates, 1 / slates), size=draws)
    return drawn.astype(np.float64)
