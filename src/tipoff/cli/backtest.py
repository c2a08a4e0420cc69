"""`tipoff backtest`: forecasts of past slates by models that knew only what came before each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, OnlyMarkets, answer, console, opened

if TYPE_CHECKING:
    from tipoff.app.backtests import Steps
    from tipoff.results.backtest import Backtest


def backtest(
    ctx: typer.Context,
    start: Annotated[str, typer.Option("--from", help="First league date to predict.")],
    end: Annotated[str, typer.Option("--to", help="Last league date to predict.")],
    market: OnlyMarkets = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="A model, by name; may be repeated. line and ewma_hl8 always take part.",
        ),
    ] = None,
    refit: Annotated[str, typer.Option(help="daily, weekly or monthly.")] = "weekly",
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("backtest.parquet"),
    work: Annotated[
        Path | None, typer.Option(help="Folder of finished folds; default: beside the lake.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes, each with 2 threads; 0: one per two cores.")
    ] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Forecast past slates by models that knew only the past.

    Stopped half-way, the same command goes on where it stopped.
    """
    with opened(ctx) as t, _progress(as_json) as say:
        done = t.backtest(
            start, end, markets=market, models=model or [], refit=refit, out=out, work=work,
            workers=workers, progress=say,
        )  # fmt: skip
    answer(done, as_json, lambda: _print(done))


@contextmanager
def _progress(as_json: bool) -> Iterator[Steps]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    from tipoff.cli.terminal import PlainColumn

    if as_json:
        yield lambda _done, _total, _text: None
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        PlainColumn(),
    )
    with Progress(*columns, console=console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)

        def say(done: int, total: int, text: str) -> None:
            bar.update(task, completed=done, total=total or None, description=text)

        yield say


def _print(done: Backtest) -> None:
    out = console()
    label = "  SIMULATED" if done.simulated else ""
    out.headline(f"{done.start} to {done.end}", f", fitted again {done.refit}{label}")
    out.print(
        f"{done.asked} player-games, {done.folds} folds ({done.fitted} made now), {done.rows} rows",
        highlight=False,
    )
    for row in [row for row in done.predicted if row.rows]:
        out.print(f"  {row.model} {row.market}: {row.rows} predicted", highlight=False)
    for refused in done.refused:
        text = f"{refused.model} {refused.market}: {refused.reason}"
        out.print(f"  refused {refused.n:6d}  {text}", highlight=False)
    out.print(f"{done.out}  sha256 {done.sha256[:16]}", highlight=False)
    out.print(f"next: tipoff scoreboard --backtest {done.out}", highlight=False)
    promote = "tipoff models promote MODEL --market M --reason TEXT"
    out.print(f"  or: {promote} --evidence {done.out}", highlight=False)
