"""Whether the files the lake's catalog names are there, and as long as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tipoff.health.finding import SHOWN, Finding, Look
from tipoff.lake.files import artifact_names, data_files


def lake_health(look: Look) -> Finding:
    """Data files and model artifacts that are missing or have another size than recorded."""
    bad = list(_wrong(look))
    step = "restore the file from a copy; tipoff lake check looks inside files too" if bad else ""
    what = f"{len(bad)} files of the lake are missing or have another size"
    return Finding("lake files", "problem" if bad else "ok", len(bad), what, bad[:SHOWN], step)


def _wrong(look: Look) -> Iterator[dict[str, Any]]:
    for file in data_files(look.lake, look.r):
        path = Path(file.path)
        if not file.current:
            continue
        if not path.is_file():
            yield {"file": file.path, "fault": "missing"}
        elif (size := path.stat().st_size) != file.size:
            yield {"file": file.path, "fault": f"{size} bytes, recorded {file.size}"}
    for name, _ in artifact_names(look.r):
        if look.lake.artifacts.find(name) is None:
            yield {"file": look.lake.artifacts.where(name), "fault": "missing"}
