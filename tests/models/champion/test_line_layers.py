"""With a line: the location is the ridge it says it is, and beats the line where there is more."""

import numpy as np

from tipoff.models.champion.line_layers import (
    PENALTY,
    PRIOR,
    Lined,
    fit_line_layers,
    usable,
)
from tipoff.models.pmf import nb_with_median

RNG = np.random.default_rng(11)
N = 4000
TRUE = RNG.uniform(5, 28, N)
LINE = np.floor(TRUE * RNG.normal(1, 0.1, N)) + 0.5
CHANCE = np.where(RNG.uniform(size=N) < 0.3, np.nan, RNG.uniform(0.44, 0.56, N))
ROWS = Lined(LINE, CHANCE, TRUE * RNG.normal(1, 0.1, N), RNG.normal(0, 0.3, (N, 1)))
Y = RNG.negative_binomial(TRUE, 0.5).astype(float)
BOUNDS = (10.0, 15.0, 20.0, 25.0)
FOUND = fit_line_layers(ROWS, Y, BOUNDS, 90)


def test_the_location_is_where_the_slope_of_the_penalised_squares_is_zero() -> None:
    middle = FOUND.line_mean(LINE, 90)
    size = middle.mean() / 2
    penalty = PENALTY * np.array([0.2, size, size, 0.2, 0.2])
    slope = -penalty * (np.array(FOUND.location) - np.array(PRIOR))
    for i in range(N):
        p = 0.5 if np.isnan(CHANCE[i]) else min(max(CHANCE[i], 0.05), 0.95)
        row = np.array([1.0, middle[i], ROWS.mean[i], np.log(p / (1 - p)) * middle[i] ** 0.5,
                        float(np.isnan(CHANCE[i]))])  # fmt: skip
        slope += row * (Y[i] - row @ np.array(FOUND.location)) / middle[i]
    assert np.abs(slope / penalty).max() < 1e-6


def test_the_dispersion_of_a_tier_has_the_least_crps_of_the_grid() -> None:
    tier = (LINE >= 10) & (LINE < 15)
    scores = {
        d: nb_with_median(LINE[tier], np.full(tier.sum(), d), 90).crps(Y[tier]).mean()
        for d in (1.0, 1.4, 1.8, 2.2, 2.6, 3.0, 4.0)
    }
    mine = nb_with_median(LINE[tier], np.full(tier.sum(), FOUND.dispersion[1]), 90)
    assert mine.crps(Y[tier]).mean() <= min(scores.values()) + 1e-9


def test_line_and_own_mean_together_beat_the_line_on_rows_not_seen() -> None:
    old = np.arange(N) < N // 2
    layers = fit_line_layers(ROWS.where(old), Y[old], BOUNDS, 90)
    rest = ROWS.where(~old)
    alone = nb_with_median(rest.line, np.full(N // 2, 2.0), 90).crps(Y[~old])
    both = layers.pmf(rest, 90).crps(Y[~old])
    assert both.mean() < alone.mean() - 0.05


def test_only_lines_that_can_be_a_median_are_usable() -> None:
    assert usable(np.array([np.nan, -1.0, 0.5, 81.0, 81.5]), 90).tolist() == [
        False, False, True, True, False,
    ]  # fmt: skip
