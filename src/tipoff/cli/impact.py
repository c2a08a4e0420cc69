"""tipoff impact ROW: which published predictions a source row reaches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import JsonFlag, answer, console, opened
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.results.impact import Impact, ReachedPrediction

MOST_ROWS = 30


def impact(
    ctx: typer.Context,
    row: Annotated[
        str, typer.Argument(metavar="ROW", help="fact_id of a line, box score, injury or game.")
    ],
    every: Annotated[
        bool, typer.Option("--superseded", help="Also sets that are no longer shown.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the forecasts that a source row reaches.

    By its lines, features or place in the plan.
    """
    with opened(ctx) as t:
        result = t.impact(row, superseded=every)
    answer(result, as_json, lambda: _show(result))


def _show(result: Impact) -> None:
    lines = _head(result)
    lines.append(f"{result.predictions} predictions of {result.runs_looked_at} runs looked at")
    for s in result.slates:
        mark = "" if s.current else "  (superseded)"
        lines.append(f"  {s.slate} #{s.seq}: {s.predictions} predictions, "
                     f"{s.refusals} refusals, {s.run_id}{mark}")  # fmt: skip
    for name in ("by_way", "by_model", "by_market"):
        counts = ", ".join(f"{k} {n}" for k, n in getattr(result, name).items())
        lines += [f"  {name.replace('_', ' ')}: {counts}"] if counts else []
    chosen = sorted(result.rows, key=lambda p: ("line" not in p.how, p.role != "champion"))
    out = console()
    if chosen:
        lines += fitted(_ROWS, chosen[:MOST_ROWS], out.width)
    if len(chosen) > MOST_ROWS:
        lines.append(f"  and {len(chosen) - MOST_ROWS} more: --json")
    lines += [f"note: {text}" for text in result.limits]
    if result.slates:
        day = result.slates[-1].slate
        lines.append(f"next: tipoff regenerate {day} --reason TEXT --dry-run")
    out.print("\n".join(lines), highlight=False, markup=False)


def _how(row: ReachedPrediction) -> str:
    more = f" and {len(row.how) - 4} more" if len(row.how) > 4 else ""
    return ", ".join(row.how[:4]) + more


_ROWS = (
    Column("slate", lambda p: str(p.slate), drop=1, right=False),
    Column("player", lambda p: p.player, least=16, right=False),
    Column("market", lambda p: p.market, right=False),
    Column("model", lambda p: p.model, least=12, right=False),
    Column("prediction", lambda p: p.prediction_id[:13], right=False),
    Column("by", _how, right=False),
)


def _head(result: Impact) -> list[str]:
    """The row itself, in two lines."""
    row = result.row
    named = [str(row[k]) for k in ("player_name", "market", "bookmaker", "line", "raw_status")
             if row.get(k) is not None]  # fmt: skip
    when = row.get("game_date") or row.get("date") or ""
    known = row["known_at"]
    at = iso(known) if isinstance(known, datetime) else known
    corrected = "; corrected since" if result.corrected else ""
    return [
        f"{result.table} {row['fact_id']}  {when} {' '.join(named)}".rstrip(),
        f"known at {at}{corrected}",
    ]
