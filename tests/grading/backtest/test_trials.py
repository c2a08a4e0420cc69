"""Counting what was tried."""

from pathlib import Path

import pytest

from tipoff.errors import UsageError
from tipoff.grading.backtest import count_trials

LOG = """# Research
| what | value |
|---|---|
| not | a trial |

| trial | Hypothesis | kept |
|:--|---|--:|
| 1 | more trees | no |
| 2 | fewer trees | yes |

Words.

| hypothesis | kept |
|---|---|
| a line | no |
"""


def test_every_row_under_a_head_with_a_hypothesis_is_a_trial(tmp_path: Path) -> None:
    path = tmp_path / "research.md"
    path.write_text(LOG, "utf-8")
    assert count_trials(path) == 3


def test_no_log_is_not_no_trials(tmp_path: Path) -> None:
    assert count_trials(tmp_path / "none.md") is None
    (tmp_path / "other.md").write_text("| a |\n|---|\n| 1 |\n", "utf-8")
    with pytest.raises(UsageError, match="hypothesis"):
        count_trials(tmp_path / "other.md")


def test_the_projects_own_log_can_be_counted() -> None:
    trials = count_trials(Path(__file__).resolve().parents[3] / "docs" / "research.md")
    assert trials is not None
    assert trials >= 10
