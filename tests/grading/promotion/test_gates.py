"""Every gate lets a good model through and stops the fault it is there for, and no other does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tipoff.grading.promotion import Candidate, Evidence, Verdict, judge_candidate
from tipoff.grading.promotion import gates as module
from tipoff.grading.scores import score
from tipoff.grading.tiers import with_tiers
from tipoff.models.pmf import negative_binomial

SLATES, PLAYERS = 30, 100
Change = Callable[[pl.DataFrame], pl.DataFrame]


def forecasts(model: str, wide: float = 2.8, noise: float = 0.0, seed: int = 4) -> pl.DataFrame:
    """Scored forecasts of a league whose truth is a negative binomial with dispersion 2.8."""
    rng = np.random.default_rng(1)
    n = SLATES * PLAYERS
    truth = rng.uniform(6.0, 28.0, n)
    actual = rng.negative_binomial(truth / 1.8, 1 / 2.8).astype(float)
    mean = truth * np.exp(np.random.default_rng(seed).normal(0, noise, n))
    pmf = negative_binomial(mean, wide, 90)
    line = np.floor(truth * np.exp(np.random.default_rng(9).normal(0, 0.15, n))) + 0.5
    median = pmf.median()
    side = np.where(median > line + 1, "OVER", np.where(median < line - 1, "UNDER", "PASS"))
    rows = pl.DataFrame({
        "slate": [date(2024, 11, 1) + timedelta(days=i // PLAYERS) for i in range(n)],
        "game_id": [f"g{i // 20}" for i in range(n)], "player_key": [f"p{i}" for i in range(n)],
        "prediction_id": [f"{model}{i}" for i in range(n)], "model": [model] * n,
        "mean": pmf.mean(), "median": median, "pmf": pmf.p.tolist(), "line": line,
        "p_over": pmf.p_over(line), "p_push": pmf.p_push(line), "recommendation": side,
        "over_price": [None] * n, "under_price": [None] * n, "actual": actual,
        "outcome": ["no_pick"] * n, "trained_through": [date(2024, 10, 31)] * n,
        "market": ["points"] * n, "edge": median - line,
    })  # fmt: skip
    return with_tiers(score(rows)).drop("market", "edge")


@pytest.fixture(scope="module")
def good() -> Candidate:
    parts = [forecasts("new"), forecasts("old", noise=0.08), forecasts("ewma_hl8", noise=0.2)]
    rows = pl.concat(parts)
    return Candidate("new", "old", (), ("old", "ewma_hl8"), Evidence("points", "test", rows))


def changed(candidate: Candidate, change: Change, model: str = "new") -> Candidate:
    kept = candidate.evidence.rows.filter(pl.col("model") != model)
    rows = pl.concat([change(candidate.evidence.of(model)), kept])
    return replace(candidate, evidence=replace(candidate.evidence, rows=rows))


def refused(verdicts: list[Verdict]) -> set[str]:
    return {v.gate for v in verdicts if not v.passed}


def test_a_better_calibrated_model_passes_every_gate_with_its_figures(good: Candidate) -> None:
    verdicts = judge_candidate(good)
    assert refused(verdicts) == set()
    assert [v.gate for v in verdicts] == list(module.GATES)
    assert verdicts[0].figure == f"n = {SLATES * PLAYERS:,} on {SLATES} slates"
    assert all(v.figure and v.bar for v in verdicts)


FAULTS: dict[str, tuple[Change, set[str]]] = {
    "too few rows": (lambda rows: rows.filter(pl.col("slate") < date(2024, 11, 10)), {"n"}),
    "trained on its own day": (
        lambda rows: rows.with_columns(trained_through=pl.col("slate")), {"walk-forward"},
    ),
    "worse than the champion": (
        lambda rows: rows.with_columns(pl.col("crps") + 0.1), {"CRPS"},
    ),
    "too high everywhere": (
        lambda rows: rows.with_columns(pl.col("mean_error") + 1.0), {"bias", "tiers"},
    ),
    "too high for stars, too low for the rest": (
        lambda rows: rows.with_columns(
            pl.col("mean_error") + pl.when(pl.col("line") > 20).then(1.5).otherwise(-0.9)
        ), {"tiers"},
    ),
    "intervals too wide": (
        lambda rows: rows.with_columns(covered80=pl.col("pit").is_between(0.05, 0.95)
                                       if "pit" in rows.columns else pl.lit(value=True)),
        {"coverage"},
    ),
    "always under": (
        lambda rows: rows.with_columns(recommendation=pl.lit("UNDER")), {"directions"},
    ),
    "hardly a pick": (
        lambda rows: rows.with_columns(recommendation=pl.lit("PASS")), {"directions"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_stopped_by_its_own_gate_alone(good: Candidate, fault: str) -> None:
    change, expected = FAULTS[fault]
    assert refused(judge_candidate(changed(good, change))) == expected


def test_many_rows_of_few_slates_are_not_enough(good: Candidate) -> None:
    few = changed(good, lambda rows: rows.with_columns(slate=pl.lit(date(2024, 11, 1))))
    passed, figure, _ = module.enough_rows(few)
    assert (passed, figure) == (False, f"n = {SLATES * PLAYERS:,} on 1 slates")


def test_a_copy_under_another_name_is_a_duplicate(good: Candidate) -> None:
    def copy(rows: pl.DataFrame) -> pl.DataFrame:
        own = good.evidence.of("new")
        return own.with_columns(pl.col("mean") * 1.001, model=pl.lit("old"))

    verdicts = judge_candidate(changed(good, copy, "old"))
    assert refused(verdicts) == {"duplicate"}
    assert "old differs by" in verdicts[-1].figure


def test_the_same_artifact_is_a_duplicate_whatever_it_predicted(good: Candidate) -> None:
    verdicts = judge_candidate(replace(good, twins=("twin",)))
    assert refused(verdicts) == {"duplicate"}
    assert verdicts[-1].figure == "twin has the same artifact"


def test_without_the_champions_rows_nothing_can_be_said_and_that_blocks(good: Candidate) -> None:
    verdicts = judge_candidate(changed(good, lambda rows: rows.clear(), "old"))
    assert refused(verdicts) == {"CRPS", "duplicate"}
    assert "no rows of old" in verdicts[2].figure


def test_without_any_evidence_every_gate_blocks(good: Candidate) -> None:
    verdicts = judge_candidate(changed(good, lambda rows: rows.clear()))
    assert refused(verdicts) == set(module.GATES)


def test_a_seated_model_that_was_not_compared_could_be_the_same_and_blocks(good: Candidate) -> None:
    verdicts = judge_candidate(replace(good, others=(*good.others, "unheard of")))
    assert refused(verdicts) == {"duplicate"}
    assert verdicts[-1].figure.startswith("no rows of unheard of to compare with")


@pytest.mark.parametrize("hole", [None, float("nan")])
def test_a_copy_is_not_hidden_by_one_mean_that_is_no_number(
    good: Candidate, hole: float | None
) -> None:
    def copy(_rows: pl.DataFrame) -> pl.DataFrame:
        first = pl.int_range(pl.len()) == 0
        mean = pl.when(first).then(pl.lit(hole, pl.Float64)).otherwise("mean")
        return good.evidence.of("new").with_columns(mean.alias("mean"), model=pl.lit("old"))

    assert "duplicate" in refused(judge_candidate(changed(good, copy, "old")))


def test_an_error_inside_a_gate_blocks_and_the_others_still_answer(
    good: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Candidate) -> tuple[bool, str, str]:
        raise ZeroDivisionError("the gate fell over")

    monkeypatch.setitem(module.GATES, "bias", broken)
    verdicts = judge_candidate(good)
    assert refused(verdicts) == {"bias"}
    assert "ZeroDivisionError: the gate fell over" in verdicts[3].figure
