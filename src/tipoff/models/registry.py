"""Model versions in the lake: stored once, verified every time they are loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.clock import now
from tipoff.errors import ArtifactError, NotFound
from tipoff.gates import gate
from tipoff.installed import broken_plugins
from tipoff.models.contract import require
from tipoff.models.families import FAMILIES
from tipoff.models.golden import check_golden
from tipoff.models.manifest import Manifest
from tipoff.models.model import Model

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader, Writer
    from tipoff.lake.backends import Artifacts


def store(lake: Lake, model: Model) -> bool:
    """Store a fitted model; False when this very version is already there.

    The artifact file is complete on disk before the row that names it is committed. Raises
    ArtifactError when the model's bytes are not those of its manifest.
    """
    manifest = model.manifest
    artifact = _store_artifact(lake.artifacts, model)
    row = pl.DataFrame([_row(manifest, artifact)], schema_overrides={"artifact": pl.String})

    def commit(w: Writer) -> bool:
        if _stored(w, manifest.model_id):
            return False
        return w.append("models.version", row, key=("model_id",)) == 1

    return lake.write(commit)


def load(lake: Lake, model_id: str, available: Mapping[str, str] | None = None) -> Model:
    """The model, after its hash, file, contract and golden rows have been checked.

    `available` is what the snapshot has (feature -> definition hash), by default the whole
    catalogue. Raises NotFound, ArtifactError, or ContractError listing every difference.
    """
    with lake.reading() as r:
        manifest, artifact = read_version(r, model_id)
    return open_model(lake.artifacts, manifest, artifact, available)


def open_model(
    artifacts: Artifacts,
    manifest: Manifest,
    artifact: str | None,
    available: Mapping[str, str] | None = None,
) -> Model:
    """As `load`, for a version already read: needs no query, so it can run outside a read."""
    require(manifest.model, manifest.contract, _definitions() if available is None else available)
    content = _verified(artifacts, manifest, artifact)
    if manifest.family not in FAMILIES:
        raise ArtifactError(
            f"{manifest.model} ({manifest.model_id}) is of the family {manifest.family!r}, which"
            f" this tipoff does not know{broken_plugins()}",
            "load its plug-in, install a newer tipoff, or retire the model",
        )
    model: Model = FAMILIES[manifest.family].load(manifest, content)
    check_golden(model)
    return model


def read_version(r: Reader, model_id: str) -> tuple[Manifest, str | None]:
    """Manifest and artifact name of a version.

    Raises NotFound, or ArtifactError when the stored manifest does not hash to its id.
    """
    return verified_version(stored_versions(r, [model_id]), model_id)


def stored_versions(r: Reader, model_ids: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    """Manifest text and artifact name, as they are stored, of the versions that are there."""
    sql = """SELECT model_id, manifest, artifact FROM models.version
             WHERE list_contains($model_ids, model_id)"""
    rows = r.rows(sql, {"model_ids": list(model_ids) or [""]})
    return {model_id: (text, artifact) for model_id, text, artifact in rows}


def changes_since_trained(r: Reader, model_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of those versions, model -> what of its own code and parameters is other than when it was
    trained, in words; models of which nothing is are left out."""
    changed = {}
    for text, _ in stored_versions(r, sorted(model_ids)).values():
        with suppress(ArtifactError):  # a damaged one is refused, and that is said
            manifest = Manifest.from_json(text)
            if manifest.family in FAMILIES:
                changed[manifest.model] = FAMILIES[manifest.family].changes(manifest)
    return {name: changes for name, changes in sorted(changed.items()) if changes}


@gate(
    "manifest", protects="every prediction of a model",
    on_error="the model is refused at load", on_null="no manifest is no model: refused at load",
)  # fmt: skip
def verified_version(
    stored: Mapping[str, tuple[str, str | None]], model_id: str
) -> tuple[Manifest, str | None]:
    """As `read_version`, of versions already read."""
    if model_id not in stored:
        raise NotFound(f"no model version {model_id!r}", "tipoff models list shows them")
    text, artifact = stored[model_id]
    manifest = Manifest.from_json(text)
    if manifest.model_id != model_id:
        raise ArtifactError(
            f"the stored manifest of {model_id} hashes to {manifest.model_id}: it was changed",
            f"train {manifest.model} again",
        )
    return manifest, artifact


def _row(manifest: Manifest, artifact: str | None) -> dict[str, Any]:
    return {
        "model_id": manifest.model_id,
        "model": manifest.model,
        "family": manifest.family,
        "markets": list(manifest.markets),
        "trained_from": manifest.trained_from,
        "trained_through": manifest.trained_through,
        "manifest": manifest.to_json(),
        "artifact": artifact,
        "artifact_sha256": manifest.artifact_sha256,
        "created_at": now(),
    }


def _stored(r: Reader, model_id: str) -> bool:
    sql = "SELECT count(*) FROM models.version WHERE model_id = $model_id"
    return bool(r.value(sql, {"model_id": model_id}))


def _store_artifact(artifacts: Artifacts, model: Model) -> str | None:
    content, digest = model.artifact, model.manifest.artifact_sha256
    if content is None:
        return None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ArtifactError(f"the bytes of {model.manifest.model} are not those of its manifest")
    return artifacts.store(content, FAMILIES[model.manifest.family].suffix)


@gate(
    "artifact", protects="every prediction of a model",
    on_error="the model is refused at load", on_null="no recorded hash: ArtifactError",
)  # fmt: skip
def _verified(artifacts: Artifacts, manifest: Manifest, artifact: str | None) -> bytes | None:
    digest = manifest.artifact_sha256
    if artifact is None and digest is None:
        return None
    if artifact is None or digest is None:
        raise ArtifactError(
            f"the artifact of {manifest.model} is missing: its row names {artifact}, its manifest"
            f" the SHA-256 {digest}",
            f"train {manifest.model} again",
        )
    return artifacts.read(artifact, digest)


def _definitions() -> dict[str, str]:
    from tipoff.features import definition_hashes

    return definition_hashes()
