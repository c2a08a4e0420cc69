"""On the real lake, and for every command there is: the command line and Python answer alike."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import tipoff
from tests.app import test_parity, test_questions
from tests.app.test_questions import QUESTIONS, said
from tests.cli.test_help import LEAVES
from tipoff.app import Tipoff

DAY = date(2025, 1, 10)
SCREENS: dict[str, tuple[list[str], Callable[[Tipoff, str], tipoff.Result]]] = {
    "slate": (["slate", str(DAY)], lambda t, _: t.slate(DAY)),
    "slate, all of it": (
        ["slate", "20250110", "--all-models", "--pmf", "--refusals", "--market", "PRA"],
        lambda t, _: t.slate(
            "2025-01-10", markets="p+r+a", all_models=True, pmf=True, refusals=True
        ),
    ),
    "slate at a moment": (
        ["slate", str(DAY), "--at", "2100-01-01T00:00:00Z"],
        lambda t, _: t.slate(DAY, at="2100-01-01T00:00:00Z"),
    ),
    "player": (["player", "NAME", str(DAY)], lambda t, name: t.player(name, DAY)),
    "explain by name": (
        ["explain", "NAME", str(DAY), "--market", "pts"],
        lambda t, name: t.explain(name, DAY, market="points"),
    ),
    "doctor": (["doctor", str(DAY)], lambda t, _: t.doctor(DAY)),
    "models list": (["models", "list", "--on", str(DAY)], lambda t, _: t.models.list(DAY)),
    "lake check": (["lake", "check", "--quick"], lambda t, _: t.lake.check(quick=True)),
    "scoreboard": (
        ["scoreboard", "--record", "backfill"], lambda t, _: t.scoreboard(record="backfill"),
    ),
}  # fmt: skip
"""What is asked of a night beside the questions of test_questions; NAME is a player's."""


@pytest.fixture(scope="module")
def night(real_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real lake with a night of it published and graded, by the baselines."""
    folder = tmp_path_factory.mktemp("night") / "lake"
    shutil.copytree(real_lake, folder)
    with tipoff.open(folder) as t:
        assert t.run(DAY, markets=["points", "assists", "pra"]).predicted > 500
        assert t.grade(DAY).new > 500
    return folder


@pytest.fixture(scope="module")
def chosen(night: Path) -> tipoff.Prediction:
    """The points of a player with a line."""
    with tipoff.open(night) as t:
        rows = t.slate(DAY, markets="points").predictions
    return next(row for row in rows if row.line is not None)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_about_a_real_night_has_one_answer(
    name: str, night: Path, chosen: tipoff.Prediction
) -> None:
    words, call = QUESTIONS[name]
    with tipoff.open(night) as t:
        answer = call(t, DAY, chosen).to_dict()
    assert said(night, *words(DAY, chosen)) == answer


@pytest.mark.long
@pytest.mark.parametrize("name", SCREENS)
def test_what_is_shown_of_a_real_night_is_one_answer(
    name: str, night: Path, chosen: tipoff.Prediction
) -> None:
    words, call = SCREENS[name]
    with tipoff.open(night) as t:
        answer = call(t, chosen.player).to_dict()
    assert said(night, *(chosen.player if word == "NAME" else word for word in words)) == answer


def test_no_command_is_left_out() -> None:
    text = Path(test_parity.__file__).read_text("utf-8")
    text += Path(test_questions.__file__).read_text("utf-8")
    asked = {*QUESTIONS, *test_parity.CASES, *SCREENS}
    left = {
        words for words in LEAVES
        if not any(f"{case} ".startswith(f"{words} ") for case in asked)
        and not all(f'"{word}"' in text for word in words.split())
    }  # fmt: skip
    # A demonstration has no answer; a test of alerts and a compaction change the world outside.
    assert left == {"demo", "alerts test", "lake compact", "breakouts"}
