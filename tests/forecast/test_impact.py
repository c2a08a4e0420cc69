"""Which published predictions a source row reaches: lineage, read backwards."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.forecast.republished import Twice
from tipoff.errors import NotFound
from tipoff.features import catalogue, sources_of
from tipoff.features.lineage import reach_of
from tipoff.forecast.fact_scope import scopes_of
from tipoff.forecast.impact import find_fact, impact, published_runs
from tipoff.lake import Lake
from tipoff.results.impact import Impact


def asked(lake: Lake, fact: str, *, superseded: bool = False) -> Impact:
    with lake.reading() as r:
        return impact(r, fact, superseded=superseded)


def one(lake: Lake, sql: str, **params: Any) -> Any:
    with lake.reading() as r:
        return r.value(sql, params)


@pytest.mark.long
def test_the_farthest_source_row_of_every_kind_of_feature_reaches_the_player_by_that_feature(
    twice: Twice,
) -> None:
    """`sources_of` read backwards: of every kind of window, what it names the reach covers."""
    sql = """SELECT p.*, r.facts_seq FROM forecast.current_prediction p
             JOIN forecast.run r USING (run_id)
             WHERE model = 'catboost_v9' AND player_key = $player"""
    with twice.lake.reading() as r:
        mine = r.query(sql, {"player": twice.moved}).to_dicts()[0]
        at = {k: mine[k] for k in ("game_id", "player_key", "team", "opponent", "tipoff", "as_of")}
        expected: dict[str, set[str]] = {}
        kinds = {str(reach_of(name)): name for name in catalogue() if reach_of(name)}
        for name in kinds.values():
            for row in sources_of(r, name, **at, seq=mine["facts_seq"])[-1:]:
                expected.setdefault(row["fact_id"], set()).add(name)
        run = next(run for run in published_runs(r) if run.current)
        assert len(expected) > 5
        for fact, names in expected.items():
            read = find_fact(r, fact)
            assert read.in_force(run)
            scopes = [s for s in scopes_of(r, read, run) if s.holds(mine)]
            reached = {name for scope in scopes for name in scope.features}
            assert names <= reached, (read.table, names - reached)


def test_a_line_reaches_exactly_the_predictions_that_store_its_id(twice: Twice) -> None:
    sql = """SELECT fact_id FROM league.prop_line WHERE player_key = $p AND market = 'points'
             AND starts_with(fact_id, 'moved') ORDER BY fact_id"""
    fact = one(twice.lake, sql, p=twice.moved)
    impact = asked(twice.lake, fact)
    stored = """SELECT count(*) FROM forecast.current_prediction
                WHERE list_contains(line_ids, $fact)"""
    by_line = [row for row in impact.rows if "line" in row.how]
    assert len(by_line) == one(twice.lake, stored, fact=fact) > 0
    assert {row.market for row in by_line} == {"points"}
    assert impact.by_way["line"] == len(by_line)
    champion = next(row for row in by_line if row.model == "catboost_v9")
    assert "vegas_points_line" in champion.how
    assert {row.player for row in impact.rows} == {champion.player}


def test_a_line_that_moved_reaches_by_id_only_the_superseded_set(twice: Twice) -> None:
    sql = """SELECT min(fact_id) FROM league.prop_line WHERE player_key = $p AND market = 'points'
             AND is_main_line AND game_date = $d AND NOT starts_with(fact_id, 'moved')"""
    fact = one(twice.lake, sql, p=twice.moved, d=twice.day)
    now, ever = asked(twice.lake, fact), asked(twice.lake, fact, superseded=True)
    assert "line" not in now.by_way
    assert "vegas_opening_line" in {name for row in now.rows for name in row.how}
    assert ever.by_way["line"] > 0
    assert [s.seq for s in ever.slates] == [1, 2]


def test_a_status_reaches_the_refusals_it_caused_and_not_the_set_before_it(twice: Twice) -> None:
    impact = asked(twice.lake, "ruledout", superseded=True)
    assert [s.seq for s in impact.slates] == [2]
    refused = one(twice.lake, "SELECT count(*) FROM forecast.current_refusal"
                              " WHERE player_key = $p", p=twice.out)  # fmt: skip
    assert impact.slates[0].refusals == refused > 0


def test_a_box_score_of_the_night_itself_or_later_reaches_nothing(twice: Twice) -> None:
    sql = "SELECT min(fact_id) FROM league.player_game WHERE game_date >= $d AND minutes > 0"
    impact = asked(twice.lake, one(twice.lake, sql, d=twice.day), superseded=True)
    assert (impact.predictions, impact.slates) == (0, ())


def test_a_box_score_of_a_season_ago_reaches_only_what_reaches_back_without_end(
    twice: Twice,
) -> None:
    sql = """SELECT fact_id FROM league.player_game WHERE player_key = $p AND minutes > 0
             ORDER BY tipoff LIMIT 1"""
    impact = asked(twice.lake, one(twice.lake, sql, p=twice.moved))
    names = {name for row in impact.rows for name in row.how}
    assert "points_ewma_hl8" in names
    assert not names & {"plan", "points_avg_last_5", "points_avg_season"}


def test_a_corrected_row_no_longer_reaches_sets_made_after_its_correction(published: Lake) -> None:
    sql = """SELECT fact_id FROM league.player_game WHERE minutes > 20
             AND game_date < (SELECT max(slate) FROM forecast.publication)
             ORDER BY game_date DESC, fact_id LIMIT 1"""
    fact = one(published, sql)
    assert asked(published, fact).predictions > 0
    with published.reading() as r:
        row = r.query("SELECT * EXCLUDE (recorded_seq) FROM league.player_game"
                      " WHERE fact_id = $f", {"f": fact})  # fmt: skip
    better = row.with_columns(pl.lit("better").alias("fact_id"))
    published.write(lambda w: w.append("league.player_game", better))
    with published.reading() as r:
        old, runs = find_fact(r, fact), published_runs(r)
    assert len(old.corrected) == 1
    assert old.in_force(runs[0]), "the set was made before"
    later = [type(runs[0])(**{**vars(runs[0]), "facts_seq": old.corrected[0][0]})]
    assert not old.in_force(later[0])


def test_the_game_that_sets_the_slates_moment_reaches_all_of_it(twice: Twice) -> None:
    sql = "SELECT fact_id FROM league.game WHERE game_date = $d ORDER BY tipoff LIMIT 1"
    impact = asked(twice.lake, one(twice.lake, sql, d=twice.day))
    assert impact.predictions == one(twice.lake, "SELECT count(*) FROM forecast.current_prediction")
    assert impact.by_way == {"plan": impact.predictions}


def test_what_no_prediction_reads_reaches_none(twice: Twice) -> None:
    impact = asked(twice.lake, one(twice.lake, "SELECT min(fact_id) FROM league.official"))
    assert (impact.table, impact.predictions) == ("league.official", 0)


@pytest.mark.parametrize("fact", ["nosuchrow", "", "0"])
def test_an_id_of_no_row_or_of_several_is_refused(twice: Twice, fact: str) -> None:
    with pytest.raises(NotFound):
        asked(twice.lake, fact)
