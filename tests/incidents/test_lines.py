"""Lines and identity: whose line, of which game, as of when, and none where there is none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import tipoff
from tests.grading.test_outcomes import BOTH, GAME, facts, settled
from tests.grading.test_outcomes import row as box_row
from tests.incidents.conftest import Evening
from tests.incidents.old_pipeline import (
    Warehouse,
    id_of_features,
    id_of_lines,
    lines_one_by_one,
)
from tests.incidents.old_system import graded, line_or_placeholder, match_to_box_score, newest_line
from tests.sources.folders import FIRST, SECOND, Folder, box, game_line, line
from tipoff.forecast.lines import consensus
from tipoff.forecast.recommend import recommend
from tipoff.lake import Lake
from tipoff.models.pmf import negative_binomial
from tipoff.settings import Settings

TIP = datetime(2025, 1, 10, 23, 30, tzinfo=UTC)


def consensus_of(lake: Lake, *players: str, as_of: datetime | None = None) -> dict[str, Any]:
    """Player -> their points line in the second game as of one second before tip-off."""
    asked = pl.DataFrame(
        [{"game_id": "0022400002", "player_key": p, "game_date": SECOND, "tipoff": TIP}
         for p in players]
    )  # fmt: skip
    moment = as_of or TIP - timedelta(seconds=1)
    with lake.reading() as r:
        lines = consensus(r, asked, moment, r.newest_seq(), Settings())
    return {row["player_key"]: row["line"] for row in lines.to_dicts()}


@pytest.mark.incident(4)
def test_the_lines_of_everybody_are_one_query_however_many_players_there_are(
    evening: Evening,
) -> None:
    players = [f"p{i}" for i in range(136)]
    warehouse = Warehouse([{"player": p, "line": 20.5} for p in players])
    assert lines_one_by_one(warehouse, players) == dict.fromkeys(players, 20.5)  # rightly, but
    assert warehouse.queries == 136
    assert 6 * 60 < warehouse.seconds < 9 * 60  # and the workers had long given up
    ten = Warehouse(warehouse.rows)
    lines_one_by_one(ten, players[:10])
    assert ten.seconds == warehouse.seconds * 10 / 136

    with evening.lake.reading() as r:
        everybody = r.query(
            "SELECT DISTINCT game_id, player_key, DATE '2025-01-02' AS game_date, tipoff"
            " FROM forecast.prediction"
        )
        asked, seq = [], r.newest_seq()
        for few in (everybody.head(1), everybody):
            before = r.queries
            lines = consensus(r, few, evening.at(2), seq, Settings())
            asked.append((r.queries - before, lines["player_key"].n_unique()))
    assert [queries for queries, _ in asked] == [1, 1]
    assert asked[1][1] > 30


@pytest.mark.incident(11)
def test_a_quote_taken_during_the_game_is_kept_and_never_read_as_the_line_before_it(
    bare: Lake, folder: Folder
) -> None:
    before, during = f"{SECOND}T22:00:00Z", f"{SECOND}T23:55:00Z"
    quotes = [
        line(SECOND, "Al Able", line=18.5, snapshot_time=before),
        line(SECOND, "Al Able", line=31.5, snapshot_time=during),
    ]
    assert newest_line(quotes) == 31.5  # they had scored 13 by then

    folder.rows["prop_lines"] = quotes
    folder.take(bare)
    assert consensus_of(bare, "alable") == {"alable": 18.5}
    assert consensus_of(bare, "alable", as_of=TIP + timedelta(hours=1)) == {"alable": 18.5}
    with bare.reading() as r:
        kept = r.rows("SELECT line, late FROM league.prop_line ORDER BY line")
    assert kept == [(18.5, False), (31.5, True)]


@pytest.mark.incident(28)
def test_a_game_has_one_id_whichever_way_round_its_teams_are_named(
    bare: Lake, folder: Folder
) -> None:
    away_first = id_of_features(SECOND, "NYK", "BOS")
    rows = {(away_first, p): 21.0 for p in ("alable", "bobaker")}
    lines = {(id_of_lines(SECOND, "NYK", "BOS"), p): 18.5 for p in ("alable", "bobaker")}
    assert {key: lines[key] for key in rows if key in lines} == {}  # both are there, none joins
    assert away_first == id_of_lines(SECOND, home="BOS", away="NYK")  # the same night elsewhere

    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able"),
        line(SECOND, "Bo Baker", event_home="BOS", event_away="NYK"),
        line(SECOND, "Bo Baker", event_home="Boston Celtics", event_away="Knicks", bookmaker="b"),
    ]
    folder.rows["game_lines"] = [game_line(SECOND, home="BOS", away="NYK")]
    folder.take(bare)
    with bare.reading() as r:
        ids = {
            table: r.rows(f"SELECT DISTINCT game_id FROM league.{table}"
                          f" WHERE game_date = DATE '{SECOND}'")
            for table in ("game", "prop_line", "game_line", "player_game", "team_game")
        }  # fmt: skip
        sql = f"SELECT display_id FROM league.game WHERE game_date = DATE '{SECOND}'"
        display_id = r.value(sql)
    assert set(map(str, ids.values())) == {"[('0022400002',)]"}
    assert display_id == away_first
    sources = [p.read_text("utf-8") for p in Path(tipoff.__file__).parent.rglob("*.*")
               if p.suffix in (".py", ".sql")]  # fmt: skip
    names = [n for text in sources for n in re.findall(r"'%Y%m%d'\) \|\| '_'", text)]
    assert len(names) == 1  # in one place


@pytest.mark.incident(30)
def test_a_line_that_does_not_exist_is_absent_and_a_real_line_of_20_is_graded(
    bare: Lake, folder: Folder
) -> None:
    lines = [line_or_placeholder(None), line_or_placeholder(20.0)]
    assert [graded(number, 24.0) for number in lines] == [None, None]

    folder.rows["prop_lines"] = [line(SECOND, "Al Able", line=20.0)]
    folder.take(bare)
    real = consensus_of(bare, "alable", "bobaker")
    assert real == {"alable": 20.0}
    pmf = negative_binomial(np.array([24.0, 24.0]), 2.0, 90)
    quoted = np.array([np.nan if real.get(p) is None else real[p] for p in ("alable", "bobaker")])
    nothing = np.full(2, np.nan)
    picks = recommend(pmf, quoted, nothing, nothing, Settings())
    assert picks.recommendation == ["OVER", "NO_LINE"]
    assert np.isnan([picks.p_over[1], picks.edge[1], picks.ev[1]]).all()
    night = facts([GAME], [*BOTH, box_row("player", points=24.0)])
    real, none = (
        settled(night, line=line, recommendation=pick)["outcome"]
        for line, pick in ((20.0, "OVER"), (None, "NO_LINE"))
    )
    assert (real, none) == ("hit", "no_pick")


@pytest.mark.incident(36)
def test_a_line_is_matched_before_the_game_to_one_player_or_reported_and_never_guessed(
    bare: Lake, folder: Folder
) -> None:
    played = ["aletwin", "bobaker"]  # of the night itself: Al Able sat out
    assert match_to_box_score("Al Able", played) is None  # the DNP loses its line
    assert match_to_box_score("Abe Twin", played) == "aletwin"  # and Abe's goes to Ale

    twins = [box(1, FIRST, "Ale Twin", "NYK"), box(1, FIRST, "Abe Twin", "BOS")]
    tonight = [row for row in folder.rows["player_game"] if row["game_date"] == SECOND]
    before = [row for row in folder.rows["player_game"] if row["game_date"] == FIRST]
    sat_out = [row for row in tonight if row["player_name"] != "Al Able"]
    folder.rows["player_game"] = [*before, *twins, *sat_out, box(2, SECOND, "Ale Twin", "NYK")]
    folder.rows["prop_lines"] = [
        line(SECOND, name) for name in ("Al Able", "Abe Twin", "A. Twin", "Z. Ghost")
    ] + [line(SECOND, "Ale Twin", event_home="MIA", event_away="ORL")]
    report = folder.take(bare)
    with bare.reading() as r:
        resolved = {name: (key, game) for name, key, game in r.rows(
            "SELECT player_name, player_key, game_id FROM league.prop_line")}  # fmt: skip
    assert resolved == {
        "Al Able": ("alable", "0022400002"),
        "Abe Twin": ("abetwin", "0022400002"),
        "A. Twin": (None, "0022400002"),  # two could be meant
        "Z. Ghost": (None, "0022400002"),
        "Ale Twin": ("aletwin", "20250110_ORL_MIA"),  # an event of its own, not the nearest game
    }
    assert report.unresolved["prop_line player"] == 2
    assert report.line_only_games == 1
