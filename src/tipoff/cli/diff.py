"""tipoff diff RUN_A RUN_B [DATE]: what changed between two published sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, answer, console, opened
from tipoff.cli.slate import line_text, number
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.results.diff import Cause, Diff, DiffRow, InputChanges, MovedRefusal

MOST_ROWS, NAMED = 40, 3


def diff(
    ctx: typer.Context,
    run_a: Annotated[str, typer.Argument(help="Run id (or its beginning), or publication number.")],
    run_b: Annotated[str, typer.Argument(help="The later one.")],
    date: Date = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Compare two sets of a slate: what changed, and why.

    Whose pick flipped, who came, left or is refused.
    """
    with opened(ctx) as t:
        result = t.diff(run_a, run_b, date)
    answer(result, as_json, lambda: show_diff(result))


def show_diff(diff: Diff) -> None:
    """A comparison for people: champions' rows, flipped picks first."""
    out = console()
    out.print(
        f"{diff.date}: {diff.added} added, {diff.removed} removed, {diff.changed} changed, "
        f"{diff.flipped} picks flipped; {diff.renamed} with the same numbers under another id",
        highlight=False,
    )
    for line in _input_changes(diff.made_from):
        out.print(f"  {line}", highlight=False, markup=False)
    rows = [row for row in diff.rows if row.role == "champion"] or list(diff.rows)
    rows.sort(key=lambda row: not row.flipped)
    for row in rows[:MOST_ROWS]:
        out.print(_row(row), highlight=False, markup=False)
    if len(rows) > MOST_ROWS or len(rows) < len(diff.rows):
        hidden = len(diff.rows) - min(len(rows), MOST_ROWS)
        out.print(f"  and {hidden} more, of every model: --json", highlight=False)
    _refusals("refused now", diff.refusals_gained)
    _refusals("no longer refused", diff.refusals_lost)


def _refusals(name: str, rows: Sequence[MovedRefusal]) -> None:
    out = console()
    for row in rows[:MOST_ROWS]:
        what = f"{row.player or row.player_key} ({row.team or '?'}): {row.reason}"
        text = f"  {name}: {what}, {row.forecasts} forecasts, other set: {row.elsewhere}"
        out.print(text, highlight=False, markup=False)
    if len(rows) > MOST_ROWS:
        out.print(f"  {name}: {len(rows) - MOST_ROWS} more: --json", highlight=False)


def _input_changes(differs: InputChanges) -> Iterator[str]:
    if differs.as_of:
        a, b = (moment and iso(moment) for moment in (differs.as_of.a, differs.as_of.b))
        yield f"as_of: {a} -> {b}"
    for name in ("snapshot_id", "facts_seq", "code_version", "mode", "gate"):
        change = getattr(differs, name)
        if change:
            yield f"{name}: {change.a} -> {change.b}"
    yield from (f"setting {k}: {v.a} -> {v.b}" for k, v in differs.settings.items())
    yield from (f"model {k}: {v.a} -> {v.b}" for k, v in differs.models.items())


def _row(row: DiffRow) -> str:
    medians = f"{number(row.median_a, 2)} -> {number(row.median_b, 2)}"
    picks = f"{row.pick_a or '-'} -> {row.pick_b or '-'}" if row.flipped else ""
    head = f"  {row.change:<8} {row.player:<26} {row.market:<9} {row.model:<14}"
    return f"{head} median {medians} {picks}  {why(row.why)}"


def why(causes: Sequence[Cause]) -> str:
    """Causes in words: features beyond the first few are counted."""
    features = [c for c in causes if c.what == "feature"]
    texts = [_cause(c) for c in causes if c.what != "feature"]
    texts += [f"{c.name} {number(c.a, 2)} -> {number(c.b, 2)}" for c in features[:NAMED]]
    if len(features) > NAMED:
        texts.append(f"{len(features) - NAMED} more features")
    return "; ".join(texts)


def _cause(c: Cause) -> str:
    if c.what == "line":
        books = f"({c.books_a or 0} -> {c.books_b or 0} books)"
        return f"line {line_text(c.a)} -> {line_text(c.b)} {books}"
    if c.what == "model":
        return f"model {c.model_a} -> {c.model_b}"
    if c.what == "refused":
        return f"refused: {c.reason}"
    if c.what == "settings":
        return f"settings {', '.join(c.names)}".strip()
    return f"{c.what} {c.name or ''}".strip()
