"""tipoff doctor: what should be there and is not, what is off, unresolved or taken by rule."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, opened
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.results.health import Doctor


def doctor(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="DATE", help="Only this league date, such as today.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 when there is a problem, for cron.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List what is missing, off, unresolved or taken by rule.

    Compares what should be there with what is.
    """
    with opened(ctx) as t:
        report = t.doctor(date)
    answer(report, as_json, lambda: _show(report))
    if strict and report.problems:
        raise SystemExit(1)


def _show(report: Doctor) -> None:
    out = console()
    if report.simulated:
        out.print("SIMULATED league")
    for check in report.checks:
        out.print(f"{check.level:<8} {check.name}: {check.summary}", highlight=False)
        for row in check.detail:
            cells = (f"{name} {_cell(value)}" for name, value in row.items() if value is not None)
            out.print(f"           {'  '.join(cells)}", highlight=False)
        if check.next_step:
            out.print(f"           next: {check.next_step}", highlight=False)


def _cell(value: object) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)
