"""A file of trees is held against its manifest before it is used, whichever family's it is."""

import pytest

from tests.models.league_frame import V2_33
from tipoff.errors import ArtifactError
from tipoff.models.families import FAMILIES
from tipoff.models.families.catboost import CatBoostModel
from tipoff.models.families.trees import TreeFamily
from tipoff.models.manifest import Manifest

TREES = [name for name, family in FAMILIES.items() if isinstance(family, TreeFamily)]


def as_of_family(v9: CatBoostModel, family: str) -> Manifest:
    """A manifest that reads the names of v9 as a family would in its own market."""
    own = {"plays": "plays", "breakout": "breakout"}.get(family, "points")
    contract = v9.manifest.contract.model_copy(update={"names": {own: V2_33}})
    return v9.manifest.model_copy(update={"family": family, "contract": contract})


@pytest.mark.parametrize("family", TREES)
def test_a_version_without_its_file_is_refused(family: str, v9: CatBoostModel) -> None:
    with pytest.raises(ArtifactError, match="has no artifact"):
        FAMILIES[family].load(as_of_family(v9, family), None)


@pytest.mark.parametrize("family", TREES)
@pytest.mark.parametrize("content", [b"", b"nothing", b"\xff\xfe", b'{"trees": {}}'])
def test_a_file_of_another_kind_is_refused_by_its_name(
    family: str, content: bytes, v9: CatBoostModel
) -> None:
    with pytest.raises(ArtifactError, match="the artifact of catboost_v9 is not a"):
        FAMILIES[family].load(as_of_family(v9, family), content)


@pytest.mark.parametrize("family", ["catboost", "breakout"])
def test_trees_that_read_other_features_are_refused(family: str, v9: CatBoostModel) -> None:
    manifest = as_of_family(v9, family)
    FAMILIES[family].load(manifest, v9.artifact)
    (market,) = manifest.contract.names
    fewer = manifest.contract.model_copy(update={"names": {market: V2_33[:-1]}})
    with pytest.raises(ArtifactError, match=f"reads other features in {market}"):
        FAMILIES[family].load(manifest.model_copy(update={"contract": fewer}), v9.artifact)
