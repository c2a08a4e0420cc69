"""What a refused promotion tells to do: the backtest that would answer, when one would."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.grading.promotion.test_promote import DAY, backtest
from tipoff.errors import GateBlocked
from tipoff.grading.promotion import judge_version, promote_through_gates
from tipoff.lake import Lake


def next_step(lake: Lake, file: Path | None) -> str:
    with lake.reading() as r:
        judged = judge_version(r, "catboost_v9", "points", DAY, file)
    with pytest.raises(GateBlocked) as blocked:
        promote_through_gates(lake, judged, "because")
    assert "--force" in blocked.value.next_step
    return blocked.value.next_step


def test_evidence_that_lacks_a_seated_model_asks_for_a_backtest_of_all_of_them(
    lake: Lake, tmp_path: Path
) -> None:
    path, _ = backtest(lake, tmp_path)
    for file in (path, None):
        step = next_step(lake, file)
        assert "--market points --model catboost_v9 --model ewma_hl8 --out FILE.parquet" in step
        assert "--evidence FILE.parquet" in step


def test_evidence_of_everybody_asks_for_no_other_backtest(lake: Lake, tmp_path: Path) -> None:
    path, _ = backtest(lake, tmp_path)
    rows = pl.read_parquet(path)
    pl.concat([rows, rows.with_columns(model=pl.lit("ewma_hl8"))]).write_parquet(path)
    assert "tipoff backtest" not in next_step(lake, path)
