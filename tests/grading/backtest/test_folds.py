"""A forecast knows what came before its window and nothing of what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl
import pytest

from tests.grading.backtest.conftest import MODEL, Case, baselines_only
from tipoff.grading.backtest import folds
from tipoff.grading.backtest.folds import COLUMNS, Fitter, Fold, fold_id, make_folds
from tipoff.grading.backtest.plan import Plan, Window
from tipoff.grading.backtest.rows import Rows
from tipoff.models import Spec
from tipoff.models.data import TrainingData
from tipoff.models.families import FAMILIES
from tipoff.models.families.baseline import Baseline, BaselineFamily
from tipoff.models.families.catboost import CatBoostFamily
from tipoff.models.family import Fit, Progress, silent

KEYS = ["game_date", "game_id", "player_key", "market", "model"]


def test_no_row_is_predicted_by_a_model_that_saw_its_day_or_a_later_one(case: Case) -> None:
    table = case.table
    assert tuple(table.columns) == COLUMNS
    assert (table["trained_through"] < table["game_date"]).all()
    late = table.group_by("model").agg(pl.col("trained_through").n_unique())
    assert (late["trained_through"] > 1).all()


def test_every_player_game_is_predicted_or_counted_with_a_reason(case: Case) -> None:
    rows = case.table.group_by("model", "market").len()
    counts = {(model, market): n for model, market, n in rows.iter_rows()}
    for spec in case.plan.specs:
        for market in case.plan.markets:
            refused = sum(r.n for r in case.done.refused
                          if (r.model, r.market) == (spec.model, market))  # fmt: skip
            assert counts.get((spec.model, market), 0) + refused == case.done.asked
    reasons = {r.reason for r in case.done.refused}
    assert {"missing line_points", folds.NOT_ITS_MARKET} <= reasons


def test_results_of_a_day_and_later_change_no_forecast_up_to_that_day(case: Case) -> None:
    day = case.plan.windows[1].first
    later = pl.col("game_date") >= day
    shuffled = [pl.when(later).then(pl.col(c).shuffle(seed=3)).otherwise(c).alias(c)
                for c in case.rows.frame.columns if c.startswith("y_")]  # fmt: skip
    scrambled = [pl.when(pl.col("game_date") > day).then(pl.col(c) * 0.5 + 1).otherwise(c).alias(c)
                 for c in case.plan.names]  # fmt: skip
    frame = case.rows.frame.with_columns(*shuffled, *scrambled)
    assert not frame.equals(case.rows.frame)
    fitter = Fitter(Rows(frame, case.rows.definitions))
    upto = Window(day, day)
    specs = [s for s in case.plan.specs if case.plan.covered(s)]
    parts = [fitter.forecasts(Fold(s, case.plan.covered(s), upto)).rows for s in specs]
    again = pl.concat(parts).sort(KEYS)
    before = case.table.filter(pl.col("game_date") == day).sort(KEYS)
    assert set(again["model"]) == {MODEL, "line", "ewma_hl8"}
    assert again.equals(before.cast(dict(again.schema)))  # type: ignore[arg-type]


def test_a_result_before_the_window_does_change_the_forecast(case: Case) -> None:
    """The test above would pass on a model that learns nothing."""
    window = case.plan.windows[1]
    past = pl.when(pl.col("game_date") < window.first).then(pl.col("y_points") * 2).otherwise(0.0)
    rows = Rows(case.rows.frame.with_columns(y_points=past), case.rows.definitions)
    fold = Fold(_spec(case.plan, "ewma_hl8"), ("points",), window)
    changed, kept = (Fitter(r).forecasts(fold).rows for r in (rows, case.rows))
    assert not changed["pmf"].equals(kept["pmf"])
    assert fold_id(fold, rows) != fold_id(fold, case.rows)


def test_a_result_known_too_late_changes_no_forecast(case: Case) -> None:
    fold = Fold(_spec(case.plan, "ewma_hl8"), ("points",), case.plan.windows[1])
    earlier = case.rows.frame.filter(pl.col("game_date") < fold.window.first)
    eve = pl.col("game_date") == earlier["game_date"].max()
    late = pl.when(eve).then(pl.col("known_at") + pl.duration(days=30)).otherwise("known_at")
    frame = case.rows.frame.with_columns(known_at=late)
    other = frame.with_columns(y_points=pl.when(eve).then(80.0).otherwise("y_points"))
    one, two = (Fitter(Rows(f, case.rows.definitions)).forecasts(fold).rows for f in (frame, other))
    assert one["pmf"].equals(two["pmf"])


def _spec(plan: Plan, name: str) -> Spec:
    return next(s for s in plan.specs if s.model == name)


def test_a_fold_is_named_by_its_inputs_and_by_nothing_that_comes_later(case: Case) -> None:
    fold = Fold(_spec(case.plan, "ewma_hl8"), ("points",), case.plan.windows[0])
    own = fold_id(fold, case.rows)
    after = pl.col("game_date") > fold.window.last
    blank = pl.when(after).then(0.0).otherwise("points_ewma_hl8")
    later = case.rows.frame.with_columns(points_ewma_hl8=blank)
    assert fold_id(fold, Rows(later, case.rows.definitions)) == own
    tonight = pl.when(pl.col("game_date") >= fold.window.first).then(0.0).otherwise("y_points")
    outcome = case.rows.frame.with_columns(y_points=tonight)
    assert fold_id(fold, Rows(outcome, case.rows.definitions)) == own
    redefined = case.rows.definitions | {"points_ewma_hl8": "def_other"}
    assert fold_id(fold, Rows(case.rows.frame, redefined)) != own


def test_a_snapshot_id_is_that_of_what_the_model_reads_on_that_slate(case: Case) -> None:
    fold = Fold(_spec(case.plan, "ewma_hl8"), ("points",), case.plan.windows[0])
    day = case.rows.between(fold.window.first, fold.window.last)["game_date"][0]

    def ids(column: str) -> dict[date, str]:
        moved = pl.when(pl.col("game_date") == day).then(pl.col(column) + 0.5).otherwise(column)
        frame = case.rows.frame.with_columns(moved.alias(column))
        rows = Fitter(Rows(frame, case.rows.definitions)).forecasts(fold).rows
        return dict(rows.select("game_date", "snapshot_id").unique().iter_rows())

    kept = dict(
        case.table.filter(model="ewma_hl8", market="points")
        .select("game_date", "snapshot_id").unique().iter_rows()
    )  # fmt: skip
    assert ids("rebounds_ewma_hl8").items() <= kept.items()
    changed = ids("points_ewma_hl8")
    assert {d for d in changed if changed[d] != kept[d]} == {day}


def test_a_model_whose_window_stands_still_is_fitted_once(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits: list[date] = []
    plan = baselines_only(case.plan)
    still = Spec("season_mean", "baseline", "seasons_before")

    class Counted(BaselineFamily):
        def fit(
            self, spec: Spec, markets: Sequence[str], data: TrainingData,
            progress: Progress = silent,
        ) -> Baseline:  # fmt: skip
            fits.append(data.through)
            return super().fit(spec, markets, data, progress)

    monkeypatch.setitem(FAMILIES, "baseline", Counted())
    fitter = Fitter(_with_names(case.rows, "points_avg_season"))
    for window in plan.windows:
        assert fitter.forecasts(Fold(still, ("points",), window)).rows.height
    assert len(fits) == 1
    assert len(plan.windows) > 1


def _with_names(rows: Rows, name: str) -> Rows:
    if name in rows.frame.columns:
        return rows
    return Rows(rows.frame.with_columns(pl.col("points_ewma_hl8").alias(name)), rows.definitions)


@dataclass(frozen=True)
class Seasonal(BaselineFamily):
    """A family with work to do once per season, standing in for one that needs it."""

    prepared: list[tuple[date, date | None]] = field(default_factory=list)

    def prepare(self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date) -> Fit:
        self.prepared.append((before, frame["game_date"].max()))  # type: ignore[arg-type]
        return super().prepare(spec, markets, frame, before)


def test_a_family_prepares_once_per_season_on_rows_before_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    seasonal, spec = Seasonal(), _spec(case.plan, "ewma_hl8")
    monkeypatch.setitem(FAMILIES, "baseline", seasonal)
    fitter = Fitter(case.rows)
    parts = [fitter.forecasts(Fold(spec, ("points",), w)) for w in case.plan.windows]
    assert len(parts) > 1
    assert all(p.rows.height for p in parts)
    ((before, newest),) = seasonal.prepared
    newest_season = case.rows.frame.filter(pl.col("season") == case.rows.frame["season"][-1])
    assert before == newest_season["game_date"].min()
    assert newest is not None
    assert newest < before


def test_a_fold_is_named_by_the_parameters_of_its_own_family(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = case.plan.windows[0]
    folds = [Fold(_spec(case.plan, m), ("points",), window) for m in (MODEL, "ewma_hl8")]
    before = [fold_id(fold, case.rows) for fold in folds]
    monkeypatch.setitem(FAMILIES, "catboost", CatBoostFamily({"iterations": 3}))
    after = [fold_id(fold, case.rows) for fold in folds]
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_too_few_rows_are_a_reason_and_not_a_crash(case: Case) -> None:
    first = case.rows.frame["game_date"][0]
    fold = Fold(_spec(case.plan, MODEL), ("points",), Window(first, first))
    answer = Fitter(case.rows).forecasts(fold)
    asked = case.rows.between(first, first).height
    reason = f"{folds.NO_FIT}: too few complete rows before it"
    assert answer.refused == {("points", reason): asked}
    assert answer.rows.height == 0


def test_windows_without_games_make_no_folds(case: Case) -> None:
    plan = baselines_only(case.plan, date(1999, 1, 1), date(1999, 1, 20))
    assert make_folds(plan, case.rows) == []
