"""The answer: a table for people, or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tools.builds.checkout import Build
from tools.builds.differences import Comparison, Field

_HEAD = ("what", "rows", "fields", "bit-equal", "greatest difference", "verdict")


def lines(comparisons: Sequence[Comparison], notes: Sequence[str]) -> Iterator[str]:
    """The table, then every field that is not bit for bit, rows of one side, and notes."""
    rows = [_HEAD, *(_row(comparison) for comparison in comparisons)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, _ALIGNED, strict=True)
        yield "  ".join(f"{cell:{way}{width}}" for cell, width, way in cells).rstrip()
    for comparison in comparisons:
        yield from _details(comparison)
    yield from (f"note: {note}" for note in notes)


_ALIGNED = "<>>>><"


def _row(comparison: Comparison) -> tuple[str, ...]:
    numbers = (comparison.rows, len(comparison.fields), comparison.equal)
    counts = (f"{n:,}" for n in numbers)
    return (comparison.name, *counts, _size(comparison.greatest), comparison.verdict)


def _size(gap: float) -> str:
    return "0" if gap == 0 else "no number" if math.isinf(gap) else f"{gap:.1e}"


def _details(comparison: Comparison) -> Iterator[str]:
    if comparison.only_old or comparison.only_new:
        lonely = f"{comparison.only_old:,} rows only old, {comparison.only_new:,} only new"
        yield f"{comparison.name}: {lonely}"
        yield from (f"  {example}" for example in comparison.examples)
    for field in comparison.fields:
        if field.equal < field.rows:
            off = field.rows - field.equal
            what = f"{field.name} differs in {off:,} rows, {_size(field.greatest)}"
            yield f"{comparison.name}: {what}"
            yield from (f"  {example}" for example in field.examples)
    yield from (f"note: {comparison.name}: {note}" for note in comparison.notes)


def as_dict(
    builds: Sequence[Build], comparisons: Sequence[Comparison], notes: Sequence[str]
) -> dict[str, Any]:
    """The JSON form. `greatest` is null where there is no number to give."""
    return {
        "ok": all(comparison.ok for comparison in comparisons),
        "builds": [
            {"side": b.side, "ref": b.ref, "sha": b.sha, "python": str(b.python)} for b in builds
        ],
        "comparisons": [_comparison(comparison) for comparison in comparisons],
        "notes": list(notes),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "name": comparison.name, "verdict": comparison.verdict, "rows": comparison.rows,
        "equal": comparison.equal,
        "only_old": comparison.only_old, "only_new": comparison.only_new,
        "greatest": _finite(comparison.greatest), "examples": list(comparison.examples),
        "fields": [_field(field) for field in comparison.fields], "notes": list(comparison.notes),
    }  # fmt: skip


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name, "rows": field.rows, "equal": field.equal,
        "greatest": _finite(field.greatest), "examples": list(field.examples),
    }  # fmt: skip


def _finite(gap: float) -> float | None:
    return gap if math.isfinite(gap) else None
