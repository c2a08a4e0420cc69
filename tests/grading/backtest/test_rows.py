"""What a backtest reads of each player-game, and what it may learn from on a refit day."""

from dataclasses import replace
from datetime import timedelta

import polars as pl

from tests.grading.backtest.conftest import Case
from tipoff.grading.backtest.rows import Rows
from tipoff.grading.facts import NOW
from tipoff.lake import Lake
from tipoff.league.lines import consensus_sql


def test_every_row_is_as_of_a_moment_before_the_first_tip_of_its_date(rows: Rows) -> None:
    firsts = rows.frame.group_by("game_date").agg(
        early=pl.col("as_of").max() < pl.col("tipoff").min()
    )
    assert firsts["early"].all()


def test_a_box_score_that_came_in_after_the_first_slate_is_not_learned_from(case: Case) -> None:
    day = case.plan.start
    earlier = case.rows.before(day)
    assert earlier["game_date"].max() < day  # type: ignore[operator]
    late = case.rows.between(day, case.plan.end)["as_of"].min() + timedelta(seconds=1)  # type: ignore[operator]
    last = pl.col("game_id") == earlier["game_id"][-1]
    known = pl.when(last).then(pl.lit(late)).otherwise("known_at")
    changed = replace(case.rows, frame=case.rows.frame.with_columns(known_at=known), _days={})
    lost = earlier.height - changed.before(day).height
    assert lost == earlier.filter(last).height > 0


def test_the_hash_of_inputs_covers_features_and_no_outcome(rows: Rows) -> None:
    names = ["points_ewma_hl8"]
    other = Rows(rows.frame.with_columns(y_points=pl.col("y_points") + 1), rows.definitions)
    assert other.inputs(names) == rows.inputs(names)
    assert set(other.outcomes().values()).isdisjoint(rows.outcomes().values())
    day = rows.frame["game_date"][-1]
    moved = pl.when(pl.col("game_date") == day).then(0.123).otherwise("points_ewma_hl8")
    shifted = Rows(rows.frame.with_columns(points_ewma_hl8=moved), rows.definitions)
    changed = {d for d, h in shifted.inputs(names).items() if rows.inputs(names)[d] != h}
    assert changed == {day}
    assert shifted.outcomes() == rows.outcomes()


def test_the_line_is_the_consensus_of_what_was_known_at_as_of(league: Lake, case: Case) -> None:
    table = case.table.filter(model="ewma_hl8")
    with league.reading() as r:
        tips = case.rows.frame.select("game_id", "player_key", "tipoff")
        spine = table.filter(market="points").join(tips, on=["game_id", "player_key"])
        asked = spine.select("game_id", "player_key", "game_date", "tipoff", row_as_of="as_of")
        r.register("wanted", asked)
        params = {"as_of": NOW, "seq": r.newest_seq()}
        lines = r.query(f"SELECT * FROM {consensus_sql('wanted')}", params)
        r.unregister("wanted")
    keys = ["game_id", "player_key", "market"]
    both = table.join(lines.select(*keys, there="line"), on=keys, how="left")
    assert both["line"].drop_nulls().len() > 300
    assert both.filter(pl.col("line").ne_missing(pl.col("there"))).height == 0
