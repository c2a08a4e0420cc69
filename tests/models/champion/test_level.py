"""The level of a season: outcomes over expectations, drawn to 1."""

import numpy as np
import pytest

from tipoff.models.champion.level import PRIOR_ROWS, levelled, season_level


def test_a_season_that_scores_a_tenth_more_is_levelled_up_and_more_so_with_more_rows() -> None:
    mean = np.full(PRIOR_ROWS, 8.0)
    assert season_level(1.1 * mean, mean) == pytest.approx(1.05)
    assert season_level(1.1 * mean[:100], mean[:100]) == pytest.approx(1 + 0.1 * 100 / 5100)
    assert season_level(mean[:0], mean[:0]) == 1.0


def test_each_month_is_levelled_by_the_earlier_months_of_its_own_season_only() -> None:
    rng = np.random.default_rng(1)
    season, month = np.repeat([0, 1], 60), np.tile(np.repeat([10, 11, 12], 20), 2)
    mean, y = rng.uniform(1, 20, 120), rng.poisson(9, 120).astype(float)
    levels = levelled(y, mean, season, month)
    for i in range(120):
        earlier = [j for j in range(120) if season[j] == season[i] and month[j] < month[i]]
        factor = 1.0
        if earlier:
            prior = PRIOR_ROWS * sum(mean[j] for j in earlier) / len(earlier)
            factor = (sum(y[j] for j in earlier) + prior) / (sum(mean[j] for j in earlier) + prior)
        assert levels[i] == pytest.approx(mean[i] * factor, rel=1e-12)


def test_outcomes_of_the_month_itself_and_later_change_nothing() -> None:
    mean, season = np.full(90, 5.0), np.zeros(90, dtype=np.int64)
    month = np.repeat([1, 2, 3], 30)
    y = np.random.default_rng(2).poisson(5, 90).astype(float)
    other = np.where(month >= 2, y + 7, y)
    same = month <= 2
    assert (levelled(y, mean, season, month) == levelled(other, mean, season, month))[same].all()
