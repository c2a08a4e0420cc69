"""The answer: a table for people, or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from tools.builds.checkout import Build
from tools.builds.differences import Comparison, Field

_HEAD = ("what", "rows", "fields", "bit-equal", "greatest difference", "verdict")


def lines(found: Sequence[Comparison], notes: Sequence[str]) -> Iterator[str]:
    """The table, then every field that is not bit for bit, rows of one side, and notes."""
    rows = [_HEAD, *(_row(comparison) for comparison in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, _ALIGNED, strict=True)
        yield "  ".join(f"{cell:{way}{width}}" for cell, width, way in cells).rstrip()
    for comparison in found:
        yield from _details(comparison)
    yield from (f"note: {note}" for note in notes)


_ALIGNED = "<>>>><"


def _row(found: Comparison) -> tuple[str, ...]:
    numbers = (found.rows, len(found.fields), found.equal)
    return (found.name, *(f"{n:,}" for n in numbers), _size(found.greatest), found.verdict)


def _size(gap: float) -> str:
    return "0" if gap == 0 else "no number" if math.isinf(gap) else f"{gap:.1e}"


def _details(found: Comparison) -> Iterator[str]:
    if found.only_old or found.only_new:
        yield f"{found.name}: {found.only_old:,} rows only old, {found.only_new:,} only new"
        yield from (f"  {example}" for example in found.examples)
    for field in found.fields:
        if field.equal < field.rows:
            off = field.rows - field.equal
            yield f"{found.name}: {field.name} differs in {off:,} rows, {_size(field.greatest)}"
            yield from (f"  {example}" for example in field.examples)
    yield from (f"note: {found.name}: {note}" for note in found.notes)


def as_dict(
    builds: Sequence[Build], found: Sequence[Comparison], notes: Sequence[str]
) -> dict[str, Any]:
    """The JSON form. `greatest` is null where there is no number to give."""
    return {
        "ok": all(comparison.ok for comparison in found),
        "builds": [
            {"side": b.side, "ref": b.ref, "sha": b.sha, "python": str(b.python)} for b in builds
        ],
        "comparisons": [_comparison(comparison) for comparison in found],
        "notes": list(notes),
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "name": found.name, "verdict": found.verdict, "rows": found.rows, "equal": found.equal,
        "only_old": found.only_old, "only_new": found.only_new,
        "greatest": _finite(found.greatest), "examples": list(found.examples),
        "fields": [_field(field) for field in found.fields], "notes": list(found.notes),
    }  # fmt: skip


def _field(field: Field) -> dict[str, Any]:
    return {
        "name": field.name, "rows": field.rows, "equal": field.equal,
        "greatest": _finite(field.greatest), "examples": list(field.examples),
    }  # fmt: skip


def _finite(gap: float) -> float | None:
    return gap if math.isfinite(gap) else None
