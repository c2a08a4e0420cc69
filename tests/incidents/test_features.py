"""Features: never stale, never stuck, never invented, never of the game to come."""

from __future__ import annotations

import statistics
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST, START, League
from tests.features.test_leakage import same, slate, tonight
from tests.forecast.test_contracts import adopt, redefined
from tests.incidents.old_pipeline import MaterialisedFeatures, served_trend, trained_trend
from tests.incidents.old_system import (
    OverwritingStore,
    Worker,
    accepts,
    average_of_all_rows,
    average_through,
    averaged_quality,
    joined_to_history,
    memory_of_old_build,
    within_range,
)
from tests.sources.folders import Folder, box, game
from tipoff.errors import ContractError
from tipoff.features import (
    Snapshot,
    build_snapshot,
    catalogue,
    definition_hashes,
    feature_set,
    gate,
    load_snapshot,
    slate_frame,
    store_snapshot,
)
from tipoff.features.build import SlateFeatures
from tipoff.features.checks import batch_checks
from tipoff.lake import Lake
from tipoff.models.auc import clustered_auc
from tipoff.models.contract import check, make_contract, require

V2_33 = feature_set("v2_33")
REQUIRED = tuple(n for n in V2_33 if catalogue()[n].required)


def widened(snapshot: Snapshot) -> Snapshot:
    """The same rows three times: enough of them for what is judged over a slate."""
    more = replace(snapshot, frame=pl.concat([snapshot.frame] * 3), reasons=snapshot.reasons * 3)
    assert more.frame.height > 30
    return more


def held(snapshot: Snapshot, name: str, value: float | None) -> Snapshot:
    """The snapshot with one feature the same for everybody."""
    return replace(snapshot, frame=snapshot.frame.with_columns(
        pl.lit(value, pl.Float64).alias(name)))  # fmt: skip


@pytest.mark.incident(2)
def test_rows_are_found_by_the_id_of_what_they_are_and_by_no_version_somebody_remembers(
    bare: Lake, snapshot: Snapshot, features: SlateFeatures
) -> None:
    store, day = OverwritingStore(), date(2026, 2, 5)
    worker = Worker(store)
    store.write(day, {f"p{i}": {} for i in range(273)}, tag="v2_37features")
    worker.tag(day)
    store.write(day, {f"p{i}": {} for i in range(273)}, tag="v2_39features")
    assert len(store.read(day, worker.tag(day))) == 0  # of 273 that are there

    keys = [c for c in features.frame.columns if c not in catalogue()]
    why = [{k: v for k, v in w.items() if k in feature_set("v2_37")} for w in features.reasons]
    narrow = SlateFeatures(features.frame.select(*keys, *feature_set("v2_37")), why)
    before = build_snapshot(LAST, snapshot.as_of, 1, narrow)
    for frame in (before, snapshot):
        bare.write(partial(store_snapshot, snapshot=frame))
    with bare.reading() as r:
        for frame in (before, snapshot):
            assert load_snapshot(r, frame.snapshot_id).frame.equals(frame.frame)
        columns = r.query("SELECT * FROM features.snapshot").columns
    assert not [c for c in columns if "version" in c and c != "code_version"]


@pytest.mark.incident(3)
def test_a_wider_table_breaks_no_model_and_a_missing_column_is_named_when_it_is_loaded() -> None:
    have = definition_hashes()
    three_more = {f"new_{i}": "definition" for i in range(3)}
    names = {n: have[n] for n in V2_33}
    assert accepts("v2_33", 33, names, "v2_33")
    assert not accepts("v2_33", 33, names | three_more, "v2_33")  # though it reads none of them

    contract = make_contract({"points": V2_33}, have)
    assert check(contract, names | three_more) == []
    assert check(contract, dict(reversed(list(names.items())))) == []
    del names["team_pace"], names["pct_three"]
    with pytest.raises(ContractError, match="missing feature team_pace") as refused:
        require("catboost_v9", contract, names)
    assert sorted(refused.value.differences) == ["missing feature pct_three",
                                                 "missing feature team_pace"]  # fmt: skip


