"""Where each step of the breakout score begins: values that a league rarely lies exactly on."""

import duckdb
import pytest

from tipoff.features.families.breakout import BREAKOUT

SQL = {column.name: column.sql for column in BREAKOUT.columns}
ROLE = {"points_avg_season": 10, "points_avg_last_10": 10}


def value(column: str, **reads: float | None) -> float | None:
    """What a column's expression gives where the columns it reads have these values."""
    known = ", ".join(f"{_spelled(v)} AS {k}" for k, v in reads.items())
    row = duckdb.sql(f"SELECT ({SQL[column]})::DOUBLE FROM (SELECT {known})").fetchone()
    return None if row is None or row[0] is None else round(row[0], 6)


def _spelled(x: float | None) -> str:
    return str(x) if isinstance(x, bool) else f"{'NULL' if x is None else x}::DOUBLE"


@pytest.mark.parametrize(
    ("five", "score"), [(8, 100), (8.01, 75), (9, 75), (9.01, 50), (10.99, 50), (11, 30)]
)
def test_form_steps_at_a_fall_of_a_fifth_and_a_tenth_and_a_rise_of_a_tenth(
    five: float, score: float
) -> None:
    assert value("breakout_cold", points_avg_last_5=five, points_avg_last_10=10) == score


@pytest.mark.parametrize(
    ("cv", "best", "score"),
    [
        (0.6, 18, 36 + 16), (0.59, 17.9, 27 + 10), (0.4, 15, 27 + 10), (0.39, 14.9, 15 + 4),
        (0.25, 18, 15 + 16), (0.24, 0, 6 + 4),
    ],
)  # fmt: skip
def test_volatility_steps_at_spreads_of_60_40_and_25_percent_and_peaks_of_18_and_15_tenths(
    cv: float, best: float, score: float
) -> None:
    assert value("breakout_volatility", cv_last_10=cv, points_max_last_5=best, **ROLE) == score


@pytest.mark.parametrize(
    ("rating", "score"),
    [
        (116, 90), (115.9, 70), (113, 70), (112.9, 50), (110.9, 50), (110, 50), (109, 46),
        (100, 10), (90, 10),
    ],
)  # fmt: skip
def test_defence_steps_at_116_113_and_110_and_falls_by_4_a_point_below_that(
    rating: float, score: float
) -> None:
    assert value("breakout_defence", opponent_def_rating=rating) == score


@pytest.mark.parametrize(
    ("trend", "out", "score"),
    [
        (3, 30, 48 + 40), (2.9, 29, 39 + 32), (1.5, 20, 39 + 32), (1.4, 19, 30 + 20),
        (-1.4, 12, 30 + 20), (-1.5, 11, 18 + 12), (0, 5, 30 + 12), (0, 4, 30 + 8),
    ],
)  # fmt: skip
def test_opportunity_steps_with_the_trend_of_usage_and_the_points_that_sit_out(
    trend: float, out: float, score: float
) -> None:
    chance = value("breakout_opportunity", usage_trend=trend, points_out=out, injury_risk=0)
    assert chance == score


@pytest.mark.parametrize(
    ("games", "breakouts", "score"),
    [(None, None, 35), (4, 4, 35), (5, 0, 10), (20, 3.5, 55), (20, 7, 100), (20, 10, 100)],
)
def test_history_counts_from_five_games_on_and_ends_at_a_rate_of_35_percent(
    games: float | None, breakouts: float | None, score: float
) -> None:
    assert value("breakout_history", breakout_games=games, breakouts=breakouts) == score


@pytest.mark.parametrize(("z", "score"), [(-2, 0), (-1.5, 0), (0, 50), (1.5, 100), (2, 100)])
def test_hot_runs_from_a_form_one_and_a_half_deviations_under_to_as_many_over(
    z: float, score: float
) -> None:
    assert value("breakout_hot", pts_vs_season_zscore=z) == score


@pytest.mark.parametrize(
    ("season", "week", "signal"),
    [(7.9, 2, None), (8, 2, 5), (16, 2, 5), (16.1, 2, None), (10, 3, 4)],
)
def test_only_a_role_player_of_8_to_16_points_has_a_signal_and_rest_is_two_games_in_a_week(
    season: float, week: int, signal: float | None
) -> None:
    at_the_steps = {"cv_last_10": 0.6, "points_avg_last_5": 8, "points_avg_last_10": 10,
                    "last_started": True, "home_away": 1}  # fmt: skip
    reads = at_the_steps | {"points_avg_season": season, "games_in_last_7_days": week}
    assert value("composite_breakout_signal", **reads) == signal
