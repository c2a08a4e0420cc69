"""Proof that a game a slate predicted was not played on that slate's date.

Only for a game the league does not list on that date: one seen in lines alone, or one whose own
schedule row has since moved to another date. A listed game without a result waits instead.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tipoff.grading.facts import Facts

PATIENCE = timedelta(days=7)
"""An unplayed pair that is not scheduled again is given up after this long."""


def postponed(facts: Facts, game_ids: pl.Series) -> pl.DataFrame:
    """A row per predicted game not listed on the slate's date.

    Columns: game_id, void (every scheduled game of the date is final, no box score holds the pair
    on that date, and the pair is scheduled later or seven days are gone), why (text), proof
    (JSON), later_game (id of the game that replaced it, null when none).

    Days are counted to the newest final game in the lake, not to today, so that the same rows
    always give the same answer; without a scheduled game on the date, only that count proves
    that the lake covers it.
    """
    away = facts.games.filter(
        pl.col("game_id").is_in(game_ids.unique().implode())
        & (pl.col("nba_game_id").is_null() | (pl.col("game_date") != facts.slate))
    ).select("game_id", *_pair("home", "away"))
    checked = away.join(_later(facts), on=["one", "two"], how="left")
    checked = checked.join(_played(facts), on=["one", "two"], how="left")
    return checked.with_columns(**_date(facts)).with_columns(why=_why()).select(
        "game_id", (pl.col("why") == "").alias("void"), "why", _proof(facts), "later_game"
    )  # fmt: skip


def _pair(a: str, b: str) -> tuple[pl.Expr, pl.Expr]:
    return pl.min_horizontal(a, b).alias("one"), pl.max_horizontal(a, b).alias("two")


def _later(facts: Facts) -> pl.DataFrame:
    listed = facts.games.filter(
        pl.col("nba_game_id").is_not_null() & (pl.col("game_date") > facts.slate)
    )
    return (
        listed.sort("game_date", "game_id")
        .select(*_pair("home", "away"), later_game="game_id", later_date="game_date")
        .unique(["one", "two"], keep="first", maintain_order=True)
    )


def _played(facts: Facts) -> pl.DataFrame:
    rows = facts.box.filter(pl.col("game_date") == facts.slate)
    pairs = rows.select(*_pair("team", "opponent"), played_game="game_id")
    return pairs.unique(["one", "two"], keep="first", maintain_order=True)


def _date(facts: Facts) -> dict[str, pl.Expr]:
    listed = facts.games.filter(
        pl.col("nba_game_id").is_not_null() & (pl.col("game_date") == facts.slate)
    )
    final = listed.filter(is_final()).height
    gone = (facts.newest_final - facts.slate).days if facts.newest_final else 0
    return {"listed": pl.lit(listed.height), "final": pl.lit(final), "gone": pl.lit(gone)}


def is_final() -> pl.Expr:
    """Whether a game's row says final and holds its score."""
    scored = pl.col("home_pts").is_not_null() & pl.col("away_pts").is_not_null()
    return (pl.col("status") == "final") & scored


def _why() -> pl.Expr:
    covered = (pl.col("listed") > 0) | (pl.col("gone") >= PATIENCE.days)
    waited = pl.col("later_game").is_not_null() | (pl.col("gone") >= PATIENCE.days)
    unfinished = pl.col("final") < pl.col("listed")
    return (
        pl.when(pl.col("played_game").is_not_null())
        .then(pl.format("the pair has a box score that night under {}", "played_game"))
        .when(unfinished)
        .then(pl.format("{} of {} games of the date are final", "final", "listed"))
        .when(~covered)
        .then(pl.lit("no game of that date is in the lake"))
        .when(~waited)
        .then(pl.lit("not played, not scheduled again, seven days not yet gone"))
        .otherwise(pl.lit(""))
    )


def _proof(facts: Facts) -> pl.Expr:
    return pl.struct(
        pl.lit("postponed").alias("kind"),
        pl.lit(facts.slate.isoformat()).alias("date"),
        pl.concat_list("one", "two").alias("pair"),
        pl.col("listed").alias("scheduled_games"),
        pl.col("final").alias("final_games"),
        pl.lit(0).alias("box_scores_of_pair"),
        pl.col("later_game").alias("scheduled_later_as"),
        pl.col("later_date").cast(pl.String).alias("scheduled_later_on"),
        pl.col("gone").alias("days_of_results_since"),
    ).struct.json_encode().alias("proof")  # fmt: skip
