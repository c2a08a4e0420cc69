"""Removing what nothing names, and merging the small files that many commits leave."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tipoff.lake.files import orphans
from tipoff.lake.foreign import in_our_words
from tipoff.lake.lock import writer_lock

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake


@dataclass(frozen=True)
class Cleaned:
    """What was removed, or would be; `kept` leftovers are too young to judge."""

    dry_run: bool
    removed: tuple[str, ...]
    bytes: int
    kept: int

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


@dataclass(frozen=True)
class Compacted:
    """How many files the newest version is made of, before and after."""

    files_before: int
    files_after: int

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


def clean(lake: Lake, now: datetime, age: timedelta, *, dry_run: bool = False) -> Cleaned:
    """Remove files that nothing names and that were last changed more than `age` ago.

    The writer lock is held, so no commit is under way; `age` spares what a process prepares
    before its commit, and old versions that a reader still has open. Raises LakeBusy when the
    lock is not free, LakeUnavailable when a file cannot be removed.
    """
    before = now - age
    removed, size = [], 0
    with writer_lock(lake.folder), in_our_words():
        retired = _retired(lake, before)
        found = orphans(lake)
        old = [p for p in found if _changed(p) < before]
        for path in (*old, *retired):
            size += path.stat().st_size if path.is_file() else 0
            removed.append(str(path))
            if not dry_run and path not in retired:
                path.unlink(missing_ok=True)
        if not dry_run and retired:
            _forget(lake, before)
    return Cleaned(dry_run, tuple(removed), size, len(found) - len(old))


def compact(lake: Lake) -> Compacted:
    """Merge the small files of each table.

    No row, no version and no number changes; the merged files stay until `clean` finds them old
    enough. The writer lock is held; DuckLake does not let the fence share the transaction.
    Rows that wait in the catalog stay there: DuckLake's flush drops tables that other open
    processes still read, and they fail, or miss rows, from then on.
    """
    with writer_lock(lake.folder), in_our_words():
        before = _count_files(lake)
        lake._connection.execute("CALL ducklake_merge_adjacent_files('lake')")
        return Compacted(before, _count_files(lake))


def _count_files(lake: Lake) -> int:
    sql = "SELECT sum(file_count) FROM ducklake_table_info('lake')"
    row = lake._connection.execute(sql).fetchone()
    return int(row[0] or 0) if row else 0


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


_OLD = "CALL ducklake_cleanup_old_files('lake', older_than => $before{})"


def _retired(lake: Lake, before: datetime) -> list[Path]:
    """Files that a compaction replaced before that moment."""
    sql = _OLD.format(", dry_run => true")
    return [Path(p) for (p,) in lake._connection.execute(sql, {"before": before}).fetchall()]


def _forget(lake: Lake, before: datetime) -> None:
    lake._connection.execute(_OLD.format(""), {"before": before})
