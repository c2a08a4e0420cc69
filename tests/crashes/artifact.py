"""A build broken on purpose: a model's row is committed before its file is written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tipoff.lake.backends.embedded import ARTIFACTS, FolderArtifacts
from tipoff.models import registry, training
from tipoff.models.families import FAMILIES

if TYPE_CHECKING:
    from tipoff.lake import Lake
    from tipoff.models import Model


def named_only(_artifacts: FolderArtifacts, content: bytes, suffix: str) -> str:
    """What `FolderArtifacts.store` gives, without storing anything."""
    return f"{ARTIFACTS}/{hashlib.sha256(content).hexdigest()}.{suffix}"


def artifact_late() -> None:
    """Swap the order that makes a crash harmless."""
    write, store = FolderArtifacts.store, registry.store
    setattr(FolderArtifacts, "store", named_only)  # noqa: B010

    def row_first(lake: Lake, model: Model) -> bool:
        new = store(lake, model)
        artifacts = lake.artifacts
        assert isinstance(artifacts, FolderArtifacts)
        if model.artifact is not None:
            write(artifacts, model.artifact, FAMILIES[model.manifest.family].suffix)
        return new

    setattr(training, "store", row_first)  # noqa: B010