BUILD = """
import re, sys
from pathlib import Path
from tipoff.lake import Lake
from tipoff.features import slate_frame
for players in (27, 273):
    with Lake.open(sys.argv[1]) as lake, lake.reading() as r:
        rows = r.query(f'''
          SELECT b.game_id, b.player_key, b.team, b.opponent, b.home, b.game_date, b.season,
                 b.season_type AS game_type, b.tipoff
          FROM league.player_game b
          WHERE b.game_date BETWEEN DATE '2025-01-10' AND DATE '2025-01-12'
          ORDER BY b.tipoff, b.game_id, b.player_key LIMIT {players}''')
        seq = r.newest_seq()
        before = r.queries
        made = slate_frame(r, rows, as_of=rows["tipoff"].max(), seq=seq)
        print(made.frame.height, rows["game_id"].n_unique(), r.queries - before,
              # not ru_maxrss, which a process inherits from the one that started it
              1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]))
"""


@pytest.mark.long
@pytest.mark.incident(5)
def test_features_of_273_players_are_built_by_the_queries_that_build_27_in_a_bounded_memory(
    real_lake: Path,
) -> None:
    cap = int(1.2 * 1024**3)

    def process(words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, capture_output=True, text=True)

    assert "out of memory at player" in process(memory_of_old_build(cap)).stderr
    done = process([sys.executable, "-c", BUILD, str(real_lake)])
    assert done.returncode == 0, done.stderr
    few, all_ = (list(map(int, line.split())) for line in done.stdout.splitlines())
    assert (few[0], all_[0]) == (27, 273)
    assert few[1] < all_[1]
    assert few[2] == all_[2] < 273 / 2  # one per table it makes and drops, none per player or game
    assert all_[3] < cap


