"""The files of a lake: those its catalog names in any version, and those that nothing names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.lake.foreign import in_our_words

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake

_META = "__ducklake_metadata_lake"


@dataclass(frozen=True)
class DataFile:
    """A Parquet file some version of the lake is made of."""

    path: str
    table: str
    rows: int
    size: int


_FILES = f"""
WITH tables AS (
  SELECT t.table_id, s.schema_name || '.' || t.table_name AS name,
    CASE WHEN s.path_is_relative THEN $data || s.path ELSE s.path END AS base, t.path,
    t.path_is_relative
  FROM {_META}.ducklake_table t JOIN {_META}.ducklake_schema s USING (schema_id)
  QUALIFY row_number() OVER (PARTITION BY t.table_id ORDER BY t.begin_snapshot DESC) = 1),
named AS (
  SELECT table_id, path, path_is_relative, record_count AS rows, file_size_bytes AS size
  FROM {_META}.ducklake_data_file
  UNION ALL
  SELECT table_id, path, path_is_relative, delete_count, file_size_bytes
  FROM {_META}.ducklake_delete_file)
SELECT CASE WHEN NOT n.path_is_relative THEN n.path
            WHEN t.path_is_relative THEN t.base || t.path || n.path ELSE t.path || n.path END,
  t.name, n.rows, n.size
FROM named n JOIN tables t USING (table_id) ORDER BY 1"""


def data_files(lake: Lake) -> list[DataFile]:
    """Every data and delete file that some version of the lake reads, by path."""
    data = f"{lake.folder / 'data'}/"
    with lake.reading() as r:
        return [DataFile(str(p), str(t), int(n), int(s)) for p, t, n, s in
                r.rows(_FILES, {"data": data})]  # fmt: skip


def orphans(lake: Lake) -> list[Path]:
    """Files of a lake's folder that nothing names: Parquet, artifacts, half-written and spilled.

    Some may belong to a commit under way: only their age tells.
    """
    return sorted([*_data_orphans(lake), *_artifact_orphans(lake), *_spilled(lake.folder)])


def _data_orphans(lake: Lake) -> list[Path]:
    sql = "CALL ducklake_delete_orphaned_files('lake', dry_run => true, cleanup_all => true)"
    with in_our_words():
        found = {str(path) for (path,) in lake._connection.execute(sql).fetchall()}
    # DuckLake compares paths as text; what the catalog names is never an orphan, however spelled.
    named = {Path(f.path).resolve() for f in data_files(lake)}
    return [Path(path) for path in found if Path(path).resolve() not in named]


def _artifact_orphans(lake: Lake) -> list[Path]:
    with lake.reading() as r:
        rows = r.rows("SELECT DISTINCT artifact FROM models.version WHERE artifact IS NOT NULL")
    named = {lake.folder / str(name) for (name,) in rows}
    folder = lake.folder / "models"
    return (
        [p for p in folder.iterdir() if p.is_file() and p not in named] if folder.is_dir() else []
    )


def _spilled(folder: Path) -> list[Path]:
    return [p for p in (folder / "tmp").rglob("*") if p.is_file()]
