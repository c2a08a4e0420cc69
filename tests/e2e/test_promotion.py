"""A champion from training to the head of a slate, by the commands a person would type."""

from __future__ import annotations

import json
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.simulated import slate_dates
from tipoff.cli import app
from tipoff.errors import GateBlocked
from tipoff.lake import Lake
from tipoff.models.champion import Rounds, past
from tipoff.models.families import FAMILIES
from tipoff.models.families.tipoff import TipoffFamily

NAME, MARKET, FEW = "champion_line", "rebounds", Rounds(300, 300)
"""The simulated league is so small that the full rounds gain nothing. In points its players without
a line are foreseen too high, and the gates rightly refuse it; in rebounds it passes all of them."""
Tipoff = Callable[..., Result]


@pytest.fixture
def tipoff(trained_lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tipoff:
    """`tipoff WORDS` on a lake of one's own, with champions of few rounds."""
    shutil.copytree(trained_lake, tmp_path / "tipoff-lake")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIPOFF_LAKE", raising=False)
    monkeypatch.setitem(FAMILIES, "champion", TipoffFamily(FEW))
    monkeypatch.setattr(past, "FEWEST", 100)
    return lambda *words: CliRunner().invoke(app, list(words))


def said(done: Result) -> dict[str, Any]:
    """What a command that did its work answered as JSON."""
    assert done.exit_code == 0, done.output
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def leader(tipoff: Tipoff, day: str) -> set[str]:
    """Run the slate in one market; who leads it then, on a page that is not stale."""
    assert tipoff("run", day, "--market", MARKET).exit_code == 0
    view = said(tipoff("slate", day, "--market", MARKET, "--json"))
    assert view["stale"] is False
    return {p["model"] for p in view["predictions"] if p["role"] == "champion"}


def backtest_asked_for(refused: Result, first: str, last: str) -> list[str]:
    """The command that a refusal of the gates names, with its two dates filled in."""
    assert isinstance(refused.exception, GateBlocked)
    command = refused.exception.next_step.split(",")[0]
    span = iter((first, last))
    words = [next(span) if word == "DATE" else word for word in shlex.split(command)]
    assert words.pop(0) == "tipoff"
    return [*words, "--refit", "monthly"]


@pytest.mark.long
def test_a_champion_is_trained_backtested_as_the_gates_ask_promoted_and_leads_the_slate(
    tipoff: Tipoff,
) -> None:
    with Lake.open("tipoff-lake") as lake:
        days = [day.isoformat() for day in slate_dates(lake)]
    trained = tipoff("train", NAME, "--through", days[-8])
    assert trained.exit_code == 0, trained.output
    assert f"tipoff models promote {NAME} --market M --reason TEXT" in trained.stdout
    assert leader(tipoff, days[-1]) == {"ewma_hl8"}

    ask = ("models", "promote", NAME, "--market", MARKET, "--reason", "the best of the backtest")
    walked = tipoff(*backtest_asked_for(tipoff(*ask), days[0], days[-1]))
    assert walked.exit_code == 0, walked.output
    assert "--evidence FILE.parquet" in walked.stdout

    promoted = said(tipoff(*ask, "--evidence", "FILE.parquet", "--json"))
    assert [v["gate"] for v in promoted["verdicts"] if not v["passed"]] == []
    assert (promoted["promoted"], promoted["forced"], promoted["unseen"]) == (True, False, [])

    assert leader(tipoff, days[-1]) == {NAME}
    page = tipoff("slate", days[-1]).stdout
    assert f"{MARKET} by {NAME} (champion)" in page
    listed = said(tipoff("models", "list", "--on", days[-1], "--json"))["models"]
    assert {m["roles"].get("points") for m in listed if m["model"] == NAME} == {"shadow"}
