"""The manifest: exact round trip, and an id that holds everything that matters."""

import pytest

from tipoff.models.families.baseline import Baseline
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.manifest import Manifest


def test_a_manifest_survives_its_json(ewma: Baseline, v9: CatBoostModel) -> None:
    for manifest in (ewma.manifest, v9.manifest):
        again = Manifest.from_json(manifest.to_json())
        assert again == manifest
        assert again.model_id == manifest.model_id


@pytest.mark.parametrize(
    "change",
    [
        {"data_sha256": "other"},
        {"rows": 1},
        {"seed": 21},
        {"parameters": {"depth": 9}},
        {"artifact_sha256": "other"},
        {"golden": ()},
        {"dispersion": {}},
        {"model": "other"},
    ],
)
def test_whatever_the_model_is_made_of_is_in_its_id(
    v9: CatBoostModel, change: dict[str, object]
) -> None:
    assert v9.manifest.model_copy(update=change).model_id != v9.manifest.model_id


def test_the_code_that_made_it_is_recorded_but_is_not_its_identity(v9: CatBoostModel) -> None:
    other = v9.manifest.model_copy(update={"code_version": "another build"})
    assert other.model_id == v9.manifest.model_id
    assert '"code_version":"another build"' in other.to_json()
