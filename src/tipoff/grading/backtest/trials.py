"""How many configurations were tried before the one that is reported: rows of the research log."""

from __future__ import annotations

import re
from pathlib import Path

from tipoff.errors import UsageError
from tipoff.texts import file_there

COLUMN = "hypothesis"
"""A table of trials is one whose head has a column of this name; each row below it is a trial."""


def count_trials(path: Path) -> int | None:
    """Trials in a research log, None when there is no such file.

    Raises UsageError when the file has no table of trials or cannot be read.
    """
    if not file_there(path):
        return None
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "name a Markdown page") from error
    tables = list(_tables(text.splitlines()))
    if not tables:
        raise UsageError(
            f"{path} has no table with a column {COLUMN!r}", "write one row per trial under it"
        )
    return sum(tables)


def _tables(lines: list[str]) -> list[int]:
    counts: list[int] = []
    inside = False
    for line in lines:
        cells = [cell.strip().lower() for cell in line.strip().strip("|").split("|")]
        if not line.lstrip().startswith("|"):
            inside = False
        elif COLUMN in cells:
            inside = True
            counts.append(0)
        elif inside and not _rule(cells):
            counts[-1] += 1
    return counts


def _rule(cells: list[str]) -> bool:
    return all(re.fullmatch(r":?-+:?", cell) for cell in cells)
