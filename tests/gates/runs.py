"""Faults in what says that nothing is to do, in a model's answer, in settings and in records."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.gates import slates
from tests.gates.conftest import Case, fault
from tests.gates.models import refused
from tests.gates.slates import nobody_passes
from tests.grading.backtest.test_suspicion import numbers
from tipoff import settings as settings_module
from tipoff.errors import IntegrityError, UsageError
from tipoff.forecast import current_publication, reconcile, staleness
from tipoff.forecast.publish import Publication, present
from tipoff.forecast.view import publication_is_backfill
from tipoff.grading.backtest.board import _warnings
from tipoff.grading.backtest.suspicion import suspicions
from tipoff.grading.record import published_span, record_rows
from tipoff.lake import Lake, Reader
from tipoff.models import Prediction, load, promote
from tipoff.models.families.catboost import CatBoostModel
from tipoff.settings import settings

VALUE = "tipoff.lake.reader.Reader.value"


def _published(case: Case, r: Reader) -> Publication:
    found = current_publication(r, case.bench.day)
    assert found is not None
    return found


def _holds(case: Case) -> bool:
    with case.bench.lake.reading() as r:
        asked = (present(r), None, None, None, settings().scoring_json())
        return staleness.holds(r, _published(case, r), *asked)


def _not_done(case: Case, function: str) -> None:
    """A run that would have had nothing to do stops, and leaves the lake as it was."""
    assert reconcile(case.bench.lake, case.bench.day).nothing_to_do
    before = case.bench.lake.version()
    case.breaks(function)
    with pytest.raises(ValueError, match="injected"):
        reconcile(case.bench.lake, case.bench.day)
    assert case.bench.lake.version() == before


def _standing(case: Case, **changes: Any) -> None:
    """What the published set was made from reads as if these were others."""
    real = staleness.standing
    case.patch.setattr(
        staleness, "standing", lambda *given: dataclasses.replace(real(*given), **changes)
    )


def holds_error(case: Case) -> None:
    _not_done(case, "tipoff.forecast.reconciliation.holds")


def holds_null(case: Case) -> None:
    assert _holds(case)
    for name in ("code_version", "build", "settings", "complete"):
        _standing(case, **{name: None})
        assert _holds(case) is False, name
        case.patch.undo()


def code_error(case: Case) -> None:
    _not_done(case, "tipoff.forecast.staleness._same_code")


def code_null(case: Case) -> None:
    assert _holds(case)
    for name in ("code_version", "build"):
        _standing(case, **{name: None})
        assert _holds(case) is False, name
        case.patch.undo()


def moved_error(case: Case, function: str) -> None:
    _standing(case, untouched=None)
    _not_done(case, f"tipoff.forecast.staleness.{function}")


def freshness_error(case: Case) -> None:
    slates.freshness_error(case)
    case.patch.undo()
    moved_error(case, "facts_moved")


def models_moved_null(case: Case) -> None:
    with case.bench.lake.reading() as r:
        newest = r.newest_seq()
        assert staleness.models_moved(r, newest) is False
        case.answers(VALUE, None)
        assert staleness.models_moved(r, newest)


def models_failed_null(case: Case) -> None:
    with case.bench.lake.reading() as r:
        shown = _published(case, r)
        assert staleness._models_failed(r, shown) is False
        case.answers(VALUE, None)
        assert staleness._models_failed(r, shown)


def late_error(case: Case) -> None:
    with case.bench.lake.reading() as r:
        shown = _published(case, r)
        case.breaks(VALUE)
        with pytest.raises(ValueError, match="injected"):
            publication_is_backfill(r, shown)


def late_null(case: Case) -> None:
    case.own.write(lambda w: w.rows("UPDATE forecast.run SET first_tipoff = NULL"))
    with case.own.reading() as r:
        assert publication_is_backfill(r, _published(case, r))
        unknown = dataclasses.replace(_published(case, r), publication_id="nobody's")
        assert publication_is_backfill(r, unknown)


def answer_error(case: Case) -> None:
    case.breaks("tipoff.models.families.catboost.CatBoostModel.predict")
    case.answers("tipoff.models.registry.check_golden", None)
    refused(case, "model_error")


def answer_null(case: Case) -> None:
    case.answers("tipoff.models.families.catboost.CatBoostModel.predict", None)
    case.answers("tipoff.models.registry.check_golden", None)
    refused(case, "model_error")


def mask_error(case: Case) -> None:
    case.breaks("tipoff.forecast.score._with_unpredictable")
    nobody_passes(case.score(), "model_error")


def mask_null(case: Case) -> None:
    real = CatBoostModel.predict

    def answered(change: Callable[[Prediction], Prediction]) -> None:
        case.answers("tipoff.models.registry.check_golden", None)
        case.patch.setattr(CatBoostModel, "predict", lambda *given: change(real(*given)))

    for unknown in (None, float("nan"), "yes", 1.0):

        def masked(told: Prediction, unknown: object = unknown) -> Prediction:
            return dataclasses.replace(told, ok=np.full(len(told.ok), unknown, dtype=object))

        answered(masked)
        refused(case, "unpredictable")
    answered(lambda told: dataclasses.replace(told, ok=told.ok[:-1]))
    refused(case, "model_error")
    answered(lambda told: Prediction(type(told.pmf)(told.pmf.p * np.nan), np.ones_like(told.ok)))
    refused(case, "unpredictable")


def _counted(lake: Lake) -> tuple[int, int]:
    """Predictions in the live record, and in the backfill's."""
    with lake.reading() as r:
        span = published_span(r)
        live, back = (record_rows(r, span, kind, "points") for kind in ("live", "backfill"))
    return live.height, back.height


