"""What is too good, and what is merely good or merely small."""

from typing import Any

import pytest

from tipoff.grading.backtest.suspicion import suspicions


def numbers(mae: float = 5.2, n: int = 900, high: float = -0.01) -> dict[str, Any]:
    gap = {"value": high - 0.02, "low": high - 0.04, "high": high}
    pair = {"n": n, "crps": {"reference": 3.66, "own": 3.6, "difference": gap}}
    return {"metrics": {"mae": {"n": n, "value": mae}}, "against": {"line": pair, "ewma_hl8": pair}}


def test_a_good_model_is_believed() -> None:
    assert suspicions("points", "x", numbers(), numbers()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"mae": 4.39}, "MAE 4.39 is under 4.4"),
        ({"high": -0.08}, "CRPS better than line's by more than 2.2%"),
        ({"high": -0.5}, "CRPS better than ewma_hl8's"),
    ],
)
def test_too_good_is_said_in_words(changes: dict[str, Any], words: str) -> None:
    bad = numbers(**changes)
    assert any(words in text for text in suspicions("points", "x", bad, bad))


def test_few_rows_other_markets_and_wide_intervals_prove_nothing() -> None:
    small, wide = numbers(3.0, n=150, high=-0.5), numbers(high=0.1)
    assert suspicions("points", "x", small, small) == []
    assert suspicions("points", "x", wide, wide) == []
    assert suspicions("rebounds", "x", numbers(mae=1.9), numbers(mae=1.9)) == []
    assert suspicions("points", "x", numbers(), None) == []
