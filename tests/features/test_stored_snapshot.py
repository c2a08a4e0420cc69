"""What a stored snapshot says of itself and of every row, and what a build leaves behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST, START, League
from tests.features.test_leakage import slate, tonight
from tipoff.errors import NotFound
from tipoff.features import (
    SlateFeatures,
    Snapshot,
    build_snapshot,
    catalogue,
    definition_hashes,
    feature_set,
    load_snapshot,
    roster_frame,
    store_snapshot,
    training_frame,
)
from tipoff.features.build import known_facts
from tipoff.features.snapshot import checked
from tipoff.fingerprint import features_code
from tipoff.hashing import content_id
from tipoff.lake import Lake, Reader
from tipoff.markets import MARKETS

KEYS = ("game_id", "player_key", "team", "opponent", "home", "tipoff")
BLANK = {"points_avg_last_5": 1, "points_avg_last_10": 2, "points_avg_season": 2,
         "recent_trend": 2, "minutes_change": 2}  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(small: Built) -> Snapshot:
    """A third of the rows whole, a third without one required value, a third without five."""
    rows, as_of = tonight(small.frame, LAST)
    snapshot = slate(small.lake, rows, as_of)
    at = pl.int_range(pl.len())
    gone = [pl.when(at % 3 >= least).then(None).otherwise(n).alias(n) for n, least in BLANK.items()]
    frame = snapshot.frame.with_columns(*gone)
    reasons = [why | {n: "no_history" for n in BLANK if row[n] is None}
               for why, row in zip(snapshot.reasons, frame.to_dicts(), strict=True)]  # fmt: skip
    return build_snapshot(LAST, as_of, 7, SlateFeatures(frame, reasons))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", create=True) as lake:
        yield lake


def test_rows_are_in_the_order_of_their_keys_and_their_hashes_and_the_id_are_content_ids(
    snapshot: Snapshot,
) -> None:
    frame = snapshot.frame
    assert frame.columns == [*KEYS, *catalogue()]
    assert frame.equals(frame.sort("game_id", "player_key"))
    assert snapshot.definitions == definition_hashes()
    names = (*KEYS, *sorted(snapshot.definitions))
    hashes = [content_id("row", [[row[n] for n in names], why])
              for row, why in zip(frame.to_dicts(), snapshot.reasons, strict=True)]  # fmt: skip
    assert snapshot.row_hashes == hashes
    made_from = [snapshot.slate, snapshot.as_of, snapshot.definitions, hashes]
    assert snapshot.snapshot_id == content_id("snap", made_from)
    assert replace(snapshot, report=[]).row_hashes == snapshot.altered(report=[]).row_hashes


def test_the_head_and_every_row_are_stored_with_quality_reasons_and_hash(
    empty: Lake, snapshot: Snapshot
) -> None:
    known = snapshot.altered(report=[{"feature": "x", "detail": "y", "blocks": True}])
    empty.write(lambda w: store_snapshot(w, known))
    with empty.reading() as r:
        head = r.query("SELECT * FROM features.snapshot").row(0, named=True)
        rows = r.query("SELECT * FROM features.value ORDER BY game_id, player_key")
    assert head == {
        "snapshot_id": snapshot.snapshot_id, "slate": snapshot.slate, "as_of": snapshot.as_of,
        "facts_seq": 7, "definitions": json.dumps(definition_hashes()),
        "rows": snapshot.frame.height, "report": json.dumps(known.report),
        "code_version": features_code(), "recorded_seq": 1,
    }  # fmt: skip
    names = feature_set("v2_39")
    quality = snapshot.quality(names, tuple(n for n in names if catalogue()[n].required))
    assert rows["quality"].to_list() == [None if np.isnan(x) else x for x in quality.score]
    assert rows["tier"].to_list() == quality.tiers
    assert len(set(quality.tiers)) > 2
    assert [json.loads(why) for why in rows["reasons"]] == snapshot.reasons
    assert rows["row_hash"].to_list() == snapshot.row_hashes
    assert rows.select(snapshot.frame.columns).equals(snapshot.frame)
    with empty.reading() as r:
        loaded = load_snapshot(r, snapshot.snapshot_id)
        comment = r.value("SELECT comment FROM duckdb_columns() WHERE column_name = 'team_pace'")
    assert (loaded.slate, loaded.as_of, loaded.facts_seq, loaded.report) == (
        snapshot.slate, snapshot.as_of, 7, known.report,
    )  # fmt: skip
    assert comment == "possessions per 48; team"


def test_a_row_is_found_by_its_keys_and_one_that_is_not_there_is_named(snapshot: Snapshot) -> None:
    for at, (game, player) in enumerate(snapshot.frame.select("game_id", "player_key").rows()):
        assert snapshot.positions[game, player] == at
        assert snapshot.reasons_of(game, player) is snapshot.reasons[at]
    with pytest.raises(NotFound, match="has no row of nobody in g000"):
        snapshot.reasons_of("g000", "nobody")


def test_what_a_check_blocks_or_could_not_judge_is_blocked_and_a_note_is_not(
    snapshot: Snapshot,
) -> None:
    report = [{"feature": name, "detail": "odd", "blocks": blocks}
              for name, blocks in (("a", True), ("b", False), ("c", None))]  # fmt: skip
    assert snapshot.altered(report=report).blocked == {"a": "a: odd", "c": "c: odd"}


def test_quality_counts_what_is_there_and_what_is_second_hand(snapshot: Snapshot) -> None:
    names = ("team_pace", "points_avg_last_5", "vegas_points_line")
    quality = snapshot.quality(names, names[:2])
    for at, (row, why) in enumerate(zip(snapshot.frame.to_dicts(), snapshot.reasons, strict=True)):
        points = [87.0 if why.get(n) == "fallback" else 100.0 for n in names if row[n] is not None]
        lacking = tuple(n for n in names[:2] if row[n] is None)
        counted = len(points) + len(lacking)
        score = round(sum(points) / counted, 2)
        assert quality.score[at] == (min(score, 69.0) if lacking else score)
        assert quality.missing[at] == lacking
    assert len({*quality.score}) > 2


def temporary(r: Reader) -> list[str]:
    return [name for (name,) in r.rows("SELECT table_name FROM duckdb_tables() WHERE temporary")]


def test_a_build_leaves_no_table_behind_and_facts_only_while_they_are_asked_for(
    small: Built,
) -> None:
    rows, as_of = tonight(small.frame, LAST)
    with small.lake.reading() as r:
        training_frame(r, start=LAST, through=LAST)
        roster_frame(r, start=LAST, through=LAST)
        assert temporary(r) == []
        with known_facts(r, as_of, r.newest_seq()):
            assert sorted(temporary(r)) == ["fx_box", "fx_games", "fx_told"]
        assert temporary(r) == []
    slate(small.lake, rows, as_of)
    with small.lake.reading() as r:
        assert temporary(r) == []


def test_a_training_frame_holds_both_its_ends_in_order_with_what_each_man_did(
    small: Built, small_league: League
) -> None:
    with small.lake.reading() as r:
        part = training_frame(r, start=START + timedelta(days=4), through=START + timedelta(days=8),
                              names=["points_avg_last_5"])  # fmt: skip
    days = part["game_date"].unique().sort().to_list()
    assert days == [START + timedelta(days=k) for k in (4, 6, 8)]
    assert part.equals(part.sort("tipoff", "game_id", "player_key"))
    boxes = {(b["game_id"], b["player_key"]): b for b in small_league.tables["player_game"]}
    for row in part.to_dicts():
        box = boxes[row["game_id"], row["player_key"]]
        pts, reb, ast = box["pts"], box["reb"], box["ast"]
        assert [row[f"y_{m}"] for m in (*MARKETS, "minutes")] == [
            {"points": pts, "rebounds": reb, "assists": ast, "threes": box["fg3m"],
             "steals": box["stl"], "blocks": box["blk"], "pra": pts + reb + ast, "pr": pts + reb,
             "pa": pts + ast, "ra": reb + ast, "minutes": box["minutes"]}[m]
            for m in (*MARKETS, "minutes")
        ]  # fmt: skip
        assert row["home"] is box["home"]


def test_a_training_frame_of_a_moment_and_of_a_seq_sees_no_fact_after_them(
    small: Built, small_league: League
) -> None:
    moment = max(b["known_at"] for b in small_league.tables["player_game"]
                 if b["game_date"] == START + timedelta(days=8))  # fmt: skip
    with small.lake.reading() as r:
        whole = training_frame(r, start=None, through=LAST, names=["points_avg_last_5"])
        cut = training_frame(r, start=None, through=LAST, as_of=moment, names=["points_avg_last_5"])
        none = training_frame(r, start=None, through=LAST, seq=0, names=["points_avg_last_5"])
    assert cut["game_date"].max() == START + timedelta(days=8)
    assert cut.equals(whole.filter(pl.col("game_date") <= START + timedelta(days=8)))
    assert none.height == 0


def test_a_checked_snapshot_carries_what_was_found_and_nothing_else_is_changed(
    small: Built, snapshot: Snapshot
) -> None:
    bent = snapshot.frame.with_columns(pl.lit(99.0).alias("points_avg_last_5"))
    with small.lake.reading() as r:
        checks = checked(r, replace(snapshot, frame=bent))
    assert "points_avg_last_5" in checks.blocked
    assert checks.snapshot_id == snapshot.snapshot_id
    assert {c["check"] for c in checks.report if c["feature"] == "points_avg_last_5"} == {"range"}
