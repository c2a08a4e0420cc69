"""Grading a slate: settle every published set of it, score what is proven, store only what is new.

A grade names the rows it was made from, so grading twice stores nothing and a corrected box
score adds a newer grade beside the old one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tipoff.errors import NotFound
from tipoff.gates import gate
from tipoff.grading.facts import Facts, load_facts
from tipoff.grading.outcomes import settle
from tipoff.grading.report import summarise
from tipoff.grading.scores import SCORES, score
from tipoff.hashing import content_id
from tipoff.results.grading import GradeReport

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader, Writer

_STORED = (
    "grade_id", "slate", "run_id", "prediction_id", "game_id", "player_key", "market", "model",
    "outcome", "actual", "proof", "live", "backfill", *SCORES,
)  # fmt: skip

_SETS = """
  SELECT run_id, any_value(slate) AS slate, max(seq)::INT AS seq,
         min(committed_at) AS committed_at, max(seq) = max(max(seq)) OVER () AS current
  FROM forecast.publication WHERE slate = $day GROUP BY run_id"""


def grade(
    lake: Lake, slate: date, progress: Callable[[str], None] = lambda _text: None
) -> GradeReport:
    """Grade all published sets of a slate by the latest facts, in one commit.

    A prediction is `live` when its set was committed, and its as_of lies, before the game's
    tip-off (the earlier of the one it was made with and the one known now); else `backfill`.
    Raises NotFound when the slate was never published.
    """
    progress(f"settling {slate}")
    with lake.reading() as r:
        sets = _published(r, slate)
        if not sets.height:
            raise NotFound(f"{slate} was never published", f"tipoff run {slate}")
        predictions = _predictions(r, slate)
        facts = load_facts(r, slate, predictions["game_id"].unique().sort().to_list())
        settled = _identified(settle(predictions, facts), facts)
        fresh = _fresh(r, settled)
    progress(f"scoring {fresh.height} predictions")
    scored = score(fresh).select(_STORED)
    new = lake.write(lambda w: _append(w, scored)) if scored.height else 0
    return summarise(slate, sets, settled, new, simulated=lake.simulated)


def _published(r: Reader, slate: date) -> pl.DataFrame:
    return r.query(f"SELECT * FROM ({_SETS}) ORDER BY seq", {"day": slate})


def _predictions(r: Reader, slate: date) -> pl.DataFrame:
    sql = f"""
      SELECT run_id, prediction_id, game_id, player_key, player, team, market, model, as_of,
             tipoff, mean, median, line, p_over, p_push, over_price, under_price, recommendation,
             s.slate, s.committed_at, s.current
      FROM forecast.prediction JOIN ({_SETS}) s USING (run_id)
      ORDER BY run_id, prediction_id"""
    return r.query(sql, {"day": slate})


@gate(
    "live record", protects="the live record",
    on_error="no grade is stored", on_null="an unknown moment is not before tip-off: backfill",
)  # fmt: skip
def _identified(settled: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    known = facts.games.filter(pl.col("game_date") == facts.slate)
    tips = known.select("game_id", _tip="tipoff")
    rows = settled.join(tips, on="game_id", how="left", maintain_order="left")
    tip = pl.min_horizontal("tipoff", "_tip")
    live = ((pl.col("committed_at") < tip) & (pl.col("as_of") < tip)).fill_null(value=False)
    names = ["prediction_id", "run_id", "outcome", "actual", "evidence"]
    ids = [content_id("grade", row) for row in rows.select(names).iter_rows()]
    return rows.with_columns(
        pl.Series("grade_id", ids, dtype=pl.String), live=live, backfill=~live
    ).drop("_tip")


def _fresh(r: Reader, settled: pl.DataFrame) -> pl.DataFrame:
    proven = settled.filter(pl.col("state") != "pending")
    fresh = _unstored(r, proven)
    if not fresh.height:
        return fresh.with_columns(pmf=pl.lit(None, pl.List(pl.Float64)))
    r.register("fresh_grades", fresh.select("run_id", "prediction_id"))
    pmfs = r.query(
        "SELECT run_id, prediction_id, pmf FROM forecast.prediction"
        " SEMI JOIN fresh_grades USING (run_id, prediction_id)"
    )
    r.unregister("fresh_grades")
    keys = ["run_id", "prediction_id"]
    return fresh.join(pmfs, on=keys, how="left", maintain_order="left")


def _unstored(r: Reader, rows: pl.DataFrame) -> pl.DataFrame:
    days = rows["slate"].unique().to_list()
    sql = "SELECT grade_id FROM grading.grade WHERE slate IN (SELECT unnest($days::DATE[]))"
    return rows.join(r.query(sql, {"days": days}), on="grade_id", how="anti")


def _append(w: Writer, scored: pl.DataFrame) -> int:
    # Another grader may have committed since the reading: what it stored is not stored twice.
    return w.append("grading.grade", _unstored(w, scored), key=("grade_id",))
