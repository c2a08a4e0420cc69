"""tipoff doctor: what should be there and is not, what is off, unresolved or taken by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake

if TYPE_CHECKING:
    from tipoff.health import Finding


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
    """Compare what should be there with what is, and list what is off, unresolved or by rule."""
    from tipoff import clock
    from tipoff.health import CHECKS, Look

    day = clock.parse_date(date) if date else None
    with open_lake(ctx) as lake, lake.reading() as r:
        look = Look(r, day, clock.now(), lake)
        findings = [check(look) for check in CHECKS]
        simulated = r.simulated()
    problems = sum(f.level == "problem" for f in findings)
    data = {
        "date": day.isoformat() if day else None,
        "simulated": simulated,
        "problems": problems,
        "findings": [f.as_dict() for f in findings],
    }
    emit(data, as_json, lambda: _show(findings, simulated))
    if strict and problems:
        raise SystemExit(1)


def _show(findings: list[Finding], simulated: bool) -> None:
    out = console()
    if simulated:
        out.print("SIMULATED league")
    for f in findings:
        out.print(f"{f.level:<8} {f.name}: {f.summary}", highlight=False)
        for row in f.detail:
            shown = "  ".join(f"{k} {v}" for k, v in row.items() if v is not None)
            out.print(f"           {shown}", highlight=False)
        if f.next_step:
            out.print(f"           next: {f.next_step}", highlight=False)
