"""Nights A and B, replayed on their timeline: first as the old system lived them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from tests.forecast.test_contracts import adopt, changed
from tests.incidents.conftest import Evening
from tests.incidents.old_system import ActiveFlags, OverwritingStore, Worker, accepts
from tipoff.features import feature_set, load_snapshot
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.forecast import reproduce
from tipoff.models import load

FEBRUARY_2, FEBRUARY_5 = date(2026, 2, 2), date(2026, 2, 5)


def old_night_a() -> tuple[list[float], list[float]]:
    """What was predicted at 23:12 and what the rows of 22:30 would have given."""
    store = OverwritingStore()
    worker = Worker(store)
    players = [f"p{i}" for i in range(154)]
    half_true = {p: {"form": 8.0 + i % 5, "quality": 65.0} for i, p in enumerate(players)}
    whole = {p: {"form": 14.0 + i % 7, "quality": 87.59} for i, p in enumerate(players)}
    store.write(FEBRUARY_2, half_true)  # in the afternoon
    worker.load(FEBRUARY_2)  # something asks, and the cache is filled
    store.write(FEBRUARY_2, whole)  # 22:30, overwriting
    forecasts = [worker.predict(FEBRUARY_2, p) for p in players]  # 23:12
    assert all(row is not None and set(row) == {"player", "points"} for row in forecasts)
    return [row["points"] for row in forecasts if row], [row["form"] for row in whole.values()]


@pytest.mark.incident("A")
def test_a_slate_built_from_half_true_features_is_refused_then_superseded_and_both_can_be_proved(
    quiet: Evening,
) -> None:
    published, expected = old_night_a()
    assert all(a != b for a, b in zip(published, expected, strict=True))

    # The afternoon: the box scores of two teams, and with them their rates, are not in yet.
    quiet.at(5.5)
    game = "game_id = (SELECT min(game_id) FROM league.game WHERE game_date = DATE '{}')"
    sides = f"SELECT unnest([home, away]) FROM league.game WHERE {game.format(quiet.day)}"
    late = quiet.held_back("league.team_game", f"team IN ({sides})")
    first = quiet.run()
    held = Counter(quiet.rows(
        f"SELECT reason, game_id IN (SELECT game_id FROM league.game WHERE"
        f" {game.format(quiet.day)}) FROM forecast.current_refusal WHERE model = 'catboost_v9'"
    ))  # fmt: skip
    half = first.refused["bootstrap"]
    newcomers = held[("bootstrap", False)]  # too few games, whatever is in
    assert held[("bootstrap", True)] + newcomers == half > 5
    assert newcomers <= 1

    # 22:30: they come in. The published set is stale at once, before anything runs.
    quiet.at(0.7)
    assert quiet.view()["stale"] is False
    quiet.arrive("league.team_game", late)
    assert quiet.view()["stale"] is True

    # 23:12: the run reads the rows of now, there is no cache to read others from.
    quiet.at(0.3)
    second = quiet.run()
    assert (second.publication.kind, second.publication.seq) == ("supersede", 2)
    assert second.refused.get("bootstrap", 0) == newcomers
    assert second.predicted == first.predicted + half - newcomers
    assert quiet.view()["stale"] is False

    # Which rows were used? Each prediction names its snapshot, and both sets come out again.
    runs = dict(quiet.rows("SELECT run_id, snapshot_id FROM forecast.run"))
    assert len(set(runs.values())) == 2
    for run, snapshot in runs.items():
        named = quiet.rows(
            "SELECT DISTINCT snapshot_id FROM forecast.prediction WHERE run_id = $run", {"run": run}
        )
        assert named == [(snapshot,)]
        with quiet.lake.reading() as r:
            load_snapshot(r, snapshot)
        assert reproduce(quiet.lake, run).reproduced


@pytest.mark.incident("A")
@pytest.mark.incident(6)
def test_the_repair_of_a_bad_night_loses_no_prediction_and_shows_no_empty_slate(
    evening: Evening,
) -> None:
    edges = {f"p{i}": 4.0 if i < 11 else 0.5 for i in range(154)}
    old = ActiveFlags(dict.fromkeys(edges, True))
    assert old.repair(edges, least_edge=1.0) == [0, 154, 11]
    assert 154 - old.visible == 143

    keys = "SELECT game_id, player_key, market, model FROM forecast.current_prediction"
    before, picks = set(evening.rows(keys)), Counter(
        p["recommendation"] for p in evening.view()["predictions"]
    )  # fmt: skip
    evening.setting("min_edge", 9)
    evening.setting("min_edge_share", 9)
    evening.run(reason="drop the small edges")
    after = Counter(p["recommendation"] for p in evening.view()["predictions"])
    assert set(evening.rows(keys)) == before
    assert after["PASS"] > picks["PASS"]
    old_run = evening.value("SELECT run_id FROM forecast.publication WHERE seq = 1")
    assert reproduce(evening.lake, old_run).reproduced


def old_night_b() -> tuple[Counter[str], Counter[bool]]:
    """125 requests of workers that hold the old tag, and what the models make of the new rows."""
    store = OverwritingStore()
    worker = Worker(store)
    players = [f"p{i}" for i in range(273)]
    store.write(FEBRUARY_5, {p: dict.fromkeys(feature_set("v2_37"), 1.0) for p in players},
                tag="v2_37features")  # fmt: skip
    worker.tag(FEBRUARY_5)
    wide = {p: dict.fromkeys(feature_set("v2_39"), 1.0) for p in players}
    store.write(FEBRUARY_5, wide, tag="v2_39features")  # noon
    said = [worker.handle(FEBRUARY_5, p) for p in players[:125]]
    assert store.read(FEBRUARY_5, "v2_39features").keys() == set(players)  # they are there
    worker.tags.clear()  # even with the right tag at last
    said += [worker.handle(FEBRUARY_5, p) for p in players[:125]]
    taken = [accepts("v2_33features", 33, row, "v2_39features") for row in wide.values()]
    return Counter(said), Counter(taken)


@pytest.mark.incident("B")
def test_features_added_at_noon_and_an_empty_morning_leave_models_of_33_names_predicting(
    quiet: Evening,
) -> None:
    said, taken = old_night_b()
    assert said == {"no_features": 125, "skipped": 125}  # 0 of 125, and never again
    assert taken == {False: 273}

    # The morning: two features fewer, and no team's box scores are in. Nobody is predicted.
    whole = Catalogue(CATALOGUE.families, CATALOGUE.relations)
    adopt(quiet.patch, changed([f for f in whole.families if f.name != "breakout"]))
    quiet.at(5.9)
    season = "season = (SELECT max(season) FROM league.game)"
    late = quiet.held_back("league.team_game", season)
    morning = quiet.run(models=["catboost_v9"])
    assert morning.predicted == 0
    assert morning.refused["bootstrap"] > 50

    # Noon: the rows come in and the catalogue gains two features. Nothing has to be reset.
    quiet.arrive("league.team_game", late)
    adopt(quiet.patch, whole)
    quiet.at(5)
    noon = quiet.run(models=["catboost_v9"])
    newcomers = noon.refused.get("bootstrap", 0)  # too few games whatever came in
    assert noon.predicted == morning.refused["bootstrap"] - newcomers > 50
    assert (noon.publication.seq, noon.refused_models) == (2, {})
    read = dict(quiet.rows("SELECT run_id, list_sort(json_keys(definitions)) FROM forecast.run"
                           " JOIN features.snapshot USING (snapshot_id)"))  # fmt: skip
    first, second = (read[report.run_id] for report in (morning, noon))
    assert set(second) - set(first) == {"breakout_risk_score", "composite_breakout_signal"}
    assert len(second) > len(feature_set("v2_33"))
    model_id = quiet.value("SELECT DISTINCT model_id FROM forecast.current_prediction")
    assert load(quiet.lake, model_id).manifest.contract.names["points"] == feature_set("v2_33")
