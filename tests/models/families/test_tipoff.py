"""Families: what a champion reads, and that a backtest of it survives an interruption."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulated import slate_dates
from tipoff.features import feature_set
from tipoff.grading.backtest import make_plan
from tipoff.grading.backtest.rows import load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.lake import Lake
from tipoff.models import family_of, parse_model
from tipoff.models.champion import Rounds, learner, past
from tipoff.models.champion import fit as champion_fit
from tipoff.models.champion.memo import Memo
from tipoff.models.families import FAMILIES
from tipoff.models.families.tipoff import TipoffFamily


def test_the_form_without_lines_reads_v4_and_the_other_its_lines_and_prices_too() -> None:
    bare, full = parse_model("champion_noline"), parse_model("champion_line")
    assert family_of(bare).names(bare, ("points", "pra")) == feature_set("v4")
    extra = set(family_of(full).names(full, ("pa",))) - set(feature_set("v4"))
    assert extra == {
        f"{x}_{m}" for x in ("line", "over_chance") for m in ("points", "assists", "pa")
    }
    assert len(family_of(full).covers(full)) == 10


@pytest.mark.long
def test_a_backtest_resumed_by_another_process_gives_the_same_file(
    trained_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAMILIES, "champion", TipoffFamily(Rounds(8, 8)))
    with Lake.open(trained_lake) as lake:
        last = slate_dates(lake)[-1]
        models = ["champion_line", "champion_noline"]
        plan = make_plan(last - timedelta(days=13), last, ("points",), models)
        with lake.reading() as r:
            rows = load_rows(r, plan.names, plan.end)

    def run(name: str, work: str) -> str:
        for where, kept, size in ((learner, "_FITTED", 160), (past, "_PASTS", 2),
                                  (champion_fit, "_LINES", 16)):  # fmt: skip
            monkeypatch.setattr(where, kept, Memo(size))
        out = tmp_path / name
        return from_rows(rows, plan, out, tmp_path / work, 1, lambda *_: None, True).sha256

    whole = run("whole.parquet", "work")
    for fold in sorted((tmp_path / "work").glob("*.parquet"))[::2]:
        fold.unlink()
    assert run("resumed.parquet", "work") == whole
