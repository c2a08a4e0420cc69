"""Models of 33, 37 and 39 names read one snapshot; a changed catalogue touches its readers only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.simulated import built_once, slate_dates
from tipoff import clock
from tipoff.features import definition_hashes, feature_set, load_snapshot
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.features.definition import Column, Family, Feature
from tipoff.forecast import find_slate, reconcile, reproduce, slate_view
from tipoff.forecast.build import build_set, wanted_set
from tipoff.forecast.publish import RunSet
from tipoff.lake import Lake
from tipoff.models import train
from tipoff.settings import settings

SHAPES = {"catboost_v9": "v2_33", "catboost_v9_37": "v2_37", "catboost_v9_39": "v2_39"}
ASKED = ([*SHAPES, "ewma_hl8", "line"], ["points"])
"""Models and markets of the published set: readers of every shape, and two that are not."""
Ids = dict[tuple[str, str, str, str], str]


@pytest.fixture(scope="module")
def shapes_lake(tmp_path_factory: pytest.TempPathFactory, trained_lake: Path) -> Path:
    """The simulated lake with all three shapes trained, and its last full slate published."""

    def build(folder: Path) -> None:
        shutil.copytree(trained_lake, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake:
            days = slate_dates(lake)
            for name in set(SHAPES) - {"catboost_v9"}:
                train(lake, name, days[-8])
            models, markets = ASKED
            reconcile(lake, days[-1], models=models, markets=markets)

    return built_once(tmp_path_factory, "three-shapes-lake", build)


@pytest.fixture(scope="module")
def shapes(shapes_lake: Path) -> Iterator[Lake]:
    """The three shapes' lake, for tests that store nothing."""
    with Lake.open(shapes_lake) as opened:
        yield opened


@pytest.fixture(scope="module")
def day(shapes: Lake) -> date:
    """The date of the published slate."""
    return slate_dates(shapes)[-1]


def changed(families: Sequence[Family]) -> Catalogue:
    return Catalogue(families, CATALOGUE.relations)


def with_column(column: Column, owner: str) -> Catalogue:
    """The catalogue with one more column in a family."""
    return changed(
        [replace(f, columns=(*f.columns, column)) if f.name == owner else f
         for f in CATALOGUE.families]
    )  # fmt: skip


def without(name: str) -> Catalogue:
    """The catalogue less one column."""
    return changed(
        [replace(f, columns=tuple(c for c in f.columns if c.name != name))
         for f in CATALOGUE.families]
    )  # fmt: skip


def redefined(name: str) -> Catalogue:
    """The catalogue in which a column's expression differs, though its values do not."""
    return altered(name, sql=f"({CATALOGUE.columns[name].sql}) * 1")


def altered(name: str, **other_parts: Any) -> Catalogue:
    """The catalogue in which some parts of a column's declaration are others."""

    def other(column: Column) -> Column:
        return replace(column, **other_parts) if column.name == name else column

    return changed(
        [replace(f, columns=tuple(map(other, f.columns))) for f in CATALOGUE.families]
    )  # fmt: skip


