"""Faults in the gates between a published prediction, its grade and a model's seat."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import polars as pl
import pytest

from tests.gates.conftest import Case, fault
from tests.grading.conftest import BEFORE, TIP
from tests.grading.promotion.test_gates import forecasts
from tests.grading.test_decay import slates
from tests.grading.test_outcomes import BOTH, GAME, facts, row, settled
from tipoff.errors import GateBlocked
from tipoff.grading import grade
from tipoff.grading.decay import judge, review
from tipoff.grading.grade import _identified
from tipoff.grading.promotion import (
    Candidate,
    Evidence,
    Judgement,
    Verdict,
    judge_candidate,
    promote_through_gates,
)
from tipoff.grading.promotion.gates import GATES


def candidate(
    unknown: float | None = None, rows: int | None = None, **named: type[pl.DataType]
) -> Candidate:
    """A good candidate and its reference; the named columns hold what is unknown, in all its rows
    or in the first few."""
    own, other = forecasts("new"), forecasts("old", noise=0.08)
    here = pl.int_range(pl.len()) < (own.height if rows is None else rows)
    blank = own.with_columns(
        pl.when(here).then(pl.lit(unknown, kind)).otherwise(name).alias(name)
        for name, kind in named.items()
    )  # fmt: skip
    both = pl.concat([blank, other], how="vertical_relaxed")
    return Candidate("new", "old", (), ("old",), Evidence("points", "test", both))


def one_gate_error(case: Case, name: str) -> None:
    good = candidate()
    assert all(v.passed for v in judge_candidate(good))
    case.bare.setitem(GATES, name, fault)
    assert [v.gate for v in judge_candidate(good) if not v.passed] == [name]


KINDS = (
    ArithmeticError, AttributeError, GateBlocked, KeyError, MemoryError, OSError, RuntimeError,
    TypeError, ValueError, pl.exceptions.ComputeError,
)  # fmt: skip


def gates_error(case: Case) -> None:
    """Of whatever kind it is: the gate has not answered, or the error ends the judgement."""
    for error in KINDS:
        case.bare.setitem(GATES, "n", partial(_raises, error))
        with suppress(MemoryError, OSError):
            found = judge_candidate(candidate())
            assert [v.gate for v in found if not v.passed] == ["n"], error


def _raises(error: type[Exception], _candidate: Candidate) -> None:
    raise error("injected")


NULLS: dict[str, dict[str, Any]] = {
    "n": {"crps": pl.Float64}, "walk-forward": {"trained_through": pl.Date},
    "CRPS": {"crps": pl.Float64}, "bias": {"mean_error": pl.Float64},
    "coverage": {"covered80": pl.Boolean}, "tiers": {"mean_error": pl.Float64},
    "directions": {"recommendation": pl.String}, "duplicate": {"mean": pl.Float64},
}  # fmt: skip
"""Promotion gate -> the columns it reads, to be null."""


def one_gate_null(case: Case, name: str) -> None:
    for unknown in (None, float("nan")):
        columns = {column: kind for column, kind in NULLS[name].items()
                   if unknown is None or kind is pl.Float64}  # fmt: skip
        assert _verdict(name, candidate(unknown, **columns)).passed is (not columns)


def _verdict(name: str, judged: Candidate) -> Verdict:
    return next(v for v in judge_candidate(judged) if v.gate == name)


def tiers_null(case: Case) -> None:
    """Nor do rows of no known night make a tier that could be judged."""
    one_gate_null(case, "tiers")
    assert _verdict("tiers", candidate(slate=pl.Date)).passed is False


def duplicate_null(case: Case) -> None:
    """One mean that is no number is enough: what is left would be another model's."""
    one_gate_null(case, "duplicate")
    for unknown in (None, float("nan")):
        assert _verdict("duplicate", candidate(unknown, 1, mean=pl.Float64)).passed is False


NULL_CASES: dict[str, Callable[[Case], None]] = {
    name: partial(one_gate_null, name=name) for name in NULLS
} | {"tiers": tiers_null, "duplicate": duplicate_null}


def gates_null(case: Case) -> None:
    """A gate that gives no answer at all has not passed anybody."""
    case.bare.setitem(GATES, "n", lambda _candidate: None)
    assert [v.gate for v in judge_candidate(candidate()) if v.passed is not True] == ["n"]
    case.bare.setitem(GATES, "n", lambda _candidate: (None, "", ""))
    assert "n" in _judgement(case, judge_candidate(candidate())).objections[0]


