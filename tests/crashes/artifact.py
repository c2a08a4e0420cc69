"""A build broken on purpose: a model's row is committed before its file is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.models import registry, training

if TYPE_CHECKING:
    from tipoff.lake import Lake
    from tipoff.models import Model


def artifact_late() -> None:
    """Swap the order that makes a crash harmless."""
    write, store = registry._write_artifact, registry.store

    def named_only(folder: Path, model: Model) -> str | None:
        digest = model.manifest.artifact_sha256
        return None if digest is None else f"{registry.FOLDER}/{digest}.cbm"

    def row_first(lake: Lake, model: Model) -> bool:
        registry._write_artifact = named_only
        new = store(lake, model)
        write(lake.folder, model)
        return new

    setattr(training, "store", row_first)  # noqa: B010
