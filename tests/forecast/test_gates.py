"""Gates of a run fail closed: what cannot be judged, or is judged unfit, is not published."""

import dataclasses
from datetime import date

import polars as pl
import pytest

from tipoff.features import Snapshot, batch_checks, build_snapshot
from tipoff.forecast import assess, build, reconcile
from tipoff.lake import Lake

SQL = "SELECT model, market, count(*) FROM forecast.current_{table} WHERE {where} GROUP BY ALL"


def counts(lake: Lake, table: str, where: str = "true") -> dict[tuple[str, str], int]:
    with lake.reading() as r:
        return {(a, b): n for a, b, n in r.rows(SQL.format(table=table, where=where))}


def test_a_feature_frozen_for_the_whole_slate_blocks_its_readers_and_nobody_else(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incident 13: fatigue was 0 for six days, and every model went on reading it."""

    def frozen(*args: object) -> Snapshot:
        made = build_snapshot(*args)  # type: ignore[arg-type]
        same = made.frame.with_columns(pl.lit(12.5).alias("points_avg_last_5"))
        return dataclasses.replace(made, frame=same)

    before = counts(published, "prediction")
    monkeypatch.setattr(build, "build_snapshot", frozen)
    reconcile(published, slate_day, reason="a frozen feature")
    after = counts(published, "prediction")
    readers = {("catboost_v9", "points"), ("last_5", "points"), ("old_moving_average", "points")}
    assert set(before) - set(after) == readers
    assert set(counts(published, "refusal", "reason = 'batch_check'")) == readers
    assert all(after[key] == before[key] for key in after)


def test_the_old_way_a_frozen_feature_passes_a_check_of_its_range_alone(
    published: Lake, slate_day: date
) -> None:
    with published.reading() as r:
        values = r.query("SELECT points_avg_last_5 FROM features.value")
    assert values["points_avg_last_5"].is_between(0, 70).all()
    assert pl.Series([12.5] * values.height).is_between(0, 70).all()


def test_an_error_inside_the_gate_blocks_everybody(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[str | None]:
        raise ValueError("the gate fell over")

    monkeypatch.setattr(assess, "gate", broken)
    report = reconcile(published, slate_day, reason="a broken gate")
    assert report.predicted == 0
    assert report.refused["gate_error"] > 0
    assert set(report.refused) <= {"gate_error", "out", "no_history", "team_unknown",
                                    "unresolved_player"}  # fmt: skip


def test_a_model_that_falls_over_is_refused_and_the_others_go_on(
    published: Lake, slate_day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incident 31: a shadow's bug stopped all predictions."""
    from tipoff.models.families.catboost import CatBoostModel

    def falls_over(*_: object) -> None:
        raise RuntimeError("boom")

    before = counts(published, "prediction")
    monkeypatch.setattr(CatBoostModel, "predict", falls_over)
    monkeypatch.setattr("tipoff.models.registry.check_golden", lambda _model: None)
    reconcile(published, slate_day, reason="a broken model")
    after = counts(published, "prediction")
    assert set(before) - set(after) == {("catboost_v9", "points")}
    assert set(counts(published, "refusal", "reason = 'model_error'")) == {
        ("catboost_v9", "points")
    }


def test_batch_checks_find_nothing_to_block_on_an_ordinary_slate(
    published: Lake, slate_day: date
) -> None:
    from tipoff.features import load_snapshot
    from tipoff.forecast import find_publication

    with published.reading() as r:
        run = find_publication(r, slate_day).run_id
        identity = r.value("SELECT snapshot_id FROM forecast.run WHERE run_id = $r", {"r": run})
        snapshot = load_snapshot(r, identity)
    assert [c for c in batch_checks(snapshot, {}) if c.blocks] == []
    assert snapshot.blocked == {}
