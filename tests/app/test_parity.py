"""What the command line prints as JSON is what the facade answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tipoff
from tests.simulated import own_copy
from tipoff.cli import app
from tipoff.errors import GateBlocked, UsageError
from tipoff.results.models import Promotion

Ask = Callable[[tipoff.Tipoff, str], tipoff.Result]

CASES: dict[str, Ask] = {
    "grade DATE": lambda t, day: t.grade(day),
    "scoreboard --record backfill --market pts": lambda t, _: t.scoreboard(
        record="backfill", markets="pts"
    ),
    "scoreboard --from DATE": lambda t, day: t.scoreboard(day),
    "doctor DATE": lambda t, day: t.doctor(day),
    "models list --on DATE": lambda t, day: t.models.list(day),
    "models show catboost_v9": lambda t, _: t.models.show("catboost_v9"),
    "models review --on DATE": lambda t, day: t.models.review(day),
    "models retire last_5 --market reb --market ast --reason why": lambda t, _: t.models.retire(
        "last_5", "why", ["reb", "ast"]
    ),
    "models promote season_mean --to shadow --reason why": lambda t, _: t.models.promote(
        "season_mean", "why", to="shadow"
    ),
    "lake check": lambda t, _: t.lake.check(),
    "lake clean --dry-run": lambda t, _: t.lake.clean(dry_run=True),
    "alerts check DATE": lambda t, day: t.alerts.check(day),
    "alerts list": lambda t, _: t.alerts.list(),
    "train last_5 --through DATE": lambda t, day: t.train("last_5", day),
}
"""A command -> the same asked of the facade; each is asked once before, to change nothing more."""


@pytest.fixture(scope="module")
def shared(published_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of this module's own: what one case stores is no matter to another."""
    folder = tmp_path_factory.mktemp("parity") / "lake"
    own_copy(published_lake, folder)
    return folder


@pytest.fixture
def t(shared: Path) -> Iterator[tipoff.Tipoff]:
    with tipoff.open(shared) as opened:
        yield opened


def printed(lake: Path, *words: object) -> object:
    done = CliRunner().invoke(app, ["--lake", str(lake), *map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", CASES)
def test_a_command_prints_what_the_facade_answers(
    command: str, t: tipoff.Tipoff, shared: Path, slate_day: date
) -> None:
    words = command.replace("DATE", str(slate_day)).split()
    CASES[command](t, str(slate_day))
    answer = CASES[command](t, str(slate_day))
    assert printed(shared, *words) == answer.to_dict() == json.loads(answer.to_json())
    assert len(answer.to_polars()) == len(getattr(answer, answer.ROWS) if answer.ROWS else [answer])


def test_a_backtest_is_judged_by_the_lake_it_was_made_in(
    t: tipoff.Tipoff, shared: Path, slate_day: date, tmp_path: Path
) -> None:
    out, work = tmp_path / "out.parquet", tmp_path / "work"
    for _ in range(2):
        done = t.backtest(slate_day, slate_day, markets="steals", out=out, work=work)
    words = ("--from", slate_day, "--to", slate_day, "--market", "stl", "--out", out)
    assert printed(shared, "backtest", *words, "--work", work) == done.to_dict()
    board = done.scoreboard(min_games=0)
    judged = ("scoreboard", "--backtest", out, "--min-games", 0, "--research", tmp_path / "none")
    assert printed(shared, *judged) == board.to_dict()
    assert [market.market for market in board.markets] == ["steals"]


def test_simulating_needs_no_lake_and_importing_again_adds_nothing(tmp_path: Path) -> None:
    folder, lake = tmp_path / "league", tmp_path / "lake"
    report = tipoff.Tipoff.simulate(folder, seed=3, teams=4, games=4)
    again = printed(lake, "simulate", folder, "--seed", 3, "--teams", 4, "--games", 4)
    assert again == report.to_dict()
    with tipoff.open(lake, create=True) as t:
        assert t.import_folder(folder).new_rows > 0
        known = t.import_folder(str(folder))
    assert printed(lake, "import", folder) == known.to_dict()
    assert known.new_rows == 0
    shutil.rmtree(folder)
    with pytest.raises(UsageError):
        tipoff.Tipoff.check_folder(folder)


def test_a_promotion_that_the_gates_refuse_carries_their_verdicts(
    t: tipoff.Tipoff, shared: Path
) -> None:
    with pytest.raises(GateBlocked) as refused:
        t.models.promote("season_mean", "why", "assists")
    answer = refused.value.answer
    assert isinstance(answer, Promotion)
    assert (answer.promoted, answer.state, answer.reason) == (False, None, "why")
    words = ["models", "promote", "season_mean", "--reason", "why", "--market", "assists"]
    done = CliRunner().invoke(app, ["--lake", str(shared), *words, "--json"])
    assert isinstance(done.exception, GateBlocked)
    assert json.loads(done.stdout) == answer.to_dict()
