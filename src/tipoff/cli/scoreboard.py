"""tipoff scoreboard: the record so far, each figure with its n and interval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.backtest_board import RESEARCH, Wanted, show_backtest
from tipoff.cli.common import JsonFlag, OnlyMarkets, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.grading import Entry, Scoreboard

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
    """Show how the models did, beside the line and the EWMA on the same rows.

    The live record holds only what was published before tip-off; backfills stand apart.
    """
    if backtest is not None:
        wanted = Wanted(backtest, market, min_games, plots, write, research, as_json)
        return show_backtest(ctx, wanted)
    return _live(ctx, start, end, market, model, record, as_json)


def _live(
    ctx: typer.Context, start: str | None, end: str | None, market: list[str] | None,
    model: str | None, record: str, as_json: bool,
) -> None:  # fmt: skip
    from tipoff import clock
    from tipoff.grading import scoreboard as judge
    from tipoff.grading.record import parse_record, published_span

    chosen = parse_record(record)
    with open_lake(ctx) as lake, progress(as_json) as say:
        with lake.reading() as r:
            span = published_span(r)
        first = clock.parse_date(start) if start else span.start
        last = clock.parse_date(end) if end else span.until
        board = judge(lake, first, last, market, model, chosen, say)
    emit(board.as_dict(), as_json, lambda: _show(board))


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


def _empty(out: Any, board: Scoreboard) -> None:
    what = {
        "live": "no prediction of these slates was published before its game's tip-off",
        "backfill": "no set of these slates was made after tip-off",
    }
    other = {"live": "backfill", "backfill": "live"}[board.record]
    out.print(f"the {board.record} record is empty: {what[board.record]}")
    out.print(f"next: tipoff scoreboard --record {other}", highlight=False)


def _table(title: str, words: tuple[str, ...], numbers: tuple[str, ...]) -> Any:
    from rich.table import Table

    made = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in words:
        made.add_column(name, overflow="fold", min_width=12 if name == "model" else 7)
    for name in numbers:
        made.add_column(name, justify="right", no_wrap=True)
    return made


def _skill(entries: list[Entry]) -> Any:
    shown = {"MAE": ("mae", 2, ""), "bias": ("bias", 2, "+"), "CRPS": ("crps", 3, ""),
             "80% covers": ("coverage80", 3, "")}  # fmt: skip
    made = _table(f"{entries[0].market}: forecasts", ("model",), ("graded", *shown))
    for e in entries:
        figures = [_figure(e.metrics.get(n), digits, sign) for n, digits, sign in shown.values()]
        made.add_row(e.model, str(e.counts["graded"]), *figures)
    return made


def _rest(entries: list[Entry]) -> Any:
    counts = ("void", "push", "pending", "refused")
    made = _table(f"{entries[0].market}: over or under", ("model",), (*counts, "Brier", "log loss"))
    for e in entries:
        numbers = [str(e.counts[name]) for name in counts]
        chances = [_figure(e.metrics.get(name), 3) for name in ("brier", "log_loss")]
        made.add_row(e.model, *numbers, *chances)
    return made


def _rivals(entries: list[Entry]) -> Any:
    numbers = ("n", "MAE", "its MAE", "CRPS - its", "log loss - its")
    made = _table(f"{entries[0].market}: on the same rows", ("model", "against"), numbers)
    for e in entries:
        for name, pair in e.against.items():
            if pair["n"]:
                mae, crps, loss = (pair[m] or {} for m in ("mae", "crps", "log_loss"))
                made.add_row(
                    e.model, name, str(pair["n"]), _number(mae.get("own"), 3),
                    _number(mae.get("reference"), 3), _figure(crps.get("difference"), 3, "+"),
                    _figure(loss.get("difference"), 4, "+"),
                )  # fmt: skip
    return made


def _picks(entries: list[Entry]) -> Any:
    numbers = ("picks", "hit rate", "priced", "hit", "to even", "ROI")
    made = _table(f"{entries[0].market}: picks by edge", ("model", "|edge|"), numbers)
    for e in entries:
        for tier in e.edge_tiers:
            hits, priced = tier.get("hit_rate"), tier.get("priced_hit_rate")
            made.add_row(
                e.model, tier["tier"], str(hits["n"] if hits else 0), _figure(hits, 3),
                str(priced["n"] if priced else 0), _number((priced or {}).get("value"), 3),
                _number((tier.get("break_even") or {}).get("value"), 3),
                _figure(tier.get("roi"), 2, "+"),
            )  # fmt: skip
    return made


def _number(value: float | None, digits: int, sign: str = "") -> str:
    return "-" if value is None else f"{value:{sign}.{digits}f}"


def _figure(found: dict[str, Any] | None, digits: int, sign: str = "") -> str:
    if not found:
        return "-"
    value = _number(found["value"], digits, sign)
    if found["low"] is None:
        return value
    low, high = (_number(found[end], digits, sign) for end in ("low", "high"))
    return f"{value}\n{low}..{high}"
