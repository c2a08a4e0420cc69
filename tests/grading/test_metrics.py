"""Metrics over frames: brute force, libraries, and intervals that hold as often as they say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tipoff.grading import metrics

START = date(2025, 1, 1)


def rows(values: Any, slates: Any, **columns: Any) -> pl.DataFrame:
    """Rows whose scores all hold `values`, on slates numbered from the first of January."""
    scores = ("absolute_error", "signed_error", "mean_error", "crps", "brier", "log_loss")
    numbers = pl.Series(values, dtype=pl.Float64)
    return pl.DataFrame(
        dict.fromkeys(scores, numbers)
        | {"slate": [START + timedelta(days=int(s)) for s in slates]}
        | columns
    )


def only(frame: pl.DataFrame) -> dict[str, Any]:
    assert frame.height == 1
    return frame.to_dicts()[0]


@pytest.mark.parametrize("name", ["mae", "bias", "mean_bias", "crps", "brier", "log_loss"])
def test_every_metric_is_the_mean_of_its_rows_with_n_and_interval(name: str) -> None:
    figures = only(getattr(metrics, name)(rows([1.0, 2.0, None, 6.0], [0, 0, 1, 1])))
    assert (figures["metric"], figures["n"], figures["slates"]) == (name, 3, 2)
    assert figures["value"] == pytest.approx(3.0)
    assert figures["low"] <= 3.0 <= figures["high"]


def test_one_slate_has_a_value_but_no_interval() -> None:
    figures = only(metrics.mae(rows([1.0, 2.0], [0, 0])))
    assert (figures["value"], figures["low"], figures["high"]) == (1.5, None, None)


def test_no_rows_give_no_answer_rather_than_a_zero() -> None:
    empty = rows([None, None], [0, 1])
    assert metrics.mae(empty).height == 0
    assert metrics.mae(empty).schema == metrics.mae(rows([1.0], [0])).schema


def test_groups_are_judged_apart() -> None:
    frame = rows([1.0, 2.0, 3.0, 5.0], [0, 1, 0, 1], model=["a", "a", "b", "b"])
    figures = metrics.mae(frame, ["model"])
    assert dict(zip(figures["model"], figures["value"], strict=True)) == {"a": 1.5, "b": 4.0}


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.integers(0, 6)), min_size=2, max_size=60))
def test_the_interval_is_that_of_resampled_slates_by_brute_force(
    cells: list[tuple[float, int]],
) -> None:
    values, slates = zip(*cells, strict=True)
    figures = only(metrics.bias(rows(values, slates)))
    assert figures["value"] == pytest.approx(np.mean(values))
    names = sorted(set(slates))
    if len(names) < 2:
        assert figures["low"] is None
        return
    sums = {s: sum(v for v, t in cells if t == s) for s in names}
    counts = {s: sum(t == s for _, t in cells) for s in names}
    order = sorted(names, key=lambda s: (sums[s], counts[s]))
    draws = np.random.default_rng([metrics.SEED, len(names)])
    means = []
    for times in draws.multinomial(len(names), [1 / len(names)] * len(names), size=metrics.DRAWS):
        again = [s for s, k in zip(order, times, strict=True) for _ in range(k)]
        means.append(sum(sums[s] for s in again) / sum(counts[s] for s in again))
    expected = np.quantile(means, [0.025, 0.975])
    assert [figures["low"], figures["high"]] == pytest.approx(expected, abs=1e-6)


def test_the_interval_agrees_with_scipys_bootstrap_of_the_same_statistic() -> None:
    draws = np.random.default_rng(3)
    slates = np.repeat(np.arange(40), 5)
    values = draws.normal(size=200) + draws.normal(size=40)[slates]
    sums = np.bincount(slates, values)
    reference = stats.bootstrap((sums / 5,), np.mean, n_resamples=5000, method="percentile",
                                random_state=1).confidence_interval  # fmt: skip
    figures = only(metrics.bias(rows(values, slates)))
    assert figures["low"] == pytest.approx(reference.low, abs=0.03)
    assert figures["high"] == pytest.approx(reference.high, abs=0.03)


def test_intervals_hold_the_truth_as_often_as_they_say_only_when_slates_are_clusters() -> None:
    draws = np.random.default_rng(11)
    slates = np.repeat(np.arange(40), 8)
    held, naive = 0, 0
    for _ in range(100):
        values = draws.normal(size=320) + draws.normal(size=40)[slates]
        figures = only(metrics.bias(rows(values, slates)))
        held += figures["low"] <= 0 <= figures["high"]
        alone = only(metrics.bias(rows(values, np.arange(320))))
        naive += alone["low"] <= 0 <= alone["high"]
    assert 0.88 <= held / 100 <= 0.99
    assert naive / 100 < 0.75  # rows taken as independent: the mistake this prevents


def test_the_same_rows_in_another_order_give_the_same_bits() -> None:
    draws = np.random.default_rng(4)
    frame = rows(draws.integers(0, 40, 200) / 2, draws.integers(0, 15, 200))
    assert metrics.mae(frame).equals(metrics.mae(frame.sample(fraction=1, shuffle=True, seed=2)))


def picks() -> pl.DataFrame:
    outcomes = ["hit", "hit", "miss", "push", "no_pick", "void", "hit"]
    profit = [100 / 110, 1.2, -1.0, 0.0, None, None, None]
    return rows(
        [None] * 7, range(7), outcome=outcomes, profit=profit,
        recommendation=["OVER", "UNDER", "OVER", "OVER", "PASS", "OVER", "OVER"],
        over_price=[-110.0, -150.0, -120.0, -110.0, -110.0, -110.0, None],
        under_price=[-110.0, 120.0, 100.0, -110.0, -110.0, -110.0, -110.0],
    )  # fmt: skip


def test_hit_rate_leaves_out_pushes_voids_and_passes() -> None:
    figures = only(metrics.hit_rate(picks()))
    assert (figures["n"], figures["value"]) == (4, 0.75)


def test_break_even_is_computed_from_the_prices_of_the_very_picks_it_is_compared_with() -> None:
    figures, hits = only(metrics.break_even(picks())), only(metrics.priced_hit_rate(picks()))
    expected = np.mean([110 / 210, 100 / 220, 120 / 220])
    assert (figures["n"], figures["value"]) == (3, pytest.approx(expected))
    assert (hits["n"], hits["value"]) == (3, pytest.approx(2 / 3))


def test_roi_counts_the_stake_of_a_push_and_nothing_of_a_pick_without_a_price() -> None:
    figures = only(metrics.roi(picks()))
    assert (figures["n"], figures["value"]) == (4, pytest.approx((100 / 110 + 1.2 - 1) / 4))


def test_pickem_picks_have_a_hit_rate_but_no_break_even_and_no_roi() -> None:
    alone = picks().filter(pl.col("profit").is_null())
    assert only(metrics.hit_rate(alone))["n"] == 1
    assert metrics.roi(alone).height == metrics.break_even(alone).height == 0


def test_pit_deciles_hold_both_ends_and_add_up_to_one() -> None:
    pit = [0.0, 0.05, 0.1, 0.55, 0.999, 1.0, None]
    deciles = metrics.pit_deciles(rows([None] * 7, range(7), pit=pit))
    shares = dict(zip(deciles["metric"], deciles["value"], strict=True))
    assert sum(shares.values()) == pytest.approx(1)
    assert (shares["pit_1"], shares["pit_2"], shares["pit_10"]) == pytest.approx(
        (2 / 6, 1 / 6, 2 / 6)
    )


def test_coverage_is_a_share_of_graded_rows() -> None:
    figures = only(metrics.coverage80(rows([None] * 3, range(3), covered80=[True, False, None])))
    assert (figures["n"], figures["value"]) == (2, 0.5)
