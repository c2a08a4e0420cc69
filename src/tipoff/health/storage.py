"""Whether the files the lake's catalog names are there, and as long as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tipoff.health.finding import SHOWN, Finding, Look

_FILES = """
  SELECT concat(CASE WHEN s.path_is_relative THEN 'data/' ELSE '' END,
                CASE WHEN t.path_is_relative THEN s.path ELSE '' END,
                CASE WHEN d.path_is_relative THEN t.path ELSE '' END, d.path) AS path,
         d.file_size_bytes AS size
  FROM __ducklake_metadata_lake.ducklake_data_file d
  JOIN __ducklake_metadata_lake.ducklake_table t USING (table_id)
  JOIN __ducklake_metadata_lake.ducklake_schema s USING (schema_id)
  WHERE d.end_snapshot IS NULL AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL
  UNION ALL
  SELECT artifact, NULL FROM models.version WHERE artifact IS NOT NULL"""


def lake_health(look: Look) -> Finding:
    """Data files and model artifacts that are missing or have another size than recorded."""
    bad = list(_wrong(look))
    step = "restore the file from a copy; tipoff lake check looks inside files too" if bad else ""
    what = f"{len(bad)} files of the lake are missing or have another size"
    return Finding("lake files", "problem" if bad else "ok", len(bad), what, bad[:SHOWN], step)


def _wrong(look: Look) -> Iterator[dict[str, Any]]:
    for name, size in look.r.rows(_FILES):
        path = look.folder / Path(name)
        if not path.is_file():
            yield {"file": name, "fault": "missing"}
        elif size is not None and path.stat().st_size != size:
            yield {"file": name, "fault": f"{path.stat().st_size} bytes, recorded {size}"}
