"""A short backtest of the simulated league, made once; and made-up rows that need no lake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.simulated import slate_dates
from tipoff.grading.backtest import Plan, board, make_plan
from tipoff.grading.backtest.rows import Rows, load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.lake import Lake
from tipoff.results.backtest import Backtest, BacktestBoard

MARKETS = ("points", "rebounds")
MODEL = "catboost_v9"


def silent(_done: int, _total: int, _text: str) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True)
class Case:
    """A plan, the rows it was run on, the work folder and what came of it."""

    plan: Plan
    rows: Rows
    work: Path
    done: Backtest

    @property
    def out(self) -> Path:
        """The file it wrote."""
        return Path(self.done.out)

    @property
    def table(self) -> pl.DataFrame:
        return pl.read_parquet(self.out)


@pytest.fixture(scope="session")
def league(trained_lake: Path) -> Iterator[Lake]:
    """The simulated league, for reading only."""
    with Lake.open(trained_lake) as opened:
        yield opened


@pytest.fixture(scope="session")
def plan(league: Lake) -> Plan:
    """Two markets over the last two weeks of the newest season, fitted again each week."""
    last = slate_dates(league)[-1]
    return make_plan(last - timedelta(days=13), last, MARKETS, [MODEL])


@pytest.fixture(scope="session")
def rows(league: Lake, plan: Plan) -> Rows:
    with league.reading() as r:
        return load_rows(r, plan.names, plan.end)


@pytest.fixture(scope="session")
def case(rows: Rows, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The plan's backtest, run without interruption."""
    folder = tmp_path_factory.mktemp("backtest")
    done = from_rows(rows, plan, folder / "out.parquet", folder / "work", 1, silent, True)
    return Case(plan, rows, folder / "work", done)


@pytest.fixture(scope="session")
def judged(league: Lake, case: Case) -> BacktestBoard:
    """That backtest's scoreboard: judging takes seconds."""
    return board(league, case.out, trials=7)


def baselines_only(plan: Plan, start: date | None = None, end: date | None = None) -> Plan:
    """The plan without its CatBoost model, over its span or another."""
    names = [s.model for s in plan.specs if s.family == "baseline"]
    return make_plan(start or plan.start, end or plan.end, plan.markets, names, plan.refit)
