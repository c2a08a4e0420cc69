"""tipoff diff RUN_A RUN_B [DATE]: what changed between two published sets."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, console, emit, open_lake
from tipoff.cli.slate import number

SHOWN, NAMED = 40, 3


def diff(
    ctx: typer.Context,
    run_a: Annotated[str, typer.Argument(help="Run id (or its beginning), or publication number.")],
    run_b: Annotated[str, typer.Argument(help="The later one.")],
    date: Date = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Compare two sets of a slate: whose pick flipped and why, who came, left or is refused."""
    from tipoff import clock
    from tipoff.answers import diff_runs

    with open_lake(ctx) as lake, lake.reading() as r:
        found = diff_runs(r, clock.parse_date(date), run_a, run_b)
    emit(found, as_json, lambda: show_diff(found))


def show_diff(found: dict[str, Any]) -> None:
    """A comparison for people: champions' rows, flipped picks first."""
    out = console()
    counts = ", ".join(f"{found[kind]} {kind}" for kind in ("added", "removed", "changed"))
    out.print(
        f"{found['date']}: {counts}, {found['flipped']} picks flipped; "
        f"{found['renamed']} with the same numbers under another id",
        highlight=False,
    )
    for line in _made_from(found["made_from"]):
        out.print(f"  {line}", highlight=False, markup=False)
    rows = [row for row in found["rows"] if row["role"] == "champion"] or found["rows"]
    rows.sort(key=lambda row: not row["flipped"])
    for row in rows[:SHOWN]:
        out.print(_row(row), highlight=False, markup=False)
    if len(rows) > SHOWN or len(rows) < len(found["rows"]):
        hidden = len(found["rows"]) - min(len(rows), SHOWN)
        out.print(f"  and {hidden} more, of every model: --json", highlight=False)
    for name, side in (("refused now", "refusals_gained"), ("no longer refused", "refusals_lost")):
        for row in found[side][:SHOWN]:
            out.print(_refusal(name, row), highlight=False, markup=False)
        if len(found[side]) > SHOWN:
            out.print(f"  {name}: {len(found[side]) - SHOWN} more: --json", highlight=False)


def _made_from(differs: dict[str, Any]) -> list[str]:
    lines = []
    for name, pair in differs.items():
        if name in {"models", "settings"}:
            lines += [f"{name[:-1]} {k}: {v['a']} -> {v['b']}" for k, v in pair.items()]
        else:
            lines.append(f"{name}: {pair['a']} -> {pair['b']}")
    return lines


def _row(row: dict[str, Any]) -> str:
    medians = f"{number(row['median_a'], 2)} -> {number(row['median_b'], 2)}"
    picks = f"{row['pick_a'] or '-'} -> {row['pick_b'] or '-'}" if row["flipped"] else ""
    head = f"  {row['change']:<8} {row['player']:<26} {row['market']:<9} {row['model']:<14}"
    return f"{head} median {medians} {picks}  {why(row['why'])}"


def why(causes: list[dict[str, Any]]) -> str:
    """Causes in words: features beyond the first few are counted."""
    features = [c for c in causes if c["what"] == "feature"]
    told = [_cause(c) for c in causes if c["what"] != "feature"]
    told += [f"{c['name']} {number(c['a'], 2)} -> {number(c['b'], 2)}" for c in features[:NAMED]]
    if len(features) > NAMED:
        told.append(f"{len(features) - NAMED} more features")
    return "; ".join(told)


def _cause(c: dict[str, Any]) -> str:
    if c["what"] == "line":
        return (
            f"line {number(c['a'], 1)} -> {number(c['b'], 1)} "
            f"({c['books_a'] or 0} -> {c['books_b'] or 0} books)"
        )
    if c["what"] == "model":
        return f"model {c['a']} -> {c['b']}"
    if c["what"] == "refused":
        return f"refused: {c['reason']}"
    if c["what"] == "settings":
        return f"settings {', '.join(c.get('names', ()))}".strip()
    return f"{c['what']} {c.get('name', '')}".strip()


def _refusal(name: str, row: dict[str, Any]) -> str:
    what = f"{row['player'] or row['player_key']} ({row['team'] or '?'}): {row['reason']}"
    return f"  {name}: {what}, {row['triples']} triples, other set: {row['elsewhere']}"
