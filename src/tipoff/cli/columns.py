"""Screens that fit the terminal: tables leave out columns, lines of text are wrapped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column: its head, the text of a row, and what gives way where there is no room.

    `least`: a text may be cut to so many characters; None for numbers, which are never cut.
    `drop`: columns of the highest number are left out first; those of 0 stay. `right`: numbers.
    """

    head: str
    text: Callable[[Any], str]
    least: int | None = None
    drop: int = 0
    right: bool = True


GAP = 2
HANG = 24
"""The furthest at which the lines that follow a wrapped one begin."""
_GAPS = re.compile(r"(?<=\S) {2,}(?=\S)")


def fitted(columns: Sequence[Column], rows: Sequence[Any], width: int) -> list[str]:
    """The head and a line per row, none wider than `width` if the columns that stay allow it."""
    kept = list(columns)
    cells = {column: [column.text(row) for row in rows] for column in columns}
    while (over := sum(_narrowest(c, cells) + GAP for c in kept) - GAP - width) > 0:
        droppable = max(kept, key=lambda column: column.drop)
        if not droppable.drop:
            break
        kept.remove(droppable)
    widths = {column: _widest(column, cells) for column in kept}
    over = sum(widths.values()) + GAP * (len(kept) - 1) - width
    for column in kept:
        if over > 0 and column.least is not None:
            spare = min(over, widths[column] - _narrowest(column, cells))
            widths[column] -= spare
            over -= spare
    texts = {column: [column.head, *cells[column]] for column in kept}
    return [
        (" " * GAP).join(_cell(c, texts[c][i], widths[c]) for c in kept).rstrip()
        for i in range(len(rows) + 1)
    ]


def wrapped(text: str, width: int) -> str:
    """Text whose lines have at most `width` characters; words, ids and paths stay whole, and so do
    lines that begin with `next`: they are there to be copied.

    What a line has too much goes under a column of it near its beginning, else further in.
    """
    return "\n".join(
        line if len(line) <= width or line.lstrip().startswith("next") else _wrap(line, width)
        for line in text.split("\n")
    )


def _wrap(line: str, width: int) -> str:
    import textwrap

    starts = [gap.end() for gap in _GAPS.finditer(line) if gap.end() <= HANG]
    indent = max(starts, default=len(line) - len(line.lstrip()) + 4)
    return textwrap.fill(
        line, width, subsequent_indent=" " * indent, expand_tabs=False,
        replace_whitespace=False, break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def page(markdown: str, width: int) -> str:
    """Markdown for the terminal: its tables in as many pieces as the width asks for."""
    lines: list[str] = []
    table: list[list[str]] = []
    for line in [*markdown.split("\n"), ""]:
        if line.startswith("|"):
            table.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if table:
            lines += _pieces(table, width)
            table = []
        lines.append(line)
    return "\n".join(lines[:-1])


def _pieces(table: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table of cells; what has no room beside the first column follows below it."""
    (heads, rule, *rows), lines = table, list[str]()
    columns = [
        Column(head, lambda row, i=i: row[i], right=rule[i].endswith(":"))  # type: ignore[misc]
        for i, head in enumerate(heads)
    ]
    first, *rest = columns
    while rest:
        room = width - max(len(first.text(row)) for row in (heads, *rows))
        fits = 0
        for column in rest:
            room -= GAP + max(len(column.text(row)) for row in (heads, *rows))
            fits += room >= 0
        lines += ["", *fitted([first, *rest[: fits or 1]], rows, width)]
        rest = rest[fits or 1 :]
    return lines[1:]


def _widest(column: Column, cells: dict[Column, list[str]]) -> int:
    return max(len(column.head), *map(len, cells[column]), 0)


def _narrowest(column: Column, cells: dict[Column, list[str]]) -> int:
    widest = _widest(column, cells)
    return widest if column.least is None else min(widest, max(column.least, len(column.head)))


def _cell(column: Column, text: str, width: int) -> str:
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.rjust(width) if column.right else text.ljust(width)
