"""Tables that fit the terminal: of few columns of screen the least important ones are left out."""

from __future__ import annotations

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


def fitted(columns: Sequence[Column], rows: Sequence[Any], width: int) -> list[str]:
    """The head and a line per row, none wider than `width` if the columns that stay allow it."""
    kept = list(columns)
    cells = {column.head: [column.text(row) for row in rows] for column in columns}
    while (over := sum(_narrowest(c, cells) + GAP for c in kept) - GAP - width) > 0:
        droppable = max(kept, key=lambda column: column.drop)
        if not droppable.drop:
            break
        kept.remove(droppable)
    widths = {column.head: _widest(column, cells) for column in kept}
    over = sum(widths.values()) + GAP * (len(kept) - 1) - width
    for column in kept:
        if over > 0 and column.least is not None:
            spare = min(over, widths[column.head] - _narrowest(column, cells))
            widths[column.head] -= spare
            over -= spare
    heads = {column.head: [column.head, *cells[column.head]] for column in kept}
    return [
        (" " * GAP).join(_cell(c, heads[c.head][i], widths[c.head]) for c in kept).rstrip()
        for i in range(len(rows) + 1)
    ]


def _widest(column: Column, cells: dict[str, list[str]]) -> int:
    return max(len(column.head), *map(len, cells[column.head]), 0)


def _narrowest(column: Column, cells: dict[str, list[str]]) -> int:
    widest = _widest(column, cells)
    return widest if column.least is None else min(widest, max(column.least, len(column.head)))


def _cell(column: Column, text: str, width: int) -> str:
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.rjust(width) if column.right else text.ljust(width)
