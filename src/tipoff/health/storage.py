"""Whether the files the lake's catalog names are there, and as long as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tipoff.health.context import SHOWN, CheckContext, check_result
from tipoff.lake.files import artifact_names, data_files
from tipoff.results.health import CheckResult


def lake_health(context: CheckContext) -> CheckResult:
    """Data files and model artifacts that are missing or have another size than recorded."""
    bad = list(_wrong(context))
    step = "restore the file from a copy; tipoff lake check looks inside files too" if bad else ""
    what = f"{len(bad)} files of the lake are missing or have another size"
    return check_result("lake files", "problem" if bad else "ok", len(bad), what, bad[:SHOWN], step)


def _wrong(context: CheckContext) -> Iterator[dict[str, Any]]:
    for file in data_files(context.lake, context.r):
        path = Path(file.path)
        if not file.current:
            continue
        if not path.is_file():
            yield {"file": file.path, "fault": "missing"}
        elif (size := path.stat().st_size) != file.size:
            yield {"file": file.path, "fault": f"{size} bytes, recorded {file.size}"}
    for name, _ in artifact_names(context.r):
        if context.lake.artifacts.find(name) is None:
            yield {"file": context.lake.artifacts.where(name), "fault": "missing"}
