"""The scoreboard of a backtest against plain arithmetic, and its alarm."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.grading.backtest.conftest import MODEL, Case, baselines_only, silent
from tipoff.errors import NotFound
from tipoff.grading.backtest import board, make_plan, store
from tipoff.grading.backtest.actuals import outcomes
from tipoff.grading.backtest.rows import Rows, load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.grading.scores import uniform
from tipoff.lake import Lake
from tipoff.results.backtest import BacktestBoard, ModelResult
from tipoff.results.grading import Estimate

pytestmark = pytest.mark.xdist_group("backtest")  # one worker makes the board, not both


def result(
    board: BacktestBoard, model: str, lined: bool = False, market: str = "points"
) -> ModelResult:
    chosen = next(b for b in board.markets if b.market == market)
    return next(r for r in (chosen.lined if lined else chosen.everyone) if r.model == model)


def known(estimate: Estimate | None) -> Estimate:
    """An estimate that must be there."""
    assert estimate is not None
    return estimate


def own_rows(case: Case, model: str, lined: bool) -> list[dict[str, Any]]:
    """Rows of a model in points with their outcome, read without the code under test."""
    truth = case.rows.frame.select("game_id", "player_key", y="y_points")
    history = case.rows.frame.sort("tipoff").select(
        "game_id", "player_key", earlier=pl.int_range(pl.len()).over("player_key")
    )
    keys = ["game_id", "player_key"]
    rows = case.table.filter(market="points", model=model).join(truth, on=keys)
    kept = rows.join(history, on=keys).filter(pl.col("earlier") >= 10)
    return (kept.filter(pl.col("line").is_not_null()) if lined else kept).to_dicts()


def by_hand(row: dict[str, Any]) -> dict[str, float]:
    pmf, y = np.array(row["pmf"]), row["y"]
    k = np.arange(len(pmf))
    spread = np.abs(k[:, None] - k[None, :])
    crps = (pmf * np.abs(k - y)).sum() - 0.5 * pmf @ spread @ pmf
    name = f"{row['game_date']}|{row['game_id']}|{row['player_key']}|points|{row['model']}"
    pit = pmf[: int(y)].sum() + uniform(name) * pmf[int(y)]
    return {"mae": abs(row["median"] - y), "bias": row["median"] - y,
            "mean_bias": (pmf * k).sum() - y, "crps": crps, "pit": pit,
            "coverage80": float(0.1 <= pit <= 0.9)}  # fmt: skip


def test_errors_crps_and_coverage_are_those_of_plain_arithmetic(
    case: Case, judged: BacktestBoard
) -> None:
    scores = [by_hand(row) for row in own_rows(case, MODEL, lined=False)]
    figures = result(judged, MODEL)
    for name in ("mae", "bias", "mean_bias", "crps", "coverage80"):
        assert known(getattr(figures.metrics, name)).n == len(scores)
        mean = float(np.mean([s[name] for s in scores]))
        assert known(getattr(figures.metrics, name)).value == pytest.approx(mean, abs=1e-9)
    tenths = np.bincount([min(int(s["pit"] * 10), 9) for s in scores], minlength=10)
    assert [t.value for t in figures.pit] == pytest.approx(list(tenths / len(scores)))


def test_over_and_under_are_those_of_plain_arithmetic(case: Case, judged: BacktestBoard) -> None:
    rows = own_rows(case, "ewma_hl8", lined=True)
    decided = []
    for row in rows:
        push = sum(p for k, p in enumerate(row["pmf"]) if k == row["line"])
        if row["y"] != row["line"]:
            decided.append((row["p_over"] / (1 - push), row["y"] > row["line"], row))
    loss = [-math.log(p if over else 1 - p) for p, over, _ in decided]
    figures = result(judged, "ewma_hl8", lined=True)
    assert known(figures.metrics.log_loss).value == pytest.approx(np.mean(loss))
    brier = np.mean([(p - over) ** 2 for p, over, _ in decided])
    assert known(figures.metrics.brier).value == pytest.approx(brier)
    base = float(np.mean([over for _, over, _ in decided]))
    entropy = -base * math.log(base) - (1 - base) * math.log(1 - base)
    assert figures.base_rate is not None
    assert figures.base_rate.log_loss.value == pytest.approx(entropy)
    assert figures.base_rate.difference.value == pytest.approx(np.mean(loss) - entropy)
    picked = [(r["median"] > r["line"]) == over for _, over, r in decided
              if abs(r["median"] - r["line"]) > 1e-6]  # fmt: skip
    assert known(figures.metrics.hit_rate).n == len(picked)
    assert known(figures.metrics.hit_rate).value == pytest.approx(np.mean(picked))
    clv = figures.clv_points
    assert clv.picks == figures.counts["graded"] - figures.counts["no_pick"]
    assert clv.missing + (clv.mean.n if clv.mean else 0) == clv.picks
    surest = sorted(decided, key=lambda d: -abs(d[0] - 0.5))[: math.ceil(len(rows) / 10)]
    hits = [(p > 0.5) == over for p, over, _ in surest]
    assert known(figures.top_tenth).n == len(hits)
    assert known(figures.top_tenth).value == pytest.approx(np.mean(hits))


def test_differences_are_paired_and_their_interval_is_that_of_whole_slates(
    case: Case, judged: BacktestBoard
) -> None:
    def keyed(model: str) -> dict[Any, tuple[date, float]]:
        return {(r["game_id"], r["player_key"]): (r["game_date"], by_hand(r)["crps"])
                for r in own_rows(case, model, lined=True)}  # fmt: skip

    own, line = keyed(MODEL), keyed("line")
    gaps = [(own[k][0], own[k][1] - line[k][1]) for k in own.keys() & line.keys()]
    difference = result(judged, MODEL, lined=True).against["line"]
    mean = float(np.mean([g for _, g in gaps]))
    assert difference.n == len(gaps)
    assert difference.crps is not None
    gap = difference.crps.difference
    assert gap.value == pytest.approx(mean)
    # Cluster-robust standard error of a mean (Cameron, Gelbach and Miller 2008).
    sums = [sum(g - mean for d, g in gaps if d == day) for day in {d for d, _ in gaps}]
    half = 1.96 * math.sqrt(sum(s * s for s in sums)) / len(gaps)
    assert gap.low is not None
    assert gap.high is not None
    assert gap.high - gap.low == pytest.approx(2 * half, rel=0.25)


def test_groups_hold_every_row_once(case: Case, judged: BacktestBoard) -> None:
    for model in (MODEL, "line", "ewma_hl8"):
        figures = result(judged, model, lined=True)
        for groups in (figures.groups.line_tier, figures.groups.month):
            counted = sum(group.figures["pit_1"].n for group in groups)
            assert counted == figures.counts["graded"] == len(own_rows(case, model, True))


def test_a_players_first_game_has_none_before_it_and_every_later_one_has_one_more(
    league: Lake,
) -> None:
    with league.reading() as r:
        played = outcomes(r, date(1900, 1, 1), date(2100, 1, 1))
    players = played.sort("tipoff", "game_id").partition_by("player_key")
    assert len(players) > 20
    assert all(rows["earlier"].to_list() == list(range(rows.height)) for rows in players)


def test_only_players_with_enough_earlier_games_count(league: Lake, case: Case) -> None:
    few, some = (board(league, case.out, ["rebounds"], n).markets for n in (0, 60))
    assert [b.market for b in few] == ["rebounds"]
    assert few[0].counted == few[0].player_games
    assert 0 <= some[0].counted < few[0].counted


def test_the_same_file_is_judged_alike_twice_and_is_valid_json(
    league: Lake, case: Case, judged: BacktestBoard
) -> None:
    (again,) = board(league, case.out, ["rebounds"]).markets
    (first,) = (b for b in judged.markets if b.market == "rebounds")
    assert again.to_json() == first.to_json()
    assert json.loads(judged.to_json()) == judged.to_dict()


def test_an_honest_backtest_raises_no_alarm(judged: BacktestBoard) -> None:
    assert judged.warnings == ()
    assert known(result(judged, MODEL, lined=True).metrics.mae).n >= 200


def test_a_feature_with_tonights_result_raises_it(league: Lake, case: Case, tmp_path: Path) -> None:
    leak = pl.when(pl.col("y_points") >= 0).then(
        0.5 * pl.col("points_ewma_hl8") + 0.5 * pl.col("y_points")
    )
    rows = Rows(case.rows.frame.with_columns(points_ewma_hl8=leak), case.rows.definitions)
    plan = replace(baselines_only(case.plan), markets=("points",))
    done = from_rows(rows, plan, tmp_path / "leak.parquet", tmp_path / "work", 1, silent)
    spoiled = board(league, Path(done.out))
    assert any("under 4.4" in text for text in spoiled.warnings)
    assert any("better than line's" in text for text in spoiled.warnings)
    assert all("ewma_hl8 points: too good: a leak until proven" in t for t in spoiled.warnings)


def test_a_lake_without_the_spans_games_is_said(league: Lake, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "early.parquet"
    about = store.about(case.out) | {"start": "1999-01-01", "end": "1999-02-01"}
    store.merge(case.work, [], path, about)
    with pytest.raises(NotFound, match="no player-games from 1999"):
        board(league, path)


def test_real_rows_three_weeks_of_the_first_priced_lines(real_lake: Path, tmp_path: Path) -> None:
    plan = make_plan(date(2022, 2, 14), date(2022, 3, 6), ["points"])
    with Lake.open(real_lake) as lake:
        with lake.reading() as r:
            rows = load_rows(r, plan.names, plan.end)
        done = from_rows(rows, plan, tmp_path / "real.parquet", tmp_path / "work", 1, silent)
        without = board(lake, Path(done.out))
    line, ewma = (result(without, model, lined=True) for model in ("line", "ewma_hl8"))
    assert (without.markets[0].player_games, without.markets[0].with_line) == (2376, 1169)
    assert 5.2 < known(line.metrics.mae).value < known(ewma.metrics.mae).value < 5.7
    crps = ewma.against["line"].crps
    assert crps is not None
    assert crps.difference.low is not None
    assert crps.difference.low > 0
    assert known(ewma.metrics.roi).n > 500
    assert 0.5 < known(ewma.metrics.break_even).value < 0.56
    assert without.warnings == ()
    table = pl.read_parquet(done.out)
    tips = rows.frame.select("game_id", "player_key", "tipoff")
    assert (table.join(tips, on=["game_id", "player_key"]).select(
        (pl.col("as_of") < pl.col("tipoff")).all()).item())  # fmt: skip
    assert (table["trained_through"] < table["game_date"]).all()
