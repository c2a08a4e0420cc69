"""What an import did, counted: every row of every file ends in exactly one of these numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tipoff.results.data import ImportReport, TableReport
from tipoff.sources.merge import Counts


def import_report(
    where: str,
    tables: Sequence[TableReport],
    *,
    simulated: bool,
    known_files: Sequence[str],
    unresolved: Mapping[str, int],
    line_only_games: int,
) -> ImportReport:
    """The report of what was read from `where`, with its totals."""
    return ImportReport(
        folder=where,
        simulated=simulated,
        known_files=tuple(known_files),
        tables=tuple(tables),
        unresolved=dict(unresolved),
        line_only_games=line_only_games,
        new_rows=sum(t.new + t.corrections for t in tables),
        set_aside=sum(sum(t.set_aside.values()) for t in tables),
    )


def table_report(
    table: str, read: int, counts: Counts, set_aside: Mapping[str, int] | None = None
) -> TableReport:
    """A table's line of the report."""
    return TableReport(
        table=table, read=read, new=counts.new, corrections=counts.corrections,
        unchanged=counts.unchanged, set_aside=dict(set_aside or {}),
    )  # fmt: skip
