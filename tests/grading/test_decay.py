"""Decay: the rule in numbers, blind to the day itself, and a block that shows as a withdrawal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.grading.graded import before, graded
from tipoff.forecast import current_publication, reconcile
from tipoff.grading.decay import (
    LEAST_ROWS,
    LEAST_SLATES,
    WINDOW,
    State,
    decay_states,
    judge,
    review,
)
from tipoff.lake import Lake
from tipoff.models import champion_of, eligible, promote, retire

SLATES, ROWS = 14, 100


def slates(
    n: int = SLATES, *, crps: float = 0.0, bias: float = 0.0, coverage: float = 0.8,
    noise: float = 0.01,
) -> pl.DataFrame:  # fmt: skip
    """Sums per slate of a model that is off by those shares, on average, with some noise."""
    shift = np.resize([1.0, -1.0], n) * noise
    return pl.DataFrame({
        "slate": [date(2025, 1, 1) + timedelta(days=i) for i in range(n)],
        "n": [ROWS] * n, "actual": [10.0 * ROWS] * n,
        "mean_error": (bias + shift) * 10.0 * ROWS,
        "covered": (coverage + shift) * ROWS, "pairs": [ROWS] * n,
        "difference": (crps + shift) * 3.0 * ROWS, "benchmark": [3.0 * ROWS] * n,
    })  # fmt: skip


CASES: list[tuple[dict[str, float], State]] = [
    ({}, "healthy"),
    ({"crps": -0.05}, "healthy"),
    ({"crps": 0.015, "noise": 0.05}, "watch"),
    ({"crps": 0.015}, "degrading"),
    ({"crps": 0.04}, "blocked"),
    ({"bias": 0.04, "noise": 0.0}, "watch"),
    ({"bias": -0.06}, "degrading"),
    ({"bias": 0.12}, "blocked"),
    ({"bias": -0.12}, "blocked"),
    ({"coverage": 0.83}, "watch"),
    ({"coverage": 0.75}, "degrading"),
    ({"coverage": 0.9}, "blocked"),
    ({"coverage": 0.7, "crps": -0.1}, "blocked"),
]


@pytest.mark.parametrize(("off", "state"), CASES, ids=[str(off) for off, _ in CASES])
def test_a_state_follows_from_how_far_off_and_how_surely(off: dict[str, Any], state: State) -> None:
    decay = judge("catboost_v9", "points", slates(**off))
    assert decay.state == state, decay.reason


@pytest.mark.parametrize(("limit", "state"), [(0.03, "healthy"), (0.05, "watch"),
                                              (0.08, "degrading")])  # fmt: skip
@pytest.mark.parametrize("side", [1, -1])
def test_a_figure_that_lies_on_a_limit_is_not_beyond_it(
    limit: float, state: State, side: int
) -> None:
    """Fifty rows a slate: the sums of these, and so the interval's ends, are the very limit."""
    off = slates(8, noise=0.0).with_columns(
        n=50, actual=50.0, mean_error=side * limit * 50, covered=40.0, pairs=50
    )
    decay = judge("catboost_v9", "points", off)
    bias = decay.signals["bias"]
    assert bias["value"] == bias["low"] == bias["high"] == side * limit
    assert decay.state == state


def test_a_crps_that_is_not_surely_worse_is_never_more_than_watch() -> None:
    assert judge("catboost_v9", "points", slates(crps=0.04, noise=0.4)).state == "watch"


def test_too_little_is_not_judged_and_says_so() -> None:
    few = judge("catboost_v9", "points", slates(LEAST_SLATES - 1, bias=0.5))
    assert few.state == "healthy"
    assert few.reason.startswith("not judged")


def test_exactly_the_least_rows_and_slates_are_enough_to_be_judged() -> None:
    def short_by(rows: int) -> State:
        per_slate = [LEAST_ROWS - rows - (LEAST_SLATES - 1)] + [1] * (LEAST_SLATES - 1)
        return judge(
            "catboost_v9", "points",
            slates(LEAST_SLATES, bias=0.5).with_columns(n=pl.Series(per_slate)),
        ).state  # fmt: skip

    assert (short_by(0), short_by(1)) == ("blocked", "healthy")


def test_a_baseline_is_a_benchmark_and_is_never_blocked() -> None:
    assert judge("ewma_hl8", "points", slates(bias=0.3)).state == "degrading"


def state_of(lake: Lake, day: date, model: str = "catboost_v9") -> State | None:
    with lake.reading() as r:
        states = {d.model: d.state for d in decay_states(r, day)}
    return states.get(model)


def test_only_slates_before_the_day_count_and_only_the_newest(
    published: Lake, slate_day: date
) -> None:
    graded(published, "catboost_v9", before(slate_day, WINDOW), off=0.0)
    later = [slate_day + timedelta(days=400 + i) for i in range(WINDOW)]
    graded(published, "catboost_v9", later, off=5.0)
    assert state_of(published, slate_day) == "healthy"
    assert state_of(published, later[0]) == "healthy"
    assert state_of(published, later[-1] + timedelta(days=1)) == "blocked"


