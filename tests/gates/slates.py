"""Faults in the gates between facts and a slate's publication."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.gates.conftest import Case
from tipoff import clock
from tipoff.errors import IntegrityError, PublicationConflict
from tipoff.features import CheckResult, Snapshot, checked, known_facts, slate_frame
from tipoff.features.build import Facts
from tipoff.features.quality import Quality
from tipoff.forecast import current_publication, find_slate, slate_view
from tipoff.forecast.lines import consensus
from tipoff.forecast.plan import Plan, _with_reasons, make_plan
from tipoff.forecast.publish import Publication, RunSet, publish
from tipoff.forecast.staleness import Standing, facts_moved, models_moved, standing
from tipoff.forecast.view import find_publication, stale_marks
from tipoff.lake import Lake, Writer
from tipoff.models import eligible
from tipoff.settings import settings

FREE = {"out", "no_history", "team_unknown", "unresolved_player"}
"""Reasons given before any gate of a model is asked."""


def nobody_passes(found: dict[str, set[str]], *reasons: str) -> None:
    for model, seen in found.items():
        assert seen - FREE <= set(reasons), model
        assert seen & set(reasons), model


def quality_error(case: Case) -> None:
    case.breaks("tipoff.forecast.assess.gate")
    nobody_passes(case.score(), "gate_error")


def quality_null(case: Case) -> None:
    case.answers("tipoff.forecast.assess.gate", None)
    nobody_passes(case.score(), "gate_error")
    case.patch.undo()
    real = Snapshot.quality
    nothing = np.full(case.bench.scene.snapshot.frame.height, np.nan)
    unknown: tuple[dict[str, Any], ...] = ({"score": nothing}, {"categories": {"matchup": nothing}})
    for change in unknown:

        def changed(s: Snapshot, *names: Any, change: dict[str, Any] = change) -> Quality:
            return dataclasses.replace(real(s, *names), **change)

        case.patch.setattr(Snapshot, "quality", changed)
        nobody_passes(case.score(), "quality", "bootstrap", "missing_feature")
        case.patch.undo()
    for least in (None, float("nan")):
        nobody_passes(case.score(least=least),
                      "quality", "gate_error", "bootstrap", "missing_feature")  # fmt: skip


def _checked_again(case: Case) -> Snapshot:
    with case.bench.lake.reading() as r:
        return checked(r, case.bench.scene.snapshot)


def batch_error(case: Case) -> None:
    for check in ("_range", "_variance", "_nulls", "_drift"):
        case.breaks(f"tipoff.features.checks.{check}")
        nobody_passes(case.score(snapshot=_checked_again(case)), "batch_check")
        case.patch.undo()


def batch_null(case: Case) -> None:
    unknown = [CheckResult("range", name, "no verdict", blocks=None)  # type: ignore[arg-type]
               for name in case.bench.scene.snapshot.definitions]  # fmt: skip
    case.answers("tipoff.features.snapshot.batch_checks", unknown)
    nobody_passes(case.score(snapshot=_checked_again(case)), "batch_check")


def plan_error(case: Case) -> None:
    case.breaks("tipoff.forecast.plan._with_reasons")
    case.unmade()


def plan_null(case: Case) -> None:
    sound = {"unresolved": False, "has_history": True, "team": "BOS", "status": "available",
             "same_day": True, "lined": True, "since": datetime(2025, 1, 1)}  # noqa: DTZ001  # fmt: skip
    flags = ("unresolved", "has_history", "same_day", "lined")
    schema: dict[str, Any] = dict.fromkeys(flags, pl.Boolean)

    def reason(**changes: Any) -> Any:
        frame = pl.DataFrame([sound | changes], schema_overrides=schema | {"team": pl.String})
        return _with_reasons(frame)["reason"][0]

    assert reason() is None, "the sound row is free"
    assert reason(unresolved=None) == "unresolved_player"
    assert reason(has_history=None) == "no_history"
    assert reason(team=None) == "team_unknown"
    assert reason(status="out", same_day=None) == "out"
    assert reason(status="out", same_day=False, lined=None) == "out"


def facts_error(case: Case) -> None:
    """Of the two that ask, the plan and the features, neither counts on the other."""
    case.breaks("tipoff.features.build.Facts.require")
    case.unmade()
    tonight = Plan(case.bench.scene.players).tonight
    with case.bench.lake.reading() as r:
        slate = find_slate(r, case.bench.day, now=clock.now())
        as_of, seq = slate.as_of, slate.seq
        with known_facts(r, as_of, seq) as facts:
            with pytest.raises(ValueError, match="injected"):
                make_plan(r, slate, settings(), facts)
            with pytest.raises(ValueError, match="injected"):
                slate_frame(r, tonight, as_of=as_of, seq=seq, facts=facts)


def facts_null(case: Case) -> None:
    as_of = case.bench.scene.as_of
    for known in (Facts(None, 1), Facts(as_of, None)):  # type: ignore[arg-type]
        with pytest.raises(IntegrityError):
            known.require(as_of, 1)


def moment_error(case: Case) -> None:
    case.breaks("tipoff.forecast.slate._games")
    case.unmade()


def moment_null(case: Case) -> None:
    """A fixture whose tip-off is unknown belongs to no slate: nothing of it can be early enough."""
    own = case.own
    with own.reading() as r:
        before = find_slate(r, case.bench.day, now=clock.now()).games
        sql = """SELECT * EXCLUDE (recorded_seq) FROM league.game WHERE game_id = $game
                 ORDER BY recorded_seq DESC LIMIT 1"""
        game = r.query(sql, {"game": before["game_id"][0]})
    blank = game.with_columns(
        pl.lit(None, game["tipoff"].dtype).alias("tipoff"), pl.lit("x").alias("fact_id")
    )
    own.write(lambda w: w.append("league.game", blank))
    with own.reading() as r:
        after = find_slate(r, case.bench.day, now=clock.now())
    assert after.games.height == before.height - 1
    assert after.as_of < after.first_tipoff


def lines_error(case: Case) -> None:
    case.breaks("tipoff.forecast.lines.consensus_sql")
    case.unmade()


def lines_null(case: Case) -> None:
    """Neither before a tip-off nobody knows, nor of a moment nobody knows."""
    free = case.bench.scene.players.filter(pl.col("lined"))
    tips = {"a known one": pl.col("tipoff"), "none": pl.lit(None, free["tipoff"].dtype)}
    with case.bench.lake.reading() as r:
        seq = r.newest_seq()
        found = {
            what: consensus(r, free.with_columns(tipoff=tip), case.bench.scene.as_of, seq,
                            settings()).height
            for what, tip in tips.items()
        }  # fmt: skip
    assert found["a known one"] > 0
    assert found["none"] == 0
    case.own.write(lambda w: w.rows("UPDATE league.prop_line SET known_at = NULL"))
    with case.own.reading() as r:
        asked = (case.bench.scene.as_of, r.newest_seq(), settings())
        assert consensus(r, free, *asked).height == 0


def _current(case: Case) -> Publication | None:
    with case.bench.lake.reading() as r:
        return current_publication(r, case.bench.day)


def _refused(case: Case, made: RunSet, error: type[Exception], parent: Publication | None) -> None:
    """Publishing raises and leaves the lake as it was; with the right parent no other gate does."""
    lake, before = case.bench.lake, case.bench.lake.version()
    with pytest.raises(error):
        publish(lake, made, parent=parent, kind="supersede", reason="a fault")
    assert lake.version() == before


def _touched(case: Case) -> None:
    def touched(*given: Any) -> Standing:
        return dataclasses.replace(standing(*given), untouched=False)

    case.patch.setattr("tipoff.forecast.overtaken.standing", touched)


def freshness_error(case: Case) -> None:
    case.breaks("tipoff.forecast.overtaken.facts_moved")
    _touched(case)
    with case.bench.lake.reading() as r, pytest.raises(ValueError, match="injected"):
        slate_view(r, case.bench.day)


def freshness_null(case: Case) -> None:
    as_of, day = case.bench.scene.as_of, case.bench.day
    with case.bench.lake.reading() as r:
        newest = r.newest_seq()
        assert facts_moved(r, day, newest, as_of, as_of) is False
        assert models_moved(r, newest) is False
        case.answers("tipoff.lake.reader.Reader.value", None)
        assert facts_moved(r, day, newest, as_of, as_of)
        assert models_moved(r, newest)


def withdrawn_error(case: Case) -> None:
    _touched(case)
    case.answers("tipoff.forecast.overtaken.facts_moved", False)
    case.breaks("tipoff.forecast.overtaken._withdrawn")
    with case.bench.lake.reading() as r, pytest.raises(ValueError, match="injected"):
        slate_view(r, case.bench.day)


def withdrawn_null(case: Case) -> None:
    own, made = case.own, case.bench.made.predictions
    types: dict[str, Any] = {"state": pl.String, "happened_at": pl.Datetime("us", "UTC")}
    unknown: list[dict[str, Any]] = [{"state": None, "happened_at": case.bench.scene.as_of},
                                     {"state": "retired", "happened_at": None}]  # fmt: skip
    for model_id, news in zip(made["model_id"].unique(maintain_order=True), unknown, strict=True):
        row = pl.DataFrame([{"model_id": model_id, "market": "points", **news}],
                           schema_overrides=types)  # fmt: skip
        own.write(lambda w, row=row: w.append("models.state", row))  # type: ignore[misc]
    with own.reading() as r:
        shown = find_publication(r, case.bench.day)
        for at in (None, clock.now()):
            causes = stale_marks(r, shown, at)["stale_because"]
            assert {cause["event"] for cause in causes} == {"of no known state", "retired"}, at


def completeness_error(case: Case) -> None:
    case.breaks("tipoff.forecast.publish.RunSet.check")
    _refused(case, case.bench.made, ValueError, _current(case))


def completeness_null(case: Case) -> None:
    made, current = case.bench.made, _current(case)
    unknown = dataclasses.replace(made, run={**made.run, "expected": None})
    nobody = dataclasses.replace(made, predictions=made.predictions.clear())
    for short in (unknown, nobody):
        _refused(case, short, IntegrityError, current)


def pointer_error(case: Case) -> None:
    current = _current(case)
    for place in ("current_publication", "_require_parent"):
        case.breaks(f"tipoff.forecast.publish.{place}")
        _refused(case, case.bench.made, ValueError, current)
        case.patch.undo()


def pointer_null(case: Case) -> None:
    _refused(case, case.bench.made, PublicationConflict, None)


def _append(lake: Lake, row: dict[str, Any], error: type[Exception]) -> None:
    frame = pl.DataFrame([row], schema_overrides={"seq": pl.Int32, "slate": pl.Date})
    with pytest.raises(error):
        lake.write(lambda w: w.append("forecast.publication", frame, key=("slate", "seq")))
    with lake.reading() as r:
        assert r.value("SELECT count(*) FROM forecast.publication WHERE reason = 'fault'") == 0


def keys_error(case: Case) -> None:
    case.breaks("tipoff.lake.writer.Writer._check_key")
    _append(case.bench.lake, {"slate": case.bench.day, "seq": 9, "reason": "fault"}, ValueError)


def keys_null(case: Case) -> None:
    row = {"slate": case.bench.day, "seq": None, "reason": "fault"}
    _append(case.bench.lake, row, IntegrityError)


def rows_error(case: Case) -> None:
    case.breaks("tipoff.lake.writer.Writer.insert")
    _append(case.bench.lake, {"slate": case.bench.day, "seq": 9, "reason": "fault"}, ValueError)


def rows_null(case: Case) -> None:
    real = Writer.value

    def silent(w: Writer, sql: str, params: Any = None) -> Any:
        return None if sql.startswith("INSERT") else real(w, sql, params)

    case.patch.setattr(Writer, "value", silent)
    row = {"slate": case.bench.day, "seq": 9, "reason": "fault"}
    _append(case.bench.lake, row, IntegrityError)


def seats_error(case: Case) -> None:
    case.breaks("tipoff.models.governance._may_sit")
    case.unmade()


def seats_null(case: Case) -> None:
    own, model = case.own, case.bench.wanted.seats[0].model_id
    for state in (None, "banned"):
        row = pl.DataFrame([{"model_id": model, "market": "points", "state": state,
                             "happened_at": clock.now()}],
                           schema_overrides={"state": pl.String})  # fmt: skip
        own.write(lambda w, row=row: w.append("models.state", row))  # type: ignore[misc]
        with own.reading() as r:
            seated = {seat.model_id for seat in eligible(r, case.bench.day, "points")}
        assert seated
        assert model not in seated
