"""The files of a lake: those its catalog names in any version, and those that nothing names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake
    from tipoff.lake.reader import Reader

_META = "__ducklake_metadata_lake"


@dataclass(frozen=True)
class DataFile:
    """A Parquet file some version of the lake is made of; `current`: the newest one is."""

    path: str
    table: str
    rows: int
    size: int
    current: bool


@dataclass(frozen=True)
class Leftover:
    """A file that nothing names: where it is, its bytes, its last change, and how to remove it."""

    where: str
    size: int
    changed: datetime
    remove: Callable[[], None]


_FILES = f"""
WITH tables AS (
  SELECT t.table_id, s.schema_name || '.' || t.table_name AS name,
    CASE WHEN s.path_is_relative THEN $data || s.path ELSE s.path END AS base, t.path,
    t.path_is_relative
  FROM {_META}.ducklake_table t JOIN {_META}.ducklake_schema s USING (schema_id)
  QUALIFY row_number() OVER (PARTITION BY t.table_id ORDER BY t.begin_snapshot DESC) = 1),
named AS (
  SELECT table_id, path, path_is_relative, record_count AS rows, file_size_bytes AS size,
    end_snapshot
  FROM {_META}.ducklake_data_file
  UNION ALL
  SELECT table_id, path, path_is_relative, delete_count, file_size_bytes, end_snapshot
  FROM {_META}.ducklake_delete_file)
SELECT CASE WHEN NOT n.path_is_relative THEN n.path
            WHEN t.path_is_relative THEN t.base || t.path || n.path ELSE t.path || n.path END,
  t.name, n.rows, n.size, n.end_snapshot IS NULL
FROM named n JOIN tables t USING (table_id) ORDER BY 1"""


def data_files(lake: Lake, r: Reader) -> list[DataFile]:
    """Every data and delete file that some version of the lake reads, by path."""
    rows = r.rows(_FILES, {"data": lake.catalog.data})
    return [DataFile(str(p), str(t), int(n), int(s), bool(c)) for p, t, n, s, c in rows]


def artifact_names(r: Reader) -> list[tuple[str, str]]:
    """(name, SHA-256) of every artifact that a model version names, by name."""
    sql = """SELECT DISTINCT artifact, artifact_sha256 FROM models.version
             WHERE artifact IS NOT NULL ORDER BY artifact"""
    return [(str(name), str(digest)) for name, digest in r.rows(sql)]


def orphans(lake: Lake) -> list[Leftover]:
    """Files that nothing names, by place: Parquet, artifacts, half-written and spilled ones.

    Some may belong to a commit under way: only their age tells.
    """
    with lake.reading() as r:
        data, artifacts = data_files(lake, r), {name for name, _ in artifact_names(r)}
    leftovers = [*_unnamed_data(lake, data), *_spilled(lake)]
    for file in lake.artifacts.listed():
        if file.name not in artifacts:
            remove = partial(lake.artifacts.remove, file.name)
            where = lake.artifacts.where(file.name)
            leftovers.append(Leftover(where, file.size, file.changed, remove))
    return sorted(leftovers, key=lambda leftover: leftover.where)


def _unnamed_data(lake: Lake, data: list[DataFile]) -> Iterator[Leftover]:
    with lake.session() as session:
        rows = session.rows(
            "CALL ducklake_delete_orphaned_files('lake', dry_run => true, cleanup_all => true)"
        )
    # DuckLake compares paths as text; what the catalog names is never an orphan, however spelled.
    named = {Path(file.path).resolve() for file in data}
    yield from _leftovers(p for p in {Path(str(p)) for (p,) in rows} if p.resolve() not in named)


def _spilled(lake: Lake) -> Iterator[Leftover]:
    yield from _leftovers(Path(str(lake.catalog.settings()["temp_directory"])).rglob("*"))


def _leftovers(paths: Iterator[Path]) -> Iterator[Leftover]:
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        if path.is_file():
            changed = datetime.fromtimestamp(status.st_mtime, UTC)
            remove = partial(path.unlink, missing_ok=True)
            yield Leftover(str(path), status.st_size, changed, remove)
