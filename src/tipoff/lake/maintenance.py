"""Removing what nothing names, and merging the small files that many commits leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.lake.files import orphans
from tipoff.lake.foreign import translating_errors
from tipoff.results.health import Cleaned, Compacted

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake
    from tipoff.lake.session import Session


def clean(lake: Lake, now: datetime, age: timedelta, *, dry_run: bool = False) -> Cleaned:
    """Remove files that nothing names and that were last changed more than `age` ago.

    The writer lock is held, so no commit is under way; `age` spares what a process prepares
    before its commit, and what a compaction replaced while a reader has it open. Raises LakeBusy
    when the lock is not free, LakeUnavailable when a file cannot be removed.
    """
    before = now - age
    with lake.lock.held(), lake.session() as session, translating_errors():
        leftovers, replaced = orphans(lake), _replaced(session)
        old = [file for file in leftovers if file.changed < before]
        young = len(leftovers) - len(old)
        if any(when >= before for _, when in replaced):
            replaced, young = [], young + len(replaced)
        gone = [path for path, _ in replaced]
        size = sum(path.stat().st_size for path in gone if path.is_file())
        if not dry_run:
            for file in old:
                file.remove()
            if replaced:
                session.rows("CALL ducklake_cleanup_old_files('lake', cleanup_all => true)")
    removed = (*(file.where for file in old), *map(str, gone))
    size += sum(file.size for file in old)
    return Cleaned(dry_run=dry_run, removed=removed, bytes=size, kept=young)


def compact(lake: Lake) -> Compacted:
    """Merge the small files of each table.

    No row, no version and no number changes; the merged files stay until `clean` finds them old
    enough. The writer lock is held; DuckLake does not let the fence share the transaction.
    Rows that wait in the catalog stay there: DuckLake's flush drops tables that other open
    processes still read, and they fail, or miss rows, from then on.
    """
    with lake.lock.held(), lake.session() as session:
        before = _count_files(session)
        session.rows("CALL ducklake_merge_adjacent_files('lake')")
        return Compacted(files_before=before, files_after=_count_files(session))


def _count_files(session: Session) -> int:
    ((count,),) = session.rows("SELECT sum(file_count) FROM ducklake_table_info('lake')")
    return int(count or 0)


def _replaced(session: Session) -> list[tuple[Path, datetime]]:
    """Files that a compaction replaced, and when.

    DuckLake's own `older_than` compares text, and takes all of a day for older than its evening.
    """
    listed = "CALL ducklake_cleanup_old_files('lake', dry_run => true, cleanup_all => true)"
    newest = """SELECT max(schedule_start::TIMESTAMPTZ)
                FROM __ducklake_metadata_lake.ducklake_files_scheduled_for_deletion"""
    paths = [Path(str(path)) for (path,) in session.rows(listed)]
    ((when,),) = session.rows(newest)
    return [(path, when) for path in paths]
