"""What an import did, counted: every row of every file ends in exactly one of these numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from tipoff.sources.merge import Counts


@dataclass(frozen=True)
class TableReport:
    """One table: rows of its file read, and what became of them."""

    table: str
    read: int
    new: int
    corrections: int
    unchanged: int
    set_aside: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportReport:
    """One folder: per table counts, files that were already known, names left unresolved."""

    folder: str
    simulated: bool
    known_files: list[str]
    tables: list[TableReport]
    unresolved: dict[str, int]
    line_only_games: int

    @property
    def new_rows(self) -> int:
        """Rows stored by this import, corrections included."""
        return sum(t.new + t.corrections for t in self.tables)

    @property
    def set_aside(self) -> int:
        """Rows of this folder that were set aside."""
        return sum(sum(t.set_aside.values()) for t in self.tables)

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self) | {"new_rows": self.new_rows, "set_aside": self.set_aside}


def table_report(
    table: str, read: int, counts: Counts, set_aside: dict[str, int] | None = None
) -> TableReport:
    """A table's line of the report."""
    return TableReport(
        table, read, counts.new, counts.corrections, counts.unchanged, set_aside or {}
    )
