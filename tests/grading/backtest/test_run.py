"""An interruption costs one fold and changes no byte."""

from pathlib import Path

import polars as pl
import pytest

from tests.grading.backtest.conftest import MODEL, Case, baselines_only, silent
from tipoff.grading.backtest import store
from tipoff.grading.backtest.folds import Fitter, Fold, fold_id, make_folds
from tipoff.grading.backtest.rows import Rows
from tipoff.grading.backtest.run import from_rows
from tipoff.results.backtest import Backtest


def run(case: Case, folder: Path, rows: Rows | None = None, workers: int = 1) -> Backtest:
    plan = baselines_only(case.plan)
    out, work = folder / "out.parquet", folder / "work"
    return from_rows(rows or case.rows, plan, out, work, workers, silent)


def stop_after(folds: int) -> object:
    def progress(done: int, _total: int, _text: str) -> None:
        if done == folds:
            raise KeyboardInterrupt

    return progress


def test_a_run_that_was_interrupted_ends_in_the_same_bytes(case: Case, tmp_path: Path) -> None:
    whole = run(case, tmp_path / "whole")
    work, out = tmp_path / "cut" / "work", tmp_path / "cut" / "out.parquet"
    plan = baselines_only(case.plan)
    with pytest.raises(KeyboardInterrupt):
        from_rows(case.rows, plan, out, work, 1, stop_after(2))  # type: ignore[arg-type]
    assert not out.exists()
    resumed = run(case, tmp_path / "cut")
    assert resumed.fitted == whole.fitted - 2 == whole.folds - 2
    assert out.read_bytes() == Path(whole.out).read_bytes()
    assert run(case, tmp_path / "cut").fitted == 0


@pytest.mark.long
def test_two_processes_make_the_file_that_one_makes(case: Case, tmp_path: Path) -> None:
    one, two = run(case, tmp_path / "one"), run(case, tmp_path / "two", workers=2)
    assert two.fitted == two.folds == one.folds
    assert two.sha256 == one.sha256


def test_fitting_again_gives_the_same_numbers(case: Case) -> None:
    fold = next(f for f in make_folds(case.plan, case.rows) if f.spec.model == MODEL)
    again = Fitter(case.rows).forecasts(fold).rows.sort("game_date", "game_id", "player_key")
    first = case.table.filter(
        pl.col("game_date").is_between(fold.window.first, fold.window.last), model=MODEL
    )
    assert again["pmf"].equals(first["pmf"])
    assert again["snapshot_id"].equals(first["snapshot_id"])


def test_a_correction_of_the_past_makes_later_folds_anew(case: Case, tmp_path: Path) -> None:
    whole = run(case, tmp_path)
    day = case.plan.windows[0].last
    mended = pl.when(pl.col("game_date") == day).then(pl.col("y_points") + 1).otherwise("y_points")
    rows = Rows(case.rows.frame.with_columns(y_points=mended), case.rows.definitions)
    assert 0 < run(case, tmp_path, rows).fitted < whole.folds


def test_the_file_is_sorted_and_says_what_it_is(case: Case) -> None:
    table = case.table
    keys = ["game_date", "game_id", "player_key", "market", "model"]
    assert table.select(keys).equals(table.select(keys).sort(keys))
    assert table.select(keys).is_duplicated().sum() == 0
    about = store.about(case.out)
    assert about["asked"] == case.done.asked
    assert about["refused"] == [row.to_dict() for row in case.done.refused]
    lengths = table.group_by("market").agg(pl.col("pmf").list.len().unique())
    assert dict(lengths.iter_rows()) == {"points": [91], "rebounds": [41]}
    assert ((table["pmf"].list.sum() - 1).abs() < 1e-9).all()


def test_p_over_and_median_follow_from_the_pmf_and_the_line(case: Case) -> None:
    lined = case.table.filter(pl.col("line").is_not_null()).head(400)
    for row in lined.iter_rows(named=True):
        over = sum(p for k, p in enumerate(row["pmf"]) if k > row["line"])
        assert row["p_over"] == pytest.approx(over, abs=1e-12)
        assert row["mean"] == pytest.approx(sum(k * p for k, p in enumerate(row["pmf"])))
    assert case.table.filter(pl.col("line").is_null())["p_over"].null_count() > 0


def test_folds_of_another_model_or_market_have_other_names(case: Case) -> None:
    window = case.plan.windows[0]
    names = {fold_id(Fold(s, m, window), case.rows)
             for s in case.plan.specs for m in (("points",), ("points", "rebounds"))}  # fmt: skip
    assert len(names) == 2 * len(case.plan.specs)
