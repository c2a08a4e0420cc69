"""tipoff scoreboard: the record so far, each figure with its n and interval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.backtest_board import RESEARCH, Judged, show_backtest
from tipoff.cli.common import JsonFlag, OnlyMarkets, answer, console, opened, progress

if TYPE_CHECKING:
    from rich.table import Table

    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.grading import Entry, Estimate, Scoreboard

From = Annotated[str | None, typer.Option("--from", help="First slate; default: the first.")]
To = Annotated[str | None, typer.Option("--to", help="Last slate; default: the last.")]


def scoreboard(
    ctx: typer.Context,
    start: From = None,
    end: To = None,
    market: OnlyMarkets = None,
    model: Annotated[str | None, typer.Option(help="Only this model.")] = None,
    record: Annotated[
        str, typer.Option(help="live: published before tip-off; backfill: made later.")
    ] = "live",
    backtest: Annotated[
        Path | None, typer.Option(help="Judge this file of `tipoff backtest` instead.")
    ] = None,
    min_games: Annotated[
        int, typer.Option(min=0, help="With --backtest: least games a player played before.")
    ] = 10,
    plots: Annotated[
        Path | None, typer.Option(help="With --backtest: folder for PIT and reliability pictures.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="With --backtest: write the whole page to this file.")
    ] = None,
    research: Annotated[
        Path, typer.Option(help="With --backtest: the log whose rows are the trials.")
    ] = RESEARCH,
    as_json: JsonFlag = False,
) -> None:
    """Show how the models did, beside the line and the EWMA.

    The live record holds only what was published before tip-off; backfills stand apart.
    """
    if backtest is not None:
        asked = Judged(backtest, market, min_games, plots, write, research, as_json)
        return show_backtest(ctx, asked)
    with opened(ctx) as t, progress(as_json) as say:
        board = t.scoreboard(start, end, markets=market, model=model, record=record, progress=say)
    return answer(board, as_json, lambda: _show(board))


def _show(board: Scoreboard) -> None:
    out = console()
    label = "  SIMULATED" if board.simulated else ""
    out.headline(f"{board.record.upper()} RECORD", f"  {board.start} to {board.until}{label}")
    if not board.entries:
        return _empty(out, board)
    out.print(
        f"{board.slates} slates, {board.configurations} models tried; a..b are 95% intervals over"
        " slates (none from one slate)",
        highlight=False,
    )
    for market in sorted({entry.market for entry in board.entries}):
        entries = [entry for entry in board.entries if entry.market == market]
        for table in (_skill(entries), _rest(entries), _rivals(entries), _picks(entries)):
            if table.row_count:
                out.print(table)
    for entry in board.entries:
        if entry.warning:
            out.print(f"! {entry.model} {entry.market}: {entry.warning}", style="bold red")
    for reason, n in board.refused.items():
        out.print(f"refused {n:6d}  {reason}")
    return out.print("next: --json adds line tiers, months and PIT deciles", highlight=False)


def _empty(out: PlainConsole, board: Scoreboard) -> None:
    what = {
        "live": "no prediction of these slates was published before its game's tip-off",
        "backfill": "no set of these slates was made after tip-off",
    }
    other = {"live": "backfill", "backfill": "live"}[board.record]
    out.print(f"the {board.record} record is empty: {what[board.record]}")
    out.print(f"next: tipoff scoreboard --record {other}", highlight=False)


def _table(title: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in words:
        table.add_column(name, overflow="fold", min_width=12 if name == "model" else 7)
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _skill(entries: list[Entry]) -> Table:
    columns = {"MAE": ("mae", 2, ""), "bias": ("bias", 2, "+"), "CRPS": ("crps", 3, ""),
             "80% covers": ("coverage80", 3, "")}  # fmt: skip
    table = _table(f"{entries[0].market}: forecasts", ("model",), ("graded", *columns))
    for e in entries:
        figures = [
            _figure(getattr(e.metrics, n), digits, sign) for n, digits, sign in columns.values()
        ]
        table.add_row(e.model, str(e.counts["graded"]), *figures)
    return table


def _rest(entries: list[Entry]) -> Table:
    counts = ("void", "push", "pending", "refused")
    table = _table(
        f"{entries[0].market}: over or under", ("model",), (*counts, "Brier", "log loss")
    )
    for e in entries:
        counted = [str(e.counts[name]) for name in counts]
        chances = [_figure(figure, 3) for figure in (e.metrics.brier, e.metrics.log_loss)]
        table.add_row(e.model, *counted, *chances)
    return table


def _rivals(entries: list[Entry]) -> Table:
    numbers = ("n", "MAE", "its MAE", "CRPS - its", "log loss - its")
    table = _table(f"{entries[0].market}: on the same rows", ("model", "against"), numbers)
    for e in entries:
        for name, pair in e.against.items():
            if pair.n:
                mae, crps, loss = pair.mae, pair.crps, pair.log_loss
                table.add_row(
                    e.model, name, str(pair.n), _number(mae.own if mae else None, 3),
                    _number(mae.reference if mae else None, 3),
                    _figure(crps.difference if crps else None, 3, "+"),
                    _figure(loss.difference if loss else None, 4, "+"),
                )  # fmt: skip
    return table


def _picks(entries: list[Entry]) -> Table:
    numbers = ("picks", "hit rate", "priced", "hit", "to even", "ROI")
    table = _table(f"{entries[0].market}: picks by edge", ("model", "|edge|"), numbers)
    for e in entries:
        for tier in e.edge_tiers:
            hits, priced, even = tier.hit_rate, tier.priced_hit_rate, tier.break_even
            table.add_row(
                e.model, tier.tier, str(hits.n if hits else 0), _figure(hits, 3),
                str(priced.n if priced else 0), _number(priced.value if priced else None, 3),
                _number(even.value if even else None, 3), _figure(tier.roi, 2, "+"),
            )  # fmt: skip
    return table


def _number(value: float | None, digits: int, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.{digits}f}"


def _figure(estimate: Estimate | None, digits: int, sign: str = "") -> str:
    if estimate is None:
        return "-"
    value = _number(estimate.value, digits, sign)
    if estimate.low is None:
        return value
    low, high = (_number(end, digits, sign) for end in (estimate.low, estimate.high))
    return f"{value}\n{low}..{high}"