@pytest.mark.incident(10)
def test_a_pick_by_tipoffs_average_wins_half_the_time_where_one_that_sees_the_night_wins_most(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    games: dict[str, list[dict[str, Any]]] = {}
    for row in small_league.tables["player_game"]:
        games.setdefault(row["player_key"], []).append(row)
    frame = small.frame.filter(pl.col("points_avg_last_5").is_not_null())

    def hit_rate(averages: list[float]) -> float:
        """Of OVER or UNDER their season's mean, by which side of it the average lies."""
        wins = [
            (average > line) == (actual > line)
            for average, line, actual in zip(
                averages, frame["points_avg_season"], frame["y_points"], strict=True
            )
            if line is not None and average != line and actual != line
        ]
        return statistics.fmean(wins)

    keys = frame.select("player_key", "game_date").iter_rows()
    leaking = [average_through(games[key], day, games=2) or 0.0 for key, day in keys]
    assert hit_rate(leaking) > 0.7
    assert hit_rate(frame["points_avg_last_5"].to_list()) < 0.6

    day = START + timedelta(days=300)
    rows, as_of = tonight(small.frame, day)

    def other_results(row: dict[str, Any]) -> dict[str, Any]:
        return row | {"pts": 60 - row["pts"]} if row["game_date"] >= day else row

    with small_league.changed("player_game", other_results).store(tmp_path / "other") as lake:
        assert same(slate(lake, rows, as_of).frame, slate(small.lake, rows, as_of).frame)


@pytest.mark.incident(12)
def test_a_corrected_definition_is_another_snapshot_and_no_model_reads_what_the_old_one_left(
    snapshot: Snapshot, features: SlateFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = {"p": {"fg3a": 3, "fga": 10, "fgm": 4}}
    old, kept = lambda row: row["fg3a"] / row["fgm"], MaterialisedFeatures()
    assert kept.read(LAST, box, code=old) == {"p": 0.75}
    fixed = lambda row: row["fg3a"] / row["fga"]  # noqa: E731  the fix, and it is deployed
    assert kept.read(LAST, box, code=fixed) == {"p": 0.75}  # what is there is kept
    assert kept.read(LAST + timedelta(days=1), box, code=fixed) == {"p": 0.3}  # a jump in the data

    contract = make_contract({"points": V2_33}, definition_hashes())
    assert check(contract, snapshot.definitions) == []
    adopt(monkeypatch, redefined("pct_three"))  # even to the same numbers
    again = build_snapshot(LAST, snapshot.as_of, 1, features)
    assert again.frame.equals(snapshot.frame)
    assert again.snapshot_id != snapshot.snapshot_id
    trained_now = make_contract({"points": V2_33}, definition_hashes())
    (difference,) = check(trained_now, snapshot.definitions)
    assert difference.startswith("feature pct_three redefined")


@pytest.mark.incident(13)
@pytest.mark.parametrize(
    ("name", "stuck", "usual", "finding"),
    [("fatigue_score", 0.0, (92.0, 93.5, 91.0, 92.5, 93.0), "drift"),
     ("points_avg_last_5", 0.5, (), "variance"), ("team_win_pct", 0.5, (), "variance")],
)  # fmt: skip
def test_a_feature_stuck_at_one_value_blocks_the_snapshot_for_whoever_reads_it(
    snapshot: Snapshot, name: str, stuck: float, usual: tuple[float, ...], finding: str
) -> None:
    many, feature = widened(snapshot), catalogue()[name]
    frozen = held(many, name, stuck)
    assert within_range(frozen.frame[name].to_list(), feature.low, feature.high)

    def blocking(seen: Snapshot) -> set[str]:
        problems = batch_checks(seen, {name: usual})
        return {c.check for c in problems if c.blocks and c.feature == name}

    assert blocking(many) - {"variance"} == set()  # of the two teams of a small league
    assert finding in blocking(frozen)
    assert "range" in blocking(held(many, name, feature.high + 1))


@pytest.mark.incident(13)
def test_two_values_in_the_whole_slate_are_no_history_of_its_players(snapshot: Snapshot) -> None:
    half = pl.when(pl.col("team") == "AAA").then(10.0).otherwise(12.0).alias("points_avg_last_5")
    many = widened(snapshot)
    assert within_range(many.frame.select(half).to_series().to_list(), 0, 70)
    problems = batch_checks(replace(many, frame=many.frame.with_columns(half)), {})
    assert [(c.check, c.blocks) for c in problems if c.feature == "points_avg_last_5"] == [
        ("distinct", True)
    ]


@pytest.mark.incident(14)
def test_a_game_he_did_not_play_is_not_a_game_of_no_points(bare: Lake, folder: Folder) -> None:
    days = [date(2025, 1, d) for d in (1, 3, 5, 8, 9)]
    points = [20, 30, None, None, 10]
    rows = [{"pts": p} for p in points]
    assert average_of_all_rows(rows) == 12.0

    absent = {"minutes": 0.0, "pts": 0, "fgm": 0, "fga": 0, "did_not_play": True}
    folder.rows["schedule"] = [game(n, day) for n, day in enumerate(days, 1)]
    folder.rows["player_game"] = [
        box(n, day, "Al Able", "NYK", **({"pts": p, "fgm": p // 2} if p else absent))
        for n, (day, p) in enumerate(zip(days, points, strict=True), 1)
    ]
    folder.rows["schedule"].append(game(6, date(2025, 1, 11)))
    report = folder.take(bare)
    assert report.set_aside == 0
    assert features_of(bare, "alable")["points_avg_last_5"] == 20.0


def features_of(lake: Lake, player: str, day: date = date(2025, 1, 11)) -> dict[str, Any]:
    """A player's features as of one second before game 6."""
    tip = datetime.fromisoformat(f"{day}T23:30:00Z")
    row = {"game_id": "0022400006", "player_key": player, "team": "NYK", "opponent": "BOS",
           "home": True, "game_date": day, "season": "2024-25", "game_type": "regular",
           "tipoff": tip}  # fmt: skip
    with lake.reading() as r:
        rows = slate_frame(
            r, pl.DataFrame([row]), as_of=tip - timedelta(seconds=1), seq=r.newest_seq()
        )
    return rows.frame.to_dicts()[0] | {"why": rows.reasons[0]}


@pytest.mark.incident(15)
def test_a_row_without_any_matchup_is_null_there_with_a_reason_and_passes_no_gate(
    small: Built, snapshot: Snapshot
) -> None:
    matchup = [n for n in V2_33 if catalogue()[n].category == "matchup"]
    values: dict[str, float | None] = dict.fromkeys(V2_33, 1.0) | dict.fromkeys(matchup, None)
    assert averaged_quality(values) > 85

    stranger = tonight(small.frame, LAST)[0].head(1).with_columns(opponent=pl.lit("ZZZ"))
    rows = slate(small.lake, stranger, snapshot.as_of)
    bare = build_snapshot(LAST, snapshot.as_of, 1, rows)
    gone = [n for n in matchup if rows.frame[n][0] is None]
    assert {"opponent_def_rating", "opponent_pace", "pace_score"} <= set(gone)
    assert all(rows.reasons[0].get(n) for n in gone)  # not one default among them
    assert "opponent_pace" in str(gate(bare.quality(V2_33, REQUIRED), 0.0)[0])
    forgiving = bare.quality(V2_33, ())  # even for a model that required none of it
    optional = replace(forgiving, categories=forgiving.categories | {"matchup": np.array([40.0])})
    assert str(gate(optional, 85.0)[0]) == "matchup quality 40 is under 50"


@pytest.mark.incident(17)
def test_history_and_tonight_are_one_query_so_that_what_is_served_is_what_was_trained_on(
    small: Built,
) -> None:
    dice = np.random.default_rng(5)
    rising = dice.normal(0, 1, size=2000)  # whose role grows breaks out more often
    usage = 20 + rising[:, None] * np.linspace(-1, 1, 12) + dice.normal(0, 1.5, size=(2000, 12))
    breakout = dice.normal(0, 1, size=2000) + rising > 1
    nights = np.arange(2000) // 20
    good, bad = (
        clustered_auc(np.array([trend(list(games)) for games in usage]), breakout, nights)
        for trend in (trained_trend, served_trend)
    )
    assert good is not None
    assert bad is not None
    assert good.value > 0.7
    assert bad.value < 0.5  # worse than a coin: it bets on those whose role shrinks

    rows, as_of = tonight(small.frame, LAST)
    trained_on = small.frame.filter(pl.col("game_date") == LAST)
    assert same(slate(small.lake, rows, as_of).frame, trained_on)
    assert trained_on.height == rows.height > 10


@pytest.mark.incident(39)
def test_a_rookie_without_history_keeps_his_row_his_place_and_says_what_is_missing(
    small: Built,
) -> None:
    rows, as_of = tonight(small.frame, LAST)
    rookie = rows.head(1).with_columns(player_key=pl.lit("newcomer"))
    asked = pl.concat([rows.head(2), rookie, rows.tail(-2)])
    history = {key: {"form": 10.0} for key in rows["player_key"]}
    joined = joined_to_history(asked["player_key"].to_list(), history)
    assert len(joined) == asked.height - 1  # the join drops them
    assert all(row["player"] != "newcomer" for row in joined)

    snapshot = slate(small.lake, asked, as_of)
    assert snapshot.frame["player_key"].to_list() == asked["player_key"].to_list()
    assert snapshot.frame["points_avg_last_5"][2] is None
    assert snapshot.reasons[2]["points_avg_last_5"] == "no_history"
