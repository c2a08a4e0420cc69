"""What a backtest adds to an entry, by hand: reliability, the surest tenth, base rate, closes."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tipoff.grading.backtest import results as module
from tipoff.grading.backtest.suspicion import suspicions

SLATE = date(2025, 1, 10)


def rows(chances: list[float | None], actual: list[float], **more: Any) -> pl.DataFrame:
    """Rows at a line of 20; an actual of 20 is a push and has no Brier score."""
    n = len(chances)
    frame = pl.DataFrame(
        {"slate": [SLATE + timedelta(days=k % 2) for k in range(n)], "line": [20.0] * n,
         "p_over": chances, "p_push": [None] * n, "actual": actual,
         "prediction_id": [f"p{k:02}" for k in range(n)]} | more,
        schema_overrides={"p_over": pl.Float64, "p_push": pl.Float64, "actual": pl.Float64},
    )  # fmt: skip
    push = pl.col("actual") == pl.col("line")
    return frame.with_columns(brier=pl.when(~push).then(0.1), log_loss=pl.when(~push).then(0.7))


def test_reliability_has_the_mean_chance_and_the_share_of_overs_of_each_tenth() -> None:
    bins = module._reliability(
        rows([0.0, 0.05, 0.1, 0.95, 1.0, 0.4, 0.9], [10, 30, 30, 30, 10, 30, 20],
             p_push=[None, None, None, None, None, 0.2, None])
    )  # fmt: skip
    by_bin = {row["bin"]: (row["n"], round(row["p"], 6), row["value"]) for row in bins}
    assert by_bin == {0: (2, 0.025, 0.5), 1: (1, 0.1, 1.0), 5: (1, 0.5, 1.0), 9: (2, 0.975, 0.5)}
    assert [row["bin"] for row in bins] == [0, 1, 5, 9]


def test_the_surest_tenth_is_rounded_up_and_loses_its_pushes_afterwards() -> None:
    chances: list[float | None] = [0.5, 0.9, 0.1, 0.8, *[0.6] * 17, None]
    actual = [30.0, 30, 30, 20, *[30.0] * 18]
    top = module._top_tenth(rows(chances, actual)).to_dicts()[0]
    # Of 20 with a side two are a tenth: 0.9 (over, won) and 0.1 (under, lost).
    assert (top["n"], top["value"]) == (2, 0.5)
    more = module._top_tenth(rows([*chances, 0.6], [*actual, 30])).to_dicts()[0]
    # Of 21 three: the third is 0.8, a push.
    assert (more["n"], more["value"]) == (2, 0.5)
    tied = module._top_tenth(rows([0.6] * 11, [30.0, 10, *[30.0] * 9])).to_dicts()[0]
    assert (tied["n"], tied["value"]) == (2, 0.5), "ties by id"
    assert module._top_tenth(rows([0.5, None], [30, 30])).height == 0


def test_the_base_rate_is_the_rows_own_share_of_overs_and_needs_both_sides() -> None:
    share = module._base_rate(rows([0.5] * 5, [30, 30, 30, 10, 20]))
    assert share is not None
    loss = -(3 * math.log(0.75) + math.log(0.25)) / 4
    assert share["over"] == 0.75
    assert share["log_loss"]["value"] == pytest.approx(loss)
    assert share["difference"]["value"] == pytest.approx(0.7 - loss)
    for actual in ([30.0, 30], [10.0, 10], [20.0, 20]):
        assert module._base_rate(rows([0.5, 0.5], actual)) is None
    assert module._base_rate(rows([], [])) is None


def test_closes_are_counted_of_picks_and_in_the_picks_direction() -> None:
    frame = rows(
        [0.6] * 6, [30.0] * 6,
        recommendation=["OVER", "UNDER", "OVER", "UNDER", "PASS", "OVER"],
        close=[21.0, 21.0, 20.0, 20.0, 30.0, None], market_over=[0.5] * 6,
        close_over=[0.9, 0.9, 0.55, 0.55, 0.9, None],
    )  # fmt: skip
    points = module._clv(frame, "clv_points", module._moved())
    assert (points["picks"], points["missing"]) == (5, 1)
    assert points["mean"]["value"] == 0.0
    overs = frame.filter(pl.col("recommendation") == "OVER")
    assert module._clv(overs, "clv_points", module._moved())["mean"]["value"] == 0.5
    chance = module._clv(overs, "clv_probability", module._repriced())
    assert (chance["picks"], chance["missing"]) == (3, 2)
    assert chance["mean"]["value"] == pytest.approx(0.05)
    unders = frame.filter(pl.col("recommendation") == "UNDER")
    assert module._clv(unders, "x", module._repriced())["mean"]["value"] == pytest.approx(-0.05)
    nobody = frame.filter(pl.col("recommendation") == "PASS")
    assert module._clv(nobody, "x", module._moved()) == {"picks": 0, "missing": 0, "mean": None}


def figures(mae: float, ewma: float, line: float, n: int = 200) -> dict[str, Any]:
    def pair(share: float) -> dict[str, Any]:
        return {"n": n, "crps": {"difference": {"high": -2.0 * share}, "reference": 2.0}}

    return {"metrics": {"mae": {"n": n, "value": mae}},
            "against": {"ewma_hl8": pair(ewma), "line": pair(line)}}  # fmt: skip


@pytest.mark.parametrize(
    ("mae", "ewma", "line", "said"),
    [(4.4, 0.1199, 0.0199, 0), (4.39, 0.0, 0.0, 1), (5.0, 0.1201, 0.0, 1), (5.0, 0.0, 0.0201, 1),
     (4.3, 0.2, 0.1, 3), (5.0, -0.5, -0.5, 0)],
)  # fmt: skip
def test_a_result_is_suspicious_just_beyond_what_honest_models_reach(
    mae: float, ewma: float, line: float, said: int
) -> None:
    frame = figures(mae, ewma, line)
    assert len(suspicions("points", "x", frame, frame)) == said
    assert len(suspicions("assists", "x", frame, frame)) == said - (mae < 4.4)
    assert len(suspicions("points", "x", frame, None)) == (ewma > 0.12)
    assert suspicions("points", "x", *[figures(mae, ewma, line, 199)] * 2) == []