def store_scores(lake: Lake, day: date, scores: list[tuple[str, str, str, str, float]]) -> None:
    """One published and graded slate: (market, model, game, player, crps) of each grade."""
    run, at = f"run_{day}", datetime(2024, 1, 1, tzinfo=UTC)
    head = {"publication_id": f"pub_{day}", "slate": day, "seq": 99, "run_id": run,
            "kind": "first", "reason": "test", "committed_at": at}  # fmt: skip
    grades = [
        {"grade_id": f"{run}{i}", "slate": day, "run_id": run, "prediction_id": f"{run}{i}",
         "game_id": game, "player_key": player, "market": market, "model": model,
         "outcome": "no_pick", "actual": 10.0, "crps": crps, "mean_error": 0.0,
         "covered80": i % 5 != 0}
        for i, (market, model, game, player, crps) in enumerate(scores)
    ]  # fmt: skip
    lake.write(lambda w: [w.append("forecast.publication", pl.DataFrame([head])),
                          w.append("grading.grade", pl.DataFrame(grades))])  # fmt: skip


def test_a_forecast_is_compared_with_the_benchmark_of_its_own_game_player_market_and_slate(
    published: Lake, slate_day: date
) -> None:
    """Players have two games a slate; the model equals the benchmark wherever that was graded."""
    both = [(f"g{k % 2}", f"p{k // 2}") for k in range(80)]
    for number, day in enumerate(before(slate_day, LEAST_SLATES)):
        # Another third of the rows is without a benchmark on each slate.
        paired = {pair for i, pair in enumerate(both) if (i + number) % 3}
        scores = [("points", "catboost_v9", *pair, 4.0 if pair in paired else 8.0) for pair in both]
        scores += [("points", "ewma_hl8", *pair, 4.0) for pair in sorted(paired)]
        scores += [("points", "season_mean", *pair, 1.0) for pair in both]
        scores += [("rebounds", "ewma_hl8", *pair, 2.0) for pair in both]
        store_scores(published, day, scores)
    with published.reading() as r:
        decays = {(d.model, d.market): d for d in decay_states(r, slate_day)}
    crps = decays["catboost_v9", "points"].signals["crps"]
    assert (crps["value"], crps["low"], crps["high"]) == (0.0, 0.0, 0.0)
    assert decays["catboost_v9", "points"].rows == LEAST_SLATES * len(both)
    assert decays["ewma_hl8", "points"].signals["crps"]["value"] == 3.0


def test_a_decayed_model_is_withdrawn_by_the_next_publication_which_says_so(
    published: Lake, slate_day: date
) -> None:
    graded(published, "catboost_v9", before(slate_day, 10), off=3.0)
    assert [(d.model, d.market) for d in review(published, slate_day)] == [
        ("catboost_v9", "points")
    ]
    assert review(published, slate_day) == []
    with published.reading() as r:
        assert "catboost_v9" not in {s.model for s in eligible(r, slate_day, "points")}
        reason = r.value("SELECT reason FROM models.current_state WHERE state = 'blocked'")
    assert "bias +30" in reason
    report = reconcile(published, slate_day)
    assert report.publication.kind == "withdraw"
    with published.reading() as r:
        current = current_publication(r, slate_day)
        leader = champion_of(r, "points", slate_day)
        left = r.value("SELECT count(*) FROM forecast.current_prediction"
                       " WHERE slate = $d AND model = 'catboost_v9'", {"d": slate_day})  # fmt: skip
    assert current is not None
    assert current.reason.startswith("withdrawn: catboost_v9 (blocked: decayed: bias +30")
    assert leader is not None
    assert (leader.model, left) == ("ewma_hl8", 0)


def test_a_promotion_lifts_a_block(published: Lake, slate_day: date) -> None:
    graded(published, "catboost_v9", before(slate_day, 10), off=3.0)
    with published.reading() as r:
        version = next(s for s in eligible(r, slate_day, "points") if s.model == "catboost_v9")
    review(published, slate_day)
    promote(published, version.model_id, "points", "mended by hand", to="challenger")
    with published.reading() as r:
        assert version.model_id in {s.model_id for s in eligible(r, slate_day, "points")}


def test_a_model_retired_in_one_market_is_a_withdrawal_that_names_the_market(
    published: Lake, slate_day: date
) -> None:
    retire(published, "last_5", "weak on steals", ["steals"])
    assert reconcile(published, slate_day).publication.kind == "withdraw"
    with published.reading() as r:
        current = current_publication(r, slate_day)
    assert current is not None
    assert current.reason == "withdrawn: last_5 in steals (retired: weak on steals)"