def record_error(case: Case) -> None:
    case.breaks("tipoff.grading.record._counted")
    with pytest.raises(ValueError, match="injected"):
        _counted(case.bench.lake)


def record_null(case: Case) -> None:
    early = "UPDATE forecast.publication SET committed_at = committed_at - INTERVAL 30 YEAR"
    case.own.write(lambda w: w.rows(early))
    live, back = _counted(case.own)
    assert live > 0
    assert back == 0
    for change in ("prediction SET as_of", "publication SET committed_at"):
        case.own.write(lambda w, change=change: w.rows(f"UPDATE forecast.{change} = NULL"))  # type: ignore[misc]
        assert _counted(case.own) == (0, live)


def too_good_error(case: Case) -> None:
    board = {"market": "points", "everyone": [numbers() | {"model": "x"}], "lined": []}
    assert _warnings(board) == []
    case.patch.setattr(sys.modules["tipoff.grading.backtest.board"], "suspicions", fault)
    with pytest.raises(ValueError, match="injected"):
        _warnings(board)


def too_good_null(case: Case) -> None:
    assert suspicions("points", "x", numbers(), numbers()) == []
    for unknown in (None, float("nan")):
        odd = numbers()
        odd["metrics"]["mae"]["value"] = unknown
        assert "no number" in suspicions("points", "x", numbers(), odd)[0]
        for name, holder in (("reference", "crps"), ("high", "difference")):
            odd = numbers()
            pair = odd["against"]["line"]["crps"]
            (pair if holder == "crps" else pair["difference"])[name] = unknown
            assert "no interval" in suspicions("points", "x", numbers(), odd)[0], name


def _no_role(case: Case, error: type[Exception]) -> None:
    before, seat = case.bench.lake.version(), case.bench.wanted.seats[0]
    with pytest.raises(error):
        promote(case.bench.lake, seat.model_id, "points", "a fault")
    assert case.bench.lake.version() == before


def role_error(case: Case) -> None:
    for place in ("load", "_state"):
        case.breaks(f"tipoff.models.governance.{place}")
        _no_role(case, ValueError)
        case.patch.undo()


def role_null(case: Case) -> None:
    model: Any = load(case.bench.lake, case.bench.wanted.seats[0].model_id)
    bare = model.manifest.model_copy(update={"markets": ()})
    case.answers("tipoff.models.governance.load", dataclasses.replace(model, manifest=bare))
    _no_role(case, UsageError)


def rows_out_error(case: Case) -> None:
    case.breaks("tipoff.forecast.build.slate_frame")
    case.unmade()


def rows_out_null(case: Case) -> None:
    real = Reader.query

    def lossy(r: Reader, sql: str, params: Any = None) -> pl.DataFrame:
        found = real(r, sql, params)
        return found.head(-1) if "points_avg_last_5" in found.columns else found

    case.patch.setattr(Reader, "query", lossy)
    case.unmade(IntegrityError, "player-games in")


def settings_error(case: Case) -> None:
    case.breaks("tipoff.settings.Settings.__init__")
    settings.cache_clear()
    with pytest.raises(ValueError, match="injected"):
        settings()


def settings_null(case: Case) -> None:
    numbers = [name for name, field in settings_module.Settings.model_fields.items()
               if field.annotation in (float, int)]  # fmt: skip
    assert len(numbers) > 8
    for name in numbers:
        for nothing in ("", "null", "nan", "None"):
            with case.bare.context() as patch:
                patch.setenv(f"TIPOFF_{name.upper()}", nothing)
                settings.cache_clear()
                with pytest.raises(UsageError, match=name):
                    settings()
    settings.cache_clear()


Fault = Callable[[Case], None]
CASES: dict[str, tuple[Fault, Fault]] = {
    "nothing to do": (holds_error, holds_null),
    "code of the moment": (code_error, code_null),
    "freshness": (freshness_error, slates.freshness_null),
    "models of the moment": (partial(moved_error, function="models_moved"), models_moved_null),
    "failed models": (partial(moved_error, function="_models_failed"), models_failed_null),
    "late set": (late_error, late_null),
    "a model's errors": (answer_error, answer_null),
    "a model's ok mask": (mask_error, mask_null),
    "record": (record_error, record_null),
    "too good": (too_good_error, too_good_null),
    "a role": (role_error, role_null),
    "rows of a slate": (rows_out_error, rows_out_null),
    "settings": (settings_error, settings_null),
}
