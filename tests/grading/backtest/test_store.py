"""Files of folds: whole or absent, and never taken for what they are not."""

from pathlib import Path

import polars as pl
import pytest

from tests.grading.backtest.conftest import Case
from tipoff.errors import ArtifactError, NotFound, UsageError
from tipoff.grading.backtest import store
from tipoff.grading.backtest.folds import Forecasts, empty


def test_what_a_fold_refused_is_kept_with_it(tmp_path: Path) -> None:
    store.write_fold(tmp_path, "fold_x", Forecasts(empty(), {("points", "missing a"): 3}))
    assert store.refusals(tmp_path, "fold_x") == {("points", "missing a"): 3}
    assert store.checked(tmp_path, "fold_x")
    assert not store.checked(tmp_path, "fold_y")


def test_an_interrupted_write_leaves_nothing(
    tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(case.work.glob("fold_*.parquet")).stem
    answers = iter([case.table.head(5)])

    def stop_at_the_second(_path: Path) -> pl.DataFrame:
        for first in answers:
            return first
        raise KeyboardInterrupt

    monkeypatch.setattr("tipoff.grading.backtest.store._rows", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        store.merge(case.work, [[name], [name]], tmp_path / "out.parquet", {})
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write"):
        store.merge(tmp_path, [], tmp_path / "file" / "out.parquet", {})


def test_a_damaged_fold_is_named(tmp_path: Path) -> None:
    store.fold_path(tmp_path, "fold_x").write_bytes(b"PAR1 half")
    with pytest.raises(ArtifactError, match="fold_x"):
        store.checked(tmp_path, "fold_x")


def test_another_file_is_no_backtest(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.about(tmp_path / "none.parquet")
    path = tmp_path / "other.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(UsageError, match="not a file of tipoff backtest"):
        store.about(path)
