"""Faults in the gates between a stored model and its predictions: each refuses the model alone."""

from __future__ import annotations

import copy
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.gates.conftest import Case
from tipoff.errors import ArtifactError
from tipoff.features.snapshot import _verify, load_snapshot
from tipoff.models import Manifest, Pmf, Seat, stored_versions, verified_version
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.golden import check_golden
from tipoff.models.model import Model
from tipoff.models.registry import _verified, load


def refused(case: Case, *reasons: str, other: bool = False) -> None:
    """catboost_v9 is refused whole; `other`: so is the baseline, else it predicts as ever."""
    found = case.score()
    assert "predicted" not in found["catboost_v9"]
    assert found["catboost_v9"] & set(reasons)
    assert ("predicted" in found["ewma_hl8"]) is not other


def contract_error(case: Case) -> None:
    case.breaks("tipoff.models.contract.check")
    refused(case, "model_error", other=True)


def contract_null(case: Case) -> None:
    case.answers("tipoff.models.contract.check", None)
    refused(case, "contract", other=True)


def manifest_error(case: Case) -> None:
    case.breaks("tipoff.models.manifest.Manifest.from_json")
    refused(case, "model_error", other=True)
    case.patch.undo()
    stored, version = _stored(case)
    for place in ("Manifest.from_json", "content_id"):
        case.breaks(f"tipoff.models.manifest.{place}")
        with pytest.raises(ValueError, match="injected"):
            verified_version(stored, version)
        case.patch.undo()


def _stored(case: Case) -> tuple[dict[str, tuple[str, str | None]], str]:
    version = _seat(case).model_id
    with case.bench.lake.reading() as r:
        return stored_versions(r, [version]), version


def _seat(case: Case) -> Seat:
    return next(s for s in case.bench.wanted.seats if s.model == "catboost_v9")


def _manifest(case: Case, **changes: Any) -> None:
    """What is stored of catboost_v9 reads as if these fields were others."""
    real = Manifest.from_json

    def changed(text: str) -> Manifest:
        found = real(text)
        return found.model_copy(update=changes) if found.model == "catboost_v9" else found

    case.patch.setattr(Manifest, "from_json", changed)


def manifest_null(case: Case) -> None:
    _manifest(case, seed=None)
    refused(case, "artifact")
    case.patch.undo()
    stored, version = _stored(case)
    case.answers("tipoff.models.manifest.Manifest.from_json", None)
    refused(case, "model_error", other=True)
    with pytest.raises(AttributeError, match="model_id"):
        verified_version(stored, version)


def _model(case: Case) -> Model:
    return load(case.bench.lake, _seat(case).model_id)


def artifact_error(case: Case) -> None:
    read = Path.read_bytes
    for error in (OSError("unreadable"), ValueError("injected")):

        def fault(path: Path, error: Exception = error) -> bytes:
            if path.suffix != ".cbm":
                return read(path)
            raise error

        case.patch.setattr(Path, "read_bytes", fault)
        refused(case, "artifact", "model_error")
        case.patch.undo()


def artifact_null(case: Case) -> None:
    model = _model(case)
    artifacts, manifest = case.bench.lake.artifacts, model.manifest
    unknown = manifest.model_copy(update={"artifact_sha256": None})
    kept = f"models/{manifest.artifact_sha256}.cbm"
    assert _verified(artifacts, manifest, kept)
    for version, path in ((unknown, kept), (manifest, None), (manifest, "models/nothing.cbm")):
        with pytest.raises(ArtifactError):
            _verified(artifacts, version, path)
    case.answers("tipoff.lake.backends.embedded._sha256", None)
    refused(case, "artifact")


def golden_error(case: Case) -> None:
    def falls_over(*_: object) -> None:
        raise RuntimeError("boom")

    model = _model(case)
    case.patch.setattr(CatBoostModel, "predict", falls_over)
    refused(case, "model_error")
    with pytest.raises(RuntimeError, match="boom"):
        check_golden(model)
    case.patch.undo()
    case.breaks("tipoff.models.golden.summary")
    refused(case, "model_error", other=True)


def golden_null(case: Case) -> None:
    model = _model(case)
    check_golden(model)
    silent = [row.model_copy(update={"expected": {}}) for row in model.manifest.golden]
    for golden in ((), tuple(silent)):
        with pytest.raises(ArtifactError, match="no golden rows in points"):
            check_golden(_with(model, golden=golden))
    real = CatBoostModel.predict

    def unknown(self: CatBoostModel, *args: Any) -> Any:
        answer = real(self, *args)
        return dataclasses.replace(answer, pmf=Pmf(np.full_like(answer.pmf.p, np.nan)))

    case.patch.setattr(CatBoostModel, "predict", unknown)
    refused(case, "artifact")


def _with(model: Model, **changes: Any) -> Model:
    other = copy.copy(model)
    object.__setattr__(other, "manifest", model.manifest.model_copy(update=changes))
    return other


def seal_error(case: Case) -> None:
    with case.bench.lake.reading() as r:
        stored = r.value("SELECT any_value(snapshot_id) FROM features.snapshot")
        for name in ("content_id", "text_id"):
            case.breaks(f"tipoff.features.snapshot.{name}")
            with pytest.raises(ValueError, match="injected"):
                load_snapshot(r, stored)
            case.patch.undo()


def seal_null(case: Case) -> None:
    snapshot = case.bench.scene.snapshot
    stored: list[Any] = list(snapshot.row_hashes)
    _verify(snapshot, stored)
    absent: list[Any] = [None, *stored[1:]]
    with pytest.raises(ArtifactError):
        _verify(snapshot, absent)
