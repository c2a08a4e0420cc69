"""Scores of single predictions against scoringrules, formulas by hand, and real payouts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
import scoringrules

from tests.grading.conftest import forecast, frame
from tipoff.grading.scores import SCORES, score, uniform


def scored(actual: float | None, outcome: str = "no_pick", **changes: Any) -> dict[str, Any]:
    given = frame([forecast(**changes)]).with_columns(
        actual=pl.lit(actual, pl.Float64), outcome=pl.lit(outcome)
    )
    return score(given).to_dicts()[0]


@pytest.mark.parametrize("actual", [0, 7, 24, 25, 60])
def test_crps_of_the_pmf_is_the_crps_of_its_sample_distribution(actual: int) -> None:
    row = scored(float(actual))
    # The mass put on counts as a weighted ensemble: an independent formula, E|X-y| - E|X-X'|/2.
    counts, mass = np.arange(91.0), np.array(row["pmf"])
    expected = mass @ abs(counts - actual) - mass @ abs(counts[:, None] - counts) @ mass / 2
    assert row["crps"] == pytest.approx(expected, abs=1e-9)
    sample = np.random.default_rng(1).choice(counts, 20_000, p=mass)
    by_library = float(scoringrules.crps_ensemble(actual, sample))
    assert row["crps"] == pytest.approx(by_library, rel=0.05)


def test_errors_are_forecast_minus_actual() -> None:
    row = scored(20.0)
    assert row["signed_error"] == pytest.approx(row["median"] - 20)
    assert row["absolute_error"] == abs(row["signed_error"])
    assert row["mean_error"] == pytest.approx(row["mean"] - 20)


@pytest.mark.parametrize(("actual", "over"), [(30.0, True), (10.0, False)])
def test_brier_and_log_loss_judge_the_chance_given_that_it_is_no_push(
    actual: float, over: bool
) -> None:
    row = scored(actual, line=25.0)
    chance = row["p_over"] / (1 - row["p_push"])
    assert row["p_push"] > 0
    assert row["brier"] == pytest.approx((chance - over) ** 2)
    assert row["log_loss"] == pytest.approx(-math.log(chance if over else 1 - chance))


def test_a_push_and_a_missing_line_have_no_brier_but_keep_their_errors() -> None:
    for row in (scored(25.0, line=25.0), scored(25.0, line=None)):
        assert (row["brier"], row["log_loss"]) == (None, None)
        assert row["crps"] is not None


def test_a_wrong_certainty_costs_much_but_not_the_whole_record() -> None:
    row = scored(30.0, line=5.5, p_over=0.0, p_push=0.0)
    assert row["log_loss"] > 0
    given = frame([forecast(line=25.5) | {"p_over": 0.0, "p_push": 0.0}])
    scores = score(given.with_columns(actual=pl.lit(30.0), outcome=pl.lit("miss")))
    assert scores["log_loss"][0] == pytest.approx(-math.log(1e-12))


@pytest.mark.parametrize(
    ("outcome", "pick", "over", "under", "profit"),
    [
        ("hit", "OVER", -110.0, 150.0, 100 / 110),
        ("hit", "UNDER", -110.0, 150.0, 1.5),
        ("miss", "OVER", -110.0, 150.0, -1.0),
        ("push", "UNDER", -110.0, 150.0, 0.0),
        ("hit", "OVER", None, -110.0, None),
        ("miss", "OVER", None, -110.0, None),
        ("hit", "OVER", -100_000.0, None, None),
        ("no_pick", "PASS", -110.0, -110.0, None),
        ("void", "OVER", -110.0, -110.0, None),
    ],
)
def test_profit_is_what_the_picked_side_paid(
    outcome: str, pick: str, over: float | None, under: float | None, profit: float | None
) -> None:
    actual = None if outcome == "void" else 20.0
    row = scored(actual, outcome, recommendation=pick, over_price=over, under_price=under)
    assert row["profit"] == (None if profit is None else pytest.approx(profit))


def test_a_void_scores_nothing_at_all() -> None:
    row = scored(None, "void")
    assert [row[name] for name in SCORES] == [None] * len(SCORES)


def test_randomised_pits_of_the_true_distribution_are_flat_and_cover_eighty_percent() -> None:
    draws = np.random.default_rng(5)
    many = [forecast(mean=float(m), prediction_id=f"p{i}")
            for i, m in enumerate(draws.uniform(0.8, 4, 1500))]  # fmt: skip
    given = frame(many)
    actual = [float(draws.choice(91, p=row["pmf"])) for row in many]
    scores = score(given.with_columns(actual=pl.Series(actual), outcome=pl.lit("no_pick")))
    assert float(scores["covered80"].cast(pl.Float64).mean() or 0) == pytest.approx(0.8, abs=0.03)  # type: ignore[arg-type]
    deciles = np.histogram(scores["pit"], 10, (0, 1))[0] / 1500
    assert abs(deciles - 0.1).max() < 0.03
    # What a plain inclusive interval does on the same rows: incident of the handbook, section 8.
    cdf = np.cumsum(np.array(given["pmf"].to_list()), axis=1)
    low, high = (cdf >= 0.1).argmax(axis=1), (cdf >= 0.9).argmax(axis=1)
    inclusive = ((low <= actual) & (np.array(actual) <= high)).mean()
    assert inclusive > 0.86


def test_the_random_number_belongs_to_the_prediction_alone() -> None:
    assert uniform("pred_a") == uniform("pred_a") != uniform("pred_b")
    spread = np.array([uniform(f"pred_{i}") for i in range(2000)])
    assert (spread >= 0).all()
    assert (spread < 1).all()
    assert spread.mean() == pytest.approx(0.5, abs=0.02)
    both = frame([forecast(mean=20.0), forecast(mean=30.0)])
    given = both.with_columns(actual=pl.lit(25.0), outcome=pl.lit("no_pick"))
    backwards = score(given.reverse()).reverse()
    assert score(given).equals(backwards)


def test_pmfs_of_different_lengths_are_scored_side_by_side() -> None:
    short = forecast() | {"pmf": [0.5, 0.5], "prediction_id": "short"}
    given = frame([short, forecast()])
    scores = score(given.with_columns(actual=pl.Series([1.0, 25.0]), outcome=pl.lit("no_pick")))
    assert scores["crps"][0] == pytest.approx(0.25)
    assert scores["prediction_id"].to_list() == given["prediction_id"].to_list()
