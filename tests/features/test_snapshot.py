"""Snapshots: named by content, stored once, verified when read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST, League
from tests.features.test_leakage import slate, tonight
from tipoff.errors import ArtifactError, NotFound
from tipoff.features import (
    SlateFeatures,
    Snapshot,
    batch_checks,
    build_snapshot,
    catalogue,
    definition_hashes,
    feature_set,
    load_snapshot,
    sources_of,
    store_snapshot,
)
from tipoff.lake import Lake


@pytest.fixture(scope="module")
def features(small: Built) -> SlateFeatures:
    rows, as_of = tonight(small.frame, LAST)
    return slate(small.lake, rows, as_of)


@pytest.fixture(scope="module")
def snapshot(small: Built, features: SlateFeatures) -> Snapshot:
    return build_snapshot(LAST, tonight(small.frame, LAST)[1], 1, features)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", create=True) as lake:
        yield lake


def test_the_id_does_not_depend_on_the_order_of_rows_or_on_what_was_stored_since(
    snapshot: Snapshot, features: SlateFeatures
) -> None:
    back = SlateFeatures(features.frame.reverse(), features.reasons[::-1])
    assert build_snapshot(LAST, snapshot.as_of, 99, back).snapshot_id == snapshot.snapshot_id


def test_a_value_a_reason_the_slate_or_the_moment_each_change_the_id(
    snapshot: Snapshot, features: SlateFeatures
) -> None:
    moved = features.frame.with_columns(pl.col("points_avg_last_5") + 0.000001)
    why = [dict(w) for w in features.reasons]
    why[0] = why[0] | {"home_away": "fallback"}
    others = [
        build_snapshot(LAST, snapshot.as_of, 1, SlateFeatures(moved, features.reasons)),
        build_snapshot(LAST, snapshot.as_of, 1, SlateFeatures(features.frame, why)),
        build_snapshot(date(2020, 1, 1), snapshot.as_of, 1, features),
        build_snapshot(LAST, snapshot.as_of + timedelta(seconds=1), 1, features),
    ]
    assert len({snapshot.snapshot_id, *(s.snapshot_id for s in others)}) == 5


def test_a_stored_snapshot_is_read_back_whole_and_stored_once(
    empty: Lake, snapshot: Snapshot
) -> None:
    for _ in range(2):
        empty.write(lambda w: store_snapshot(w, snapshot))
    with empty.reading() as r:
        loaded = load_snapshot(r, snapshot.snapshot_id)
        rows = r.value("SELECT count(*) FROM features.value")
        heads = r.value("SELECT count(*) FROM features.snapshot")
    assert (rows, heads) == (snapshot.frame.height, 1)
    assert loaded.frame.equals(snapshot.frame)
    assert loaded.reasons == snapshot.reasons
    assert loaded.definitions == definition_hashes()


def test_a_snapshot_with_fewer_features_lies_beside_a_wider_one(
    empty: Lake, snapshot: Snapshot, features: SlateFeatures
) -> None:
    narrow = features.frame.select("game_id", "player_key", "team", "opponent", "home", "tipoff",
                                   *feature_set("v2_33"))  # fmt: skip
    why = [{k: v for k, v in w.items() if k in narrow.columns} for w in features.reasons]
    few = build_snapshot(LAST, snapshot.as_of, 1, SlateFeatures(narrow, why))
    empty.write(lambda w: store_snapshot(w, few))
    empty.write(lambda w: store_snapshot(w, snapshot))
    with empty.reading() as r:
        assert load_snapshot(r, few.snapshot_id).frame.equals(few.frame)
        assert load_snapshot(r, snapshot.snapshot_id).frame.equals(snapshot.frame)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE features.value SET points_avg_last_5 = 99 WHERE player_key = 'aaa1'",
        "UPDATE features.value SET reasons = '{}' WHERE player_key = 'aaa1'",
        "DELETE FROM features.value WHERE player_key = 'aaa1'",
        "UPDATE features.snapshot SET slate = slate + 1",
    ],
)
def test_a_change_by_hand_is_found_when_reading(
    empty: Lake, snapshot: Snapshot, tampering: str
) -> None:
    assert "aaa1" in snapshot.frame["player_key"]
    empty.write(lambda w: store_snapshot(w, snapshot))
    empty.write(lambda w: w.rows(tampering))
    with empty.reading() as r:
        with pytest.raises(ArtifactError, match="aaa1" if "SET points" in tampering else "changed"):
            load_snapshot(r, snapshot.snapshot_id)
        load_snapshot(r, snapshot.snapshot_id, verify=False)


def test_an_unknown_id_is_not_found(empty: Lake) -> None:
    with empty.reading() as r, pytest.raises(NotFound, match="snap_nothing"):
        load_snapshot(r, "snap_nothing")


def test_every_null_has_a_reason_and_every_reason_a_null_or_a_fallback(
    small: Built, features: SlateFeatures
) -> None:
    for row, why in zip(features.frame.to_dicts(), features.reasons, strict=True):
        nulls = {n for n in catalogue() if row[n] is None}
        assert nulls == {n for n, reason in why.items() if reason != "fallback"}
    assert features.reasons[0]["pct_paint"] == "needs_shot_locations"


def test_a_rookie_and_an_opening_say_so(small: Built) -> None:
    start = small.frame["game_date"].min()
    assert isinstance(start, date)
    rows, as_of = tonight(small.frame, start)
    why = slate(small.lake, rows, as_of).reasons[0]
    assert why["points_avg_last_5"] == why["points_avg_season"] == "no_history"
    assert why["team_pace"] == "too_few_team_games"
    assert why["avg_points_vs_opponent"] == "never_met"


def test_checks_find_a_constant_column_a_stray_value_and_a_drift(snapshot: Snapshot) -> None:
    frame = pl.concat([snapshot.frame] * 3)
    many = replace(snapshot, frame=frame, reasons=[*snapshot.reasons] * 3)
    quiet = {(c.check, c.feature) for c in batch_checks(many, {})}
    constant = frame.with_columns(pl.lit(50.0).alias("points_avg_last_10"))
    stray = frame.with_columns(pl.lit(-3.0).alias("minutes_avg_last_10"))
    checks = {(c.check, c.feature) for c in batch_checks(replace(many, frame=constant), {})}
    assert ("variance", "points_avg_last_10") in checks - quiet
    checks = {(c.check, c.feature) for c in batch_checks(replace(many, frame=stray), {})}
    assert ("range", "minutes_avg_last_10") in checks - quiet
    means = {"team_off_rating": [1.0, 1.1, 0.9, 1.0, 1.05]}
    checks = {(c.check, c.feature) for c in batch_checks(many, means)}
    assert ("drift", "team_off_rating") in checks - quiet


def test_a_constant_playoff_flag_is_no_finding(snapshot: Snapshot) -> None:
    many = replace(snapshot, frame=pl.concat([snapshot.frame] * 3), reasons=[{}] * 999)
    named = {c.feature for c in batch_checks(many, {}) if c.check == "variance"}
    assert not named & {"playoff_game", "has_vegas_line", "injury_risk", "pct_paint"}


def test_source_rows_of_a_window_are_the_games_in_it(
    small: Built, small_league: League, snapshot: Snapshot
) -> None:
    row = snapshot.frame.row(0, named=True)
    past = sorted(
        (p for p in small_league.tables["player_game"]
         if p["player_key"] == row["player_key"] and p["known_at"] <= snapshot.as_of),
        key=lambda p: p["known_at"], reverse=True,
    )  # fmt: skip

    def ids(name: str) -> list[str]:
        with small.lake.reading() as r:
            sources = sources_of(
                r, name, game_id=row["game_id"], player_key=row["player_key"], team=row["team"],
                opponent=row["opponent"], tipoff=row["tipoff"], as_of=snapshot.as_of,
                seq=r.newest_seq(),
            )  # fmt: skip
        return [x["fact_id"] for x in sources]

    assert ids("points_avg_last_5") == [p["fact_id"] for p in past[:5]]
    assert len(past) > 10
    assert ids("games_in_last_7_days") == [p["fact_id"] for p in past[:10]]
    assert ids("points_avg_season") == [
        p["fact_id"] for p in past if p["season"] == past[0]["season"]
    ]
    assert ids("home_away") == ids("pct_paint") == []
    assert len(ids("opponent_def_rating")) == 30
    assert all(i.startswith("l") and "points" in i for i in ids("vegas_points_line"))
    assert len(ids("rest_advantage")) == 2


@pytest.mark.long
def test_every_v4_value_of_a_row_is_traced_to_fact_rows_known_at_its_moment(
    small: Built, snapshot: Snapshot
) -> None:
    row = next(r for r in snapshot.frame.to_dicts() if r["p_absent"] is not None)
    for name in (*feature_set("v4"), *feature_set("plays_1")):
        with small.lake.reading() as r:
            sources = sources_of(
                r, name, game_id=row["game_id"], player_key=row["player_key"], team=row["team"],
                opponent=row["opponent"], tipoff=row["tipoff"], as_of=snapshot.as_of,
                seq=r.newest_seq(),
            )  # fmt: skip
        fixture = name in ("home_away", "playoff_game")
        unmet = row[name] is None or name in ("injury_risk", "usage_spike_score")
        assert fixture or unmet or sources, name
        assert all(x["date"] <= LAST for x in sources), name


def test_sources_of_a_last_three_mean_are_three_games(small: Built, snapshot: Snapshot) -> None:
    row = next(r for r in snapshot.frame.to_dicts() if r["p_absent"] is not None)

    def count(name: str) -> int:
        with small.lake.reading() as r:
            return len(
                sources_of(
                    r, name, game_id=row["game_id"], player_key=row["player_key"],
                    team=row["team"], opponent=row["opponent"], tipoff=row["tipoff"],
                    as_of=snapshot.as_of, seq=r.newest_seq(),
                )
            )  # fmt: skip

    assert count("minutes_avg_last_3") == 3
    assert count("minutes_last") == 1
    assert count("opponent_turnovers_20") == 40
    assert count("games_career") == row["games_career"]
