"""Edges that whole runs pass by: exactly enough rows, the side a closing line moved to."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.grading.backtest.test_suspicion import numbers
from tipoff.cli.scoreboard import scoreboard
from tipoff.grading.backtest.board import MIN_GAMES, board
from tipoff.grading.backtest.results import _moved
from tipoff.grading.backtest.suspicion import MIN_ROWS, suspicions
from tipoff.lake import Lake


@pytest.mark.parametrize(("rows", "said"), [(MIN_ROWS - 1, 0), (MIN_ROWS, 3)])
def test_exactly_the_least_number_of_rows_is_enough_to_be_suspicious(rows: int, said: int) -> None:
    bad: dict[str, Any] = numbers(3.0, n=rows, high=-0.5)
    assert len(suspicions("points", "x", bad, bad)) == said


def test_a_close_counts_in_the_direction_of_the_pick() -> None:
    rows = pl.DataFrame(
        {
            "recommendation": ["OVER", "OVER", "UNDER", "UNDER"],
            "line": [20.5, 20.5, 20.5, 20.5],
            "close": [21.5, 19.0, 21.5, 19.0],
        }
    )
    assert rows.select(_moved()).to_series().to_list() == [1.0, -1.5, -1.0, 1.5]


def test_folds_are_kept_beside_the_lake_when_no_folder_is_named(tmp_path: Path) -> None:
    with Lake.open(tmp_path / "mine", create=True) as lake:
        assert lake.workspace("backtest") == tmp_path / "mine-backtest"


def test_a_board_counts_who_the_command_counts_when_nobody_says_from_how_many_games_on() -> None:
    asked = signature(scoreboard).parameters["min_games"].default
    assert asked == signature(board).parameters["min_games"].default == MIN_GAMES == 10
