"""A model that reads features of one's own: trained, run, explained, reproduced, refused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.features import plugin_features
from tests.models.test_family import Toy, ToyFamily
from tests.simulated import own_copy, slate_dates
from tipoff.features import (
    PluginFeature,
    add_feature,
    added_features,
    external,
    feature,
    load_snapshot,
    mean,
    remove_feature,
    slate_frame,
    sources_of,
)
from tipoff.forecast import reconcile, reproduce
from tipoff.lake import Lake
from tipoff.models import Spec, register, train
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.families import FAMILIES
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import make_manifest
from tipoff.sources import import_files

LONG = mean("pts", last=30, low=0, high=70)
INDEX = external("rest_index", of="team")
OWN: tuple[PluginFeature, ...] = (LONG, INDEX, plugin_features.points_blend)
NAMES = tuple(each.name for each in OWN)


class Reader(ToyFamily):
    """The toy, which also reads features of plug-ins."""

    name, specs, monthly = "reader", {"reader": Spec("reader", "reader")}, ("reader",)

    def covers(self, spec: Spec) -> tuple[str, ...]:
        return ("points",)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        return ("points_avg_last_5", *NAMES)

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Toy:
        from tipoff.features import definition_hashes

        names = self.names(spec, markets)
        known = data.frame.drop_nulls(["points_avg_last_5", NAMES[2]])
        contract = make_contract({"points": names}, definition_hashes(), optional=NAMES[:2])
        made = make_manifest(spec.model, self.name, contract, data, ["y_points"], __name__)
        toy = Toy(made, {"points": 1.0})
        return finished(toy, make_golden(toy, known))


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    """The family and the features, known to this process for a test."""
    register(Reader())
    for each in OWN:
        add_feature(each)
    yield
    FAMILIES.pop("reader", None)
    for each in added_features():
        remove_feature(each.name)


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """A simulated league of one's own."""
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def import_index(lake: Lake, folder: Path, rows: Sequence[tuple[str, float, datetime]]) -> None:
    path = folder / "rest_index.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["team", "value", "known_at"])
        writer.writerows((team, value, moment.isoformat()) for team, value, moment in rows)
    import_files(lake, "external", [path])


def published(lake: Lake, day: date) -> list[dict[str, Any]]:
    sql = """SELECT * FROM forecast.current_prediction
             WHERE model = 'reader' AND slate = $day"""
    with lake.reading() as r:
        return r.query(sql, {"day": day}).to_dicts()


@pytest.mark.long
def test_it_is_trained_published_explained_and_reproduced_and_only_its_features_are_built(
    lake: Lake, tmp_path: Path
) -> None:
    day = slate_dates(lake)[-1]
    with lake.reading() as r:
        teams = [t for (t,) in r.rows("SELECT DISTINCT team FROM league.team_game")]
    eve = at(day - timedelta(days=1), 12)
    import_index(lake, tmp_path, [(team, 1.5, eve) for team in teams])
    add_feature(mean("blk", last=4))
    train(lake, "reader", slate_dates(lake)[-8])
    report = reconcile(lake, day)
    rows = published(lake, day)
    assert rows
    with lake.reading() as r:
        snapshot = load_snapshot(r, rows[0]["snapshot_id"])
        assert {*NAMES} <= snapshot.definitions.keys()
        assert "blk_mean_last_4" not in snapshot.definitions
        assert set(snapshot.frame["rest_index"]) == {1.5}
        row = snapshot.frame.row(0, named=True)
        asked = {
            "game_id": row["game_id"], "player_key": row["player_key"], "team": row["team"],
            "opponent": row["opponent"], "tipoff": row["tipoff"], "as_of": snapshot.as_of,
            "seq": snapshot.facts_seq,
        }  # fmt: skip
        tables = {name: {s["table"] for s in sources_of(r, name, **asked)} for name in NAMES}
        assert len(sources_of(r, LONG.name, **asked)) > 10
    assert tables["rest_index"] == {"league.external"}
    assert tables[LONG.name] == tables["points_blend"] == {"league.player_game"}
    assert reconcile(lake, day).nothing_to_do
    assert reproduce(lake, report.run_id).reproduced


@pytest.mark.long
def test_a_value_counts_from_the_moment_it_was_known_and_makes_a_new_set(
    lake: Lake, tmp_path: Path
) -> None:
    day = slate_dates(lake)[-1]
    train(lake, "reader", slate_dates(lake)[-8])
    first = reconcile(lake, day)
    with lake.reading() as r:
        snapshot = load_snapshot(r, published(lake, day)[0]["snapshot_id"])
    assert snapshot.frame["rest_index"].null_count() == snapshot.frame.height
    assert {why["rest_index"] for why in snapshot.reasons} == {"no_row"}
    team = snapshot.frame["team"][0]
    before, late = at(day - timedelta(days=2), 12), snapshot.as_of + timedelta(hours=1)
    import_index(lake, tmp_path, [(team, 2.0, before), (team, 3.0, late)])
    with lake.reading() as r:
        tonight = snapshot.frame.join(
            r.query("SELECT game_id, game_date, season, game_type FROM league.game").unique(
                "game_id"
            ),
            on="game_id",
        )
        built = slate_frame(r, tonight, as_of=snapshot.as_of, seq=r.newest_seq(), names=NAMES)
    games = tonight.filter(pl.col("team") == team)["game_id"].unique().to_list()
    mine = pl.col("game_id").is_in(games)
    assert set(built.frame.filter(mine)["rest_index"]) == {None, 2.0}
    second = reconcile(lake, day)
    assert second.run_id != first.run_id
    assert reproduce(lake, first.run_id).reproduced
    assert reproduce(lake, second.run_id).reproduced


@pytest.mark.long
def test_another_function_under_the_name_refuses_the_model_and_is_no_nothing_to_do(
    lake: Lake,
) -> None:
    day = slate_dates(lake)[-1]
    train(lake, "reader", slate_dates(lake)[-8])
    reconcile(lake, day)
    remove_feature("points_blend")
    declare = feature(reads=plugin_features.READS, low=0, high=60, name="points_blend")
    add_feature(declare(plugin_features.points_blend.column.function))  # type: ignore[attr-defined]
    report = reconcile(lake, day)
    assert not report.nothing_to_do
    assert not published(lake, day)
    assert _reasons(lake, report.run_id) == {"contract"}


@pytest.mark.long
def test_a_function_that_fails_tonight_refuses_its_model_and_the_slate_goes_on(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = slate_dates(lake)[-1]
    train(lake, "reader", slate_dates(lake)[-8])
    monkeypatch.delattr(plugin_features, "blend")
    report = reconcile(lake, day)
    assert report.predicted > 0
    assert not published(lake, day)
    assert _reasons(lake, report.run_id) == {"batch_check"}


def _reasons(lake: Lake, run_id: str) -> set[str]:
    sql = """SELECT DISTINCT reason FROM forecast.refusal WHERE run_id = $run AND model = 'reader'
             AND reason IN ('contract', 'batch_check', 'model_error')"""
    with lake.reading() as r:
        return {reason for (reason,) in r.rows(sql, {"run": run_id})}
