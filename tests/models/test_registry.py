"""The registry: stored once, verified at every load."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.models.league_frame import definitions
from tipoff.errors import ArtifactError, ContractError, NotFound
from tipoff.hashing import file_sha256
from tipoff.lake import Lake, Writer
from tipoff.models.families.baseline import Baseline
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.registry import load, store


def cbm_of(lake: Lake) -> Path:
    (path,) = (Path(lake.location) / "models").glob("*.cbm")
    return path


def change(lake: Lake, column: str, value: str) -> None:
    lake.write(lambda w: w.rows(f"UPDATE models.version SET {column} = $value", {"value": value}))


def test_a_stored_model_answers_bit_for_bit_when_loaded(
    lake: Lake, v9: CatBoostModel, ewma: Baseline, frame: pl.DataFrame
) -> None:
    for model in (v9, ewma):
        store(lake, model)
        loaded = load(lake, model.manifest.model_id, definitions())
        first, second = model.predict(frame, "points"), loaded.predict(frame, "points")
        assert np.array_equal(first.pmf.p, second.pmf.p, equal_nan=True)
        assert first.ok.tolist() == second.ok.tolist()


def test_storing_the_same_version_again_does_nothing(lake: Lake, v9: CatBoostModel) -> None:
    assert store(lake, v9) is True
    assert store(lake, v9) is False
    with lake.reading() as r:
        assert r.value("SELECT count(*) FROM models.version") == 1


def test_the_artifact_is_named_by_its_hash_and_the_row_says_so(
    lake: Lake, v9: CatBoostModel
) -> None:
    store(lake, v9)
    digest = v9.manifest.artifact_sha256
    with lake.reading() as r:
        rows = r.rows("SELECT artifact, artifact_sha256, markets FROM models.version")
    assert rows == [(f"models/{digest}.cbm", digest, ["points"])]
    assert file_sha256(cbm_of(lake)) == digest


def test_one_changed_byte_in_the_artifact_is_refused_before_it_is_read(
    lake: Lake, v9: CatBoostModel
) -> None:
    store(lake, v9)
    path = cbm_of(lake)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match="hashes to"):
        load(lake, v9.manifest.model_id, definitions())


def test_storing_again_repairs_a_damaged_artifact(lake: Lake, v9: CatBoostModel) -> None:
    store(lake, v9)
    cbm_of(lake).write_bytes(b"damaged")
    assert store(lake, v9) is False
    load(lake, v9.manifest.model_id, definitions())


def test_a_missing_artifact_is_named(lake: Lake, v9: CatBoostModel) -> None:
    store(lake, v9)
    shutil.rmtree(Path(lake.location) / "models")
    with pytest.raises(ArtifactError, match="is missing"):
        load(lake, v9.manifest.model_id, definitions())


def test_a_changed_manifest_no_longer_has_its_id(lake: Lake, ewma: Baseline) -> None:
    store(lake, ewma)
    manifest = json.loads(ewma.manifest.to_json())
    manifest["dispersion"]["points"]["floor"] += 0.5
    change(lake, "manifest", json.dumps(manifest))
    with pytest.raises(ArtifactError, match="it was changed"):
        load(lake, ewma.manifest.model_id, definitions())


def test_a_manifest_whose_golden_answers_are_not_the_models_is_refused(
    lake: Lake, ewma: Baseline
) -> None:
    row = ewma.manifest.golden[0]
    false = row.model_copy(update={"expected": {**row.expected, "median": (99.0).hex()}})
    wrong = Baseline(ewma.manifest.model_copy(update={"golden": (false,)}))
    store(lake, wrong)
    with pytest.raises(ArtifactError, match="gives another answer"):
        load(lake, wrong.manifest.model_id, definitions())


def test_a_contract_that_cannot_be_met_is_refused_at_load_with_every_difference(
    lake: Lake, v9: CatBoostModel, ewma: Baseline
) -> None:
    store(lake, v9)
    store(lake, ewma)
    have = {**definitions(), "team_pace": "redefined"}
    del have["rest_advantage"]
    with pytest.raises(ContractError) as caught:
        load(lake, v9.manifest.model_id, have)
    assert caught.value.differences == [
        "missing feature rest_advantage",
        "feature team_pace redefined: trained on def_team_pace, snapshot has redefined",
    ]
    load(lake, ewma.manifest.model_id, have)


def test_bytes_that_are_not_the_manifests_are_never_stored(lake: Lake, v9: CatBoostModel) -> None:
    lying = CatBoostModel(v9.manifest.model_copy(update={"artifact_sha256": "0"}), v9.regressor)
    with pytest.raises(ArtifactError, match="not those of its manifest"):
        store(lake, lying)


def test_a_failed_commit_leaves_no_row(
    lake: Lake, v9: CatBoostModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> int:
        raise ArtifactError("disk on fire")

    monkeypatch.setattr(Writer, "append", fail)
    with pytest.raises(ArtifactError, match="disk on fire"):
        store(lake, v9)
    monkeypatch.undo()
    with pytest.raises(NotFound):
        load(lake, v9.manifest.model_id, definitions())


def test_an_unknown_version_is_not_found(lake: Lake) -> None:
    with pytest.raises(NotFound, match="model_nope"):
        load(lake, "model_nope", definitions())
