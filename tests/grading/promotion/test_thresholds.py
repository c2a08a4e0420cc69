"""Each gate at its threshold: what just passes, and what just does not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tipoff.grading.promotion import Candidate, Evidence, gates

TIER = "10 to 15"


def rows(n: int, slates: int = 2, model: str = "new", **columns: Any) -> pl.DataFrame:
    """Forecasts without a fault: actual 10, CRPS 2, no bias; `columns` in place of those."""
    faultless = {
        "slate": [date(2025, 1, 1) + timedelta(days=i % slates) for i in range(n)],
        "game_id": ["g"] * n, "player_key": [f"p{i}" for i in range(n)], "model": [model] * n,
        "mean": [10.0] * n, "actual": [10.0] * n, "crps": [2.0] * n, "mean_error": [0.0] * n,
        "covered80": [True] * n, "recommendation": ["PASS"] * n, "line_tier": [TIER] * n,
        "trained_through": [date(2024, 12, 31)] * n,
    }  # fmt: skip
    return pl.DataFrame(faultless | columns)


def candidate(*parts: pl.DataFrame, others: tuple[str, ...] = ()) -> Candidate:
    return Candidate("new", "old", (), others, Evidence("points", "test", pl.concat(parts)))


@pytest.mark.parametrize(
    ("n", "slates", "passes"), [(1000, 20, True), (999, 20, False), (1000, 19, False)]
)
def test_a_thousand_graded_forecasts_on_twenty_slates_are_enough(
    n: int, slates: int, passes: bool
) -> None:
    assert gates.enough_rows(candidate(rows(n, slates)))[0] is passes
    more = [rows(5, slates, actual=[None] * 5).cast({"actual": pl.Float64}),
            rows(5, slates, crps=[None] * 5).cast({"crps": pl.Float64})]  # fmt: skip
    assert gates.enough_rows(candidate(rows(n, slates), *more))[0] is passes


def test_one_forecast_of_a_model_that_saw_its_day_is_one_too_many() -> None:
    assert gates.walk_forward(candidate(rows(10)))[0]
    seen = rows(1, trained_through=[date(2025, 1, 1)])
    assert gates.walk_forward(candidate(rows(10), seen)) == (
        False, "1 rows trained on their own day or later", "none",
    )  # fmt: skip
    assert not gates.walk_forward(candidate(rows(10).clear()))[0]


@pytest.mark.parametrize(("worse", "passes"), [(0.0099, True), (0.0101, False), (-1.0, True)])
def test_a_crps_may_be_worse_by_half_a_percent_of_the_champions(worse: float, passes: bool) -> None:
    own = rows(40, crps=[2.0 + worse] * 40)
    assert gates.crps(candidate(own, rows(40, model="old")))[0] is passes


@pytest.mark.parametrize(
    ("off", "passes"), [(0.299, True), (0.301, False), (-0.299, True), (-0.301, False)]
)
def test_a_bias_may_be_three_percent_of_the_mean_actual(off: float, passes: bool) -> None:
    assert gates.bias(candidate(rows(40, mean_error=[off] * 40)))[0] is passes


@pytest.mark.parametrize(("of_100", "passes"), [(77, False), (78, True), (82, True), (83, False)])
def test_an_interval_of_eighty_percent_may_cover_78_to_82(of_100: int, passes: bool) -> None:
    covered = [k < of_100 for k in range(100)]
    assert gates.coverage(candidate(rows(100, covered80=covered)))[0] is passes


@pytest.mark.parametrize(
    ("n", "slates", "off", "passes"),
    [(200, 2, 0.6, False), (199, 2, 0.6, True), (200, 1, 0.6, True), (200, 2, 0.501, False),
     (200, 2, 0.499, True), (200, 2, -0.501, False), (200, 2, -0.499, True)],
)  # fmt: skip
def test_a_tier_of_200_rows_on_two_slates_may_be_off_by_five_percent(
    n: int, slates: int, off: float, passes: bool
) -> None:
    bad = rows(n, slates, mean_error=[off] * n, line_tier=["25+"] * n)
    assert gates.tiers(candidate(rows(200), bad))[0] is passes


def test_a_tier_whose_bias_may_be_chance_passes_and_no_tier_at_all_does_not() -> None:
    loud = [2.0 if k % 2 else -0.8 for k in range(200)]  # on each slate one of the two
    verdict = gates.tiers(candidate(rows(200, mean_error=loud)))
    assert verdict[:2] == (True, "1 tiers, none off")
    assert not gates.tiers(candidate(rows(199)))[0]
    bad = rows(200, mean_error=[1.0] * 200)
    assert gates.tiers(candidate(bad))[1] == "10 to 15 +1.00 (+10%, n = 200)"


@pytest.mark.parametrize(
    ("overs", "unders", "passes"),
    [(50, 50, True), (50, 49, False), (10, 90, True), (9, 91, False), (90, 10, True),
     (91, 9, False), (0, 0, False)],
)  # fmt: skip
def test_a_hundred_picks_a_tenth_of_them_on_either_side_are_enough(
    overs: int, unders: int, passes: bool
) -> None:
    sides = ["OVER"] * overs + ["UNDER"] * unders + ["PASS"] * 7 + ["NO_LINE"]
    verdict = gates.directions(candidate(rows(len(sides), recommendation=sides)))
    assert verdict[:2] == (passes, f"{overs:,} overs and {unders:,} unders of {len(sides):,}")


@pytest.mark.parametrize(("apart", "passes"), [(0.049, False), (0.051, True), (-0.051, True)])
def test_means_apart_by_half_a_percent_of_the_mean_actual_are_two_models(
    apart: float, passes: bool
) -> None:
    other = rows(40, model="twin", mean=[10.0 + apart] * 40)
    assert gates.duplicate(candidate(rows(40), other, others=("twin",)))[0] is passes


def test_pairs_are_of_one_player_game_of_one_slate() -> None:
    own, other = rows(6, 3), rows(6, 3, model="old", mean=[11.0] * 6)
    moved = other.with_columns(pl.col("slate") + timedelta(days=1))
    assert candidate(own, other).pairs("old")["mean_other"].to_list() == [11.0] * 6
    assert candidate(own, moved).pairs("old").height == 0
