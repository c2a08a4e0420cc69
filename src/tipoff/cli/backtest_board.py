"""`tipoff scoreboard --backtest FILE`: a backtest judged by the rules of the live record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tipoff.cli.columns import page
from tipoff.cli.common import answer, console, opened, progress

if TYPE_CHECKING:
    from tipoff.results.backtest import BacktestBoard

RESEARCH = Path("docs/research.md")


@dataclass(frozen=True)
class Judged:
    """What was asked of `tipoff scoreboard --backtest`."""

    file: Path
    market: list[str] | None
    min_games: int
    plots: Path | None
    write: Path | None
    research: Path
    as_json: bool


def show_backtest(ctx: typer.Context, asked: Judged) -> None:
    """Judge the file, print it, draw and write what was asked; exit code 1 when too good."""
    with opened(ctx) as t, progress(asked.as_json) as say:
        board = t.backtest_board(
            asked.file, markets=asked.market, min_games=asked.min_games, research=asked.research,
            plots=asked.plots, write=asked.write, progress=say,
        )  # fmt: skip
    answer(board, asked.as_json, lambda: _print(board, asked))
    if board.warnings:
        raise typer.Exit(1)


def _print(board: BacktestBoard, asked: Judged) -> None:
    from tipoff.app import Tipoff

    out = console()
    out.print(page(Tipoff.backtest_page(board, whole=False), out.width))
    for text in board.warnings:
        out.print(f"! {text}", style="bold red")
    for path in (asked.plots, asked.write):
        if path:
            out.print(f"written: {path}")
    if not asked.write:
        out.print("next: --write PAGE adds line tiers, months, picks and what was refused")
