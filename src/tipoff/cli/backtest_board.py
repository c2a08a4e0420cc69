"""`tipoff scoreboard --backtest FILE`: a backtest judged by the rules of the live record."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from tipoff.cli.common import console, emit, open_lake, progress
from tipoff.errors import UsageError
from tipoff.texts import printable

if TYPE_CHECKING:
    from tipoff.grading.backtest import Board

RESEARCH = Path("docs/research.md")


@dataclass(frozen=True)
class Wanted:
    """What was asked of `tipoff scoreboard --backtest`."""

    file: Path
    market: list[str] | None
    min_games: int
    plots: Path | None
    write: Path | None
    research: Path
    as_json: bool


def show_backtest(ctx: typer.Context, wanted: Wanted) -> None:
    """Judge the file, print it, draw and write what was asked; exit code 1 when too good."""
    from tipoff.grading.backtest import board, count_trials

    trials = count_trials(wanted.research)
    with open_lake(ctx) as lake, progress(wanted.as_json) as say:
        found = board(lake, wanted.file, wanted.market, wanted.min_games, trials, say)
        _files(found, wanted)
    emit(found.as_dict(), wanted.as_json, lambda: _print(found, wanted))
    if found.warnings:
        raise typer.Exit(1)


def _files(found: Board, wanted: Wanted) -> None:
    from tipoff.grading.backtest import page

    if wanted.plots:
        from tipoff.grading.backtest.plots import draw

        draw(found, wanted.plots)
    if wanted.write:
        text = page(found, _beside(wanted.plots, wanted.write))
        try:
            wanted.write.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {wanted.write}: {error}", "choose another") from error


def _beside(plots: Path | None, page: Path) -> str | None:
    return None if plots is None else Path(os.path.relpath(plots, page.parent)).as_posix()


def _print(found: Board, wanted: Wanted) -> None:
    from tipoff.grading.backtest import headline

    sys.stdout.write(printable(headline(found)) + "\n")
    for text in found.warnings:
        console().print(f"! {text}", style="bold red")
    for path in (wanted.plots, wanted.write):
        if path:
            sys.stdout.write(printable(f"written: {path}") + "\n")
    if not wanted.write:
        sys.stdout.write("next: --write PAGE adds line tiers, months, picks and what was refused\n")
