"""tipoff diff DATE RUN_A RUN_B: what changed between two published sets."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake
from tipoff.cli.run import Date
from tipoff.cli.slate import number

SHOWN = 40


def diff(
    ctx: typer.Context,
    date: Date,
    run_a: Annotated[str, typer.Argument(help="Run id (or its beginning), or publication number.")],
    run_b: Annotated[str, typer.Argument(help="The later one.")],
    as_json: JsonFlag = False,
) -> None:
    """Compare two sets of a slate: added, removed (with the reason), changed, picks flipped."""
    from tipoff import clock
    from tipoff.forecast import diff_runs

    with open_lake(ctx) as lake, lake.reading() as r:
        found = diff_runs(r, clock.parse_date(date), run_a, run_b)
    emit(found, as_json, lambda: _show(found))


def _show(found: dict[str, Any]) -> None:
    out = console()
    out.print(
        f"{found['date']}: {found['added']} added, {found['removed']} removed, "
        f"{found['changed']} changed, {found['flipped']} picks flipped"
    )
    for name, pair in found["made_from"].items():
        if name in {"models", "settings"}:
            out.print(f"  {name} differ")
        else:
            out.print(f"  {name}: {pair['a']} -> {pair['b']}")
    rows = [row for row in found["rows"] if row["role"] == "champion"] or found["rows"]
    for row in rows[:SHOWN]:
        medians = f"{number(row['median_a'], 2)} -> {number(row['median_b'], 2)}"
        picks = f"{row['pick_a'] or '-'} -> {row['pick_b'] or '-'}" if row["flipped"] else ""
        out.print(
            f"  {row['change']:<8} {row['player']:<26} {row['market']:<9} {row['model']:<14} "
            f"median {medians} {picks} {row['reason'] or ''}"
        )
    if len(rows) > SHOWN:
        out.print(f"  and {len(rows) - SHOWN} more: --json")