def adopt(monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> None:
    """Turn the one catalogue that every module holds into another, until the test is over."""
    names = ("families", "relations", "analysis", "owner", "columns", "features", "hashes")
    for name in names:  # all of the honest one first: what is made later is of both, and stays
        getattr(CATALOGUE, name)
    for name in names:
        monkeypatch.setitem(vars(CATALOGUE), name, getattr(catalogue, name))


def built(lake: Lake, day: date) -> tuple[RunSet, dict[str, list[str]]]:
    """The set a run would publish now, and the models refused at load with their differences."""
    with lake.reading() as r:
        slate = find_slate(r, day, now=clock.now())
        wanted = wanted_set(r, slate, None, ASKED[1], ASKED[0], None, settings())
        made = build_set(lake, r, slate, wanted, lambda _text: None)
    return made, {name: list(model.why) for name, model in wanted.refused.items()}


def ids_of(made: RunSet) -> Ids:
    columns = ["game_id", "player_key", "market", "model", "prediction_id"]
    return {(g, p, m, k): i for g, p, m, k, i in made.predictions.select(columns).iter_rows()}


def published_ids(lake: Lake) -> Ids:
    sql = (
        "SELECT game_id, player_key, market, model, prediction_id FROM forecast.current_prediction"
    )
    with lake.reading() as r:
        return {(g, p, m, k): i for g, p, m, k, i in r.rows(sql)}


def less(ids: Ids, models: set[str]) -> Ids:
    return {key: value for key, value in ids.items() if key[3] not in models}


def test_models_of_33_37_and_39_names_predict_from_one_snapshot(shapes: Lake, day: date) -> None:
    assert [len(feature_set(name)) for name in SHAPES.values()] == [33, 37, 39]
    with shapes.reading() as r:
        rows = slate_view(r, day, market="points").predictions
        found = r.rows("SELECT DISTINCT model, snapshot_id FROM forecast.current_prediction")
        columns = load_snapshot(r, found[0][1]).frame.columns
    players = {name: {p.player_key for p in rows if p.model == name} for name in SHAPES}
    assert players["catboost_v9"]
    assert players["catboost_v9"] == players["catboost_v9_37"] == players["catboost_v9_39"]
    assert len({snapshot for _model, snapshot in found}) == 1
    assert {model for model, _snapshot in found} > set(SHAPES)
    assert set(feature_set("v2_39")) <= set(columns)


@pytest.mark.long
def test_a_feature_added_to_the_catalogue_changes_no_prediction_id_and_breaks_no_model(
    shapes_lake: Path, day: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shapes_lake, tmp_path / "own")
    new = Feature("points_twice", "2 * points_avg_last_5", "points", 0, 200, "player history",
                  False, "v9_99")  # fmt: skip
    with Lake.open(tmp_path / "own") as lake:
        before = published_ids(lake)
        hashes = definition_hashes()
        adopt(monkeypatch, with_column(new, "form"))
        assert definition_hashes() == hashes | {"points_twice": definition_hashes()["points_twice"]}
        models, markets = ASKED
        assert reconcile(lake, day, models=models, markets=markets).nothing_to_do
        again = reconcile(lake, day, models=models, markets=markets, reason="one more feature")
        assert (again.publication.kind, again.refused_models) == ("regenerate", {})
        assert published_ids(lake) == before
        with lake.reading() as r:
            runs = [
                run for (run,) in r.rows("SELECT run_id FROM forecast.publication ORDER BY seq")
            ]
            twice = r.rows(
                "SELECT points_twice IS NULL, count(*) FROM features.value GROUP BY 1 ORDER BY 1"
            )
        assert [missing for missing, _n in twice] == [False, True]
        assert [reproduce(lake, run).differences for run in runs] == [(), ()]


@pytest.mark.long
def test_removing_a_feature_refuses_exactly_the_models_that_read_it_by_name(
    shapes: Lake, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published_ids(shapes)
    adopt(monkeypatch, without("dnp_rate"))
    made, refused = built(shapes, day)
    readers = {"catboost_v9_37", "catboost_v9_39"}
    assert refused == {name: ["missing feature dnp_rate"] for name in readers}
    assert ids_of(made) == less(before, readers)
    check_refusals(made, readers, "missing feature dnp_rate")


def test_redefining_a_feature_refuses_exactly_the_models_that_read_it_by_name(
    shapes: Lake, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, trained = published_ids(shapes), definition_hashes()["pct_three"]
    adopt(monkeypatch, redefined("pct_three"))
    made, refused = built(shapes, day)
    now = definition_hashes()["pct_three"]
    said = f"feature pct_three redefined: trained on {trained}, snapshot has {now}"
    assert refused == {name: [said] for name in SHAPES}
    baselines = less(before, set(SHAPES))
    assert ids_of(made) == baselines
    assert baselines
    check_refusals(made, set(SHAPES), said)


def check_refusals(made: RunSet, readers: set[str], detail: str) -> None:
    """Every expected triple of a refused model is a refusal: of the contract, or of the player."""
    made.check()
    rows = made.refusals.select("model", "reason", "detail").rows()
    contract = {(model, why) for model, reason, why in rows if reason == "contract"}
    assert contract == {(model, detail) for model in readers}
