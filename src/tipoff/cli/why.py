"""tipoff why PLAYER [DATE]: why there is no prediction for them, or what there is."""

from __future__ import annotations

from typing import Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, PlayerName, console, emit, open_lake
from tipoff.cli.slate import number

LINES = 30


def why(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Walk from the name to the published set, and list his lines: known when, used or not."""
    from tipoff import clock
    from tipoff.answers import why as why_of

    day = clock.parse_date(date)
    with open_lake(ctx) as lake, lake.reading() as r:
        found = why_of(r, player, day, clock.now())
    emit(found, as_json, lambda: _show(found))


def _show(found: dict[str, Any]) -> None:
    out = console()
    lines = [f"{found['player']} on {found['date']}: {found['answer']}"]
    lines += [f"  {'yes' if s['ok'] else 'no':<4} {s['step']:<10} {s['text']}"
              for s in found["steps"][:-1]]  # fmt: skip
    for p in found["predictions"]:
        if p["role"] == "champion":
            lines.append(
                f"  shown  {p['market']:<9} {p['model']:<14} median {number(p['median'], 1)}, "
                f"line {number(p['line'], 1)}, {p['recommendation']}  {p['prediction_id'][:13]}"
            )
    lines += _refused(found["refusals"])
    for row in found["withdrawn"]:
        left = f"left with #{row['left_seq']} at {row['at']} ({row['kind']}: {row['reason']})"
        lines.append(f"  withdrawn: {len(row['pairs'])} shown until #{row['last_seq']}, {left}")
    lines += [_line(row) for row in found["lines"][:LINES]]
    if len(found["lines"]) > LINES:
        lines.append(f"  {len(found['lines']) - LINES} more lines: --json")
    lines.append(f"next: {_next(found)}")
    out.print("\n".join(lines), highlight=False, markup=False)


def _refused(rows: list[dict[str, Any]]) -> list[str]:
    """A line per reason; a detail that differs by market is left to --json."""
    by_reason: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_reason.setdefault(row["reason"], []).append(row)
    lines = []
    for reason, found in by_reason.items():
        markets, models = ({x for row in found for x in row[k]} for k in ("markets", "models"))
        detail = found[0]["detail"] or ""
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        what = f"{', '.join(sorted(markets))} by {', '.join(sorted(models))}"
        lines.append(f"  refused ({reason}): {detail}{more}  [{what}]")
    return lines


def _next(found: dict[str, Any]) -> str:
    if found["predictions"]:
        return "tipoff explain ID"
    published = next(s for s in found["steps"] if s["step"] == "published")
    return (
        f"tipoff slate {found['date']} --refusals"
        if published["ok"]
        else (f"tipoff run {found['date']}")
    )


def _line(row: dict[str, Any]) -> str:
    prices = (
        "pick'em"
        if row["pickem"]
        else (f"{number(row['over_price'], 0)}/{number(row['under_price'], 0)}")
    )
    by = "by rule" if row["estimated"] else "observed"
    return (
        f"  line {row['market']:<9} {row['bookmaker']:<14} {number(row['line'], 1):>5} {prices:<11}"
        f" known {row['known_at'][:19]}Z ({by})  {row['status']}"
    )
