"""tipoff impact ROW: which published predictions a source row reaches."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake

SHOWN = 30


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
    """List the predictions a source row reaches, by its lines, features or place in the plan."""
    from tipoff.answers import impact as impact_of

    with open_lake(ctx) as lake, lake.reading() as r:
        found = impact_of(r, row, superseded=every)
    emit(found, as_json, lambda: _show(found))


def _show(found: dict[str, Any]) -> None:
    out = console()
    row = found["row"]
    named = [str(row[k]) for k in ("player_name", "market", "bookmaker", "line", "raw_status")
             if row.get(k) is not None]  # fmt: skip
    when = row.get("game_date") or row.get("date") or ""
    lines = [f"{found['table']} {row['fact_id']}  {when} {' '.join(named)}".rstrip()]
    lines.append(
        f"known at {row['known_at']}" + ("; corrected since" if found["corrected"] else "")
    )
    lines.append(f"{found['predictions']} predictions of {found['runs_looked_at']} runs looked at")
    for s in found["slates"]:
        shown = "" if s["current"] else "  (superseded)"
        lines.append(f"  {s['slate']} #{s['seq']}: {s['predictions']} predictions, "
                     f"{s['refusals']} refusals, {s['run_id']}{shown}")  # fmt: skip
    for name in ("by_way", "by_model", "by_market"):
        counts = ", ".join(f"{k} {n}" for k, n in found[name].items())
        lines += [f"  {name.replace('_', ' ')}: {counts}"] if counts else []
    chosen = sorted(found["rows"], key=lambda p: ("line" not in p["how"], p["role"] != "champion"))
    for p in chosen[:SHOWN]:
        more = f" and {len(p['how']) - 4} more" if len(p["how"]) > 4 else ""
        lines.append(f"  {p['slate']} {p['player']:<26} {p['market']:<9} {p['model']:<18} "
                     f"{p['prediction_id'][:13]}  by {', '.join(p['how'][:4])}{more}")  # fmt: skip
    if len(chosen) > SHOWN:
        lines.append(f"  and {len(chosen) - SHOWN} more: --json")
    lines += [f"note: {text}" for text in found["limits"]]
    if found["slates"]:
        day = found["slates"][-1]["slate"]
        lines.append(f"next: tipoff regenerate {day} --reason TEXT --dry-run")
    out.print("\n".join(lines), highlight=False, markup=False)
