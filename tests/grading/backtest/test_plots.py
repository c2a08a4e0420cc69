"""Pictures are drawn without a network, the same bytes every time, a panel per model."""

from pathlib import Path

import pytest

from tests.grading.backtest.conftest import MODEL
from tipoff.errors import UsageError
from tipoff.grading.backtest.plots import draw
from tipoff.results.backtest import BacktestBoard

pytestmark = pytest.mark.xdist_group("backtest")  # one worker makes the board, not both


def points_only(judged: BacktestBoard) -> BacktestBoard:
    markets = tuple(b for b in judged.markets if b.market == "points")
    return judged.model_copy(update={"markets": markets})


def test_pit_and_reliability_are_drawn_twice_alike(judged: BacktestBoard, tmp_path: Path) -> None:
    board = points_only(judged)
    paths = draw(board, tmp_path / "a")
    names = {f"{kind}-points.{end}" for kind in ("pit", "reliability") for end in ("svg", "png")}
    assert {p.name for p in paths} == names
    for path, again in zip(paths, draw(board, tmp_path / "b"), strict=True):
        assert path.read_bytes() == again.read_bytes()
        head = b"\x89PNG" if path.suffix == ".png" else b"<svg"
        assert path.read_bytes().startswith(head)
    pit = (tmp_path / "a" / "pit-points.svg").read_text("utf-8")
    assert all(model in pit for model in (MODEL, "line", "ewma_hl8"))


def test_a_folder_that_cannot_be_written_is_an_error_in_words(
    judged: BacktestBoard, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UsageError, match="cannot write"):
        draw(points_only(judged), tmp_path / "file" / "plots")
