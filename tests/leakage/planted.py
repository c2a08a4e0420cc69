"""A feature that reads tonight's result, planted in the catalogue and in what a model reads."""

from __future__ import annotations

import pytest

from tests.forecast.test_contracts import adopt
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.features.definition import Family, Feature, Relation
from tipoff.features.relations import BOX
from tipoff.features.sets import SETS

TONIGHT = "tonight_result"
SOURCES = {
    "the box scores a build has made": f"FROM {BOX}",
    "the stored facts, whatever is known of them": "FROM league.player_game",
}
"""Where a careless feature may find the result; every build sees the second."""
RESULTS = {"points": "pts", "minutes": "minutes"}


def with_leak(source: str, result: str = "pts") -> Catalogue:
    """The catalogue with one more feature: this result of the very game."""
    sql = f"SELECT game_id, player_key, max({result}) AS result {source} GROUP BY ALL"
    feature = Feature(TONIGHT, "planted.result", "points", 0, 100, "player history", False, "v9_99")
    family = Family(
        name="planted",
        columns=(feature,),
        relation="fx_planted",
        attach="""LEFT JOIN {table} planted
          ON planted.game_id = s.game_id AND planted.player_key = s.player_key""",
    )
    relations = {**CATALOGUE.relations, "fx_planted": Relation("fx_planted", sql)}
    return Catalogue((*CATALOGUE.families, family), relations)


def plant(monkeypatch: pytest.MonkeyPatch, source: str, result: str = "pts") -> None:
    """Let every build make the feature and every catboost_v9 read it, until the test is over."""
    adopt(monkeypatch, with_leak(source, result))
    monkeypatch.setitem(SETS, "v2_33", (*SETS["v2_33"], TONIGHT))