def _judgement(case: Case, verdicts: list[Verdict]) -> Judgement:
    seat = next(s for s in case.bench.wanted.seats if s.model == "ewma_hl8")
    return Judgement(seat.model_id, "points", "catboost_v9", "test", verdicts)


def _not_promoted(case: Case, verdicts: list[Verdict], error: type[Exception]) -> None:
    before = case.bench.lake.version()
    with pytest.raises(error):
        promote_through_gates(case.bench.lake, _judgement(case, verdicts), "a fault")
    assert case.bench.lake.version() == before


ALL = [Verdict(name, True, "fine", "a bar") for name in GATES]


def promotion_error(case: Case) -> None:
    case.breaks("tipoff.grading.promotion.promote.promote")
    _not_promoted(case, ALL, ValueError)
    case.patch.undo()
    case.patch.setattr(Judgement, "objections", property(fault))
    _not_promoted(case, ALL, ValueError)


def promotion_null(case: Case) -> None:
    assert _judgement(case, ALL).objections == []
    _not_promoted(case, [], GateBlocked)
    _not_promoted(case, ALL[1:], GateBlocked)
    unknown = dataclasses.replace(ALL[0], passed=None)  # type: ignore[arg-type]
    _not_promoted(case, [unknown, *ALL[1:]], GateBlocked)


def decay_error(case: Case) -> None:
    before = case.bench.lake.version()
    case.breaks("tipoff.grading.decay.estimate")
    with pytest.raises(ValueError, match="injected"):
        judge("catboost_v9", "points", slates())
    case.breaks("tipoff.grading.decay.decay_states")
    with pytest.raises(ValueError, match="injected"):
        review(case.bench.lake, case.bench.day)
    assert case.bench.lake.version() == before


def decay_null(case: Case) -> None:
    assert judge("catboost_v9", "points", slates()).state == "healthy"
    for name in ("actual", "mean_error", "covered", "difference", "benchmark"):
        for value in (None, float("nan")):
            bad = slates().with_columns(
                pl.when(pl.col("slate") == pl.col("slate").max())
                .then(pl.lit(value, pl.Float64)).otherwise(name).alias(name)
            )  # fmt: skip
            found = judge("catboost_v9", "points", bad)
            assert found.state == "blocked", name
            assert name in found.reason


def void_error(case: Case) -> None:
    before = case.bench.lake.version()
    case.breaks("tipoff.grading.outcomes.is_final")
    with pytest.raises(ValueError, match="injected"):
        grade(case.bench.lake, case.bench.day)
    assert case.bench.lake.version() == before


def void_null(case: Case) -> None:
    assert settled(facts([GAME], BOTH))["state"] == "void", "a whole box score without them"
    for column in ("status", "home_pts", "game_date"):
        assert settled(facts([GAME | {column: None}], BOTH))["state"] == "pending", column
    his = row("player", minutes=None, did_not_play=None)
    assert settled(facts([GAME], [*BOTH, his]))["state"] == "pending"
    assert settled(facts([GAME], [r | {"minutes": None} for r in BOTH]))["state"] == "pending"


def live_error(case: Case) -> None:
    before = case.bench.lake.version()
    case.patch.setattr(sys.modules["tipoff.grading.grade"], "content_id", fault)
    with pytest.raises(ValueError, match="injected"):
        grade(case.bench.lake, case.bench.day)
    assert case.bench.lake.version() == before


def live_null(case: Case) -> None:
    sound = {"prediction_id": "p", "run_id": "r", "outcome": "hit", "actual": 1.0,
             "evidence": ["e"], "game_id": "G1", "committed_at": BEFORE, "as_of": BEFORE,
             "tipoff": TIP}  # fmt: skip
    moments = dict.fromkeys(("committed_at", "as_of", "tipoff"), pl.Datetime("us", "UTC"))

    def live(**changes: Any) -> tuple[bool, bool]:
        frame = pl.DataFrame([sound | changes], schema_overrides=moments)
        found = _identified(frame, facts([GAME], BOTH))
        return found["live"][0], found["backfill"][0]

    assert live() == (True, False)
    for name in moments:
        assert live(**{name: None}) == (False, True), name
