"""The spread of minutes: quantiles hold what they say they hold."""

import numpy as np

from tipoff.models.champion.minutes import LEVELS, OVERTIME, fit_minutes_spread

RNG = np.random.default_rng(9)
MEDIAN = RNG.uniform(4, 38, 8000)
Y = np.clip(MEDIAN + RNG.normal(0, 2 + MEDIAN / 8), 0.5, 60)


def test_eighty_percent_of_new_games_lie_between_the_tenth_and_ninetieth_percentiles() -> None:
    old = np.arange(len(Y)) < 4000
    spread = fit_minutes_spread(Y[old], MEDIAN[old])
    new = MEDIAN[~old]
    inside = (Y[~old] >= spread.quantile(new, 0.1)) & (Y[~old] <= spread.quantile(new, 0.9))
    assert 0.78 < inside.mean() < 0.82
    for low, high in ((4, 15), (15, 27), (27, 38)):
        assert 0.76 < inside[(new >= low) & (new < high)].mean() < 0.84


def test_quantiles_rise_with_their_level_and_stay_in_a_game() -> None:
    spread = fit_minutes_spread(Y, MEDIAN)
    table = np.stack([spread.quantile(MEDIAN[:200], q) for q in LEVELS])
    assert (np.diff(table, axis=0) >= 0).all()
    assert (table >= 0).all()
    assert (table <= OVERTIME).all()
