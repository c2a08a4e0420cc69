"""tipoff doctor: what is missing, unresolved or taken by rule in the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake

if TYPE_CHECKING:
    from tipoff.cli.checks import Finding


def doctor(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(help="Only this league date: YYYY-MM-DD, today or tomorrow.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List what the lake could not resolve, what it set aside, and what it took by rule."""
    from tipoff import clock
    from tipoff.cli.checks import CHECKS

    day = clock.parse_date(date) if date else None
    with open_lake(ctx) as lake, lake.reading() as r:
        findings = [check(r, day) for check in CHECKS]
        simulated = r.simulated()
    data = {
        "date": day.isoformat() if day else None,
        "simulated": simulated,
        "problems": sum(f.level == "problem" for f in findings),
        "findings": [f.as_dict() for f in findings],
    }
    emit(data, as_json, lambda: _show(findings, simulated))


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
