"""A champion that reads tonight's result is called too good, and an honest one is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.leakage.planted import SOURCES, TONIGHT, Span, accused, plant
from tests.simulated import slate_dates
from tipoff.features import feature_set
from tipoff.lake import Lake
from tipoff.models.champion import Rounds
from tipoff.models.families import FAMILIES
from tipoff.models.families.tipoff import CHAMPIONS, TipoffFamily


@pytest.fixture
def span(trained_lake: Path, monkeypatch: pytest.MonkeyPatch) -> Span:
    """The last two weeks of the simulated league, for champions of few rounds."""
    monkeypatch.setitem(FAMILIES, "champion", TipoffFamily(Rounds(60, 40)))
    with Lake.open(trained_lake) as lake:
        last = slate_dates(lake)[-1]
    return Span(trained_lake, last - timedelta(days=13), last)


@pytest.mark.long
def test_honest_champions_are_not_called_too_good(span: Span, tmp_path: Path) -> None:
    board = span.judged(tmp_path, CHAMPIONS)
    assert TONIGHT not in feature_set("v4")
    assert {r.model for r in board.markets[0].everyone} >= set(CHAMPIONS)
    assert board.markets[0].counted > 400
    assert board.warnings == ()


def test_champions_that_read_tonights_result_are_called_too_good(
    span: Span, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, SOURCES["the box scores a build has made"], into="v4")
    board = span.judged(tmp_path, CHAMPIONS)
    assert all(accused(board, model) for model in CHAMPIONS)
    assert accused(board, "ewma_hl8") == accused(board, "line") == []
