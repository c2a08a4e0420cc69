"""What became of each prediction: played, void with its proof, or still pending. Never a guess.

A prediction is conditional on playing, so an unplayed game is no loss: it is void once proven,
and waits until then. Three states, in this order:

played   the game's row on the slate's date is final with its score, and their row has minutes > 0.
void     dnp: that game is final and they have no row with minutes > 0 for either team, and either
         an explicit did_not_play row or a complete box score of their team; or postponed
         (grading/postponed.py).
pending  anything else, with the reason. Never stored.
"""

from __future__ import annotations

import polars as pl

from tipoff.gates import gate
from tipoff.grading.facts import Facts
from tipoff.grading.postponed import is_final, postponed
from tipoff.markets import MARKETS

FULL_MINUTES = 239.0
"""A team plays 5 x 48 minutes; sources round each row, so 239 and more is whole."""

SHORT_OF_OPPONENT = 3.0
"""Both teams play equally long: further behind than this, an overtime box score lacks someone."""


@gate(
    "void proof", protects="every grade",
    on_error="no grade is stored", on_null="what is unknown stays pending",
)  # fmt: skip
def settle(predictions: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """Add state, outcome, actual, reason, proof and evidence to predictions, in their order.

    Reads game_id, player_key, team, market, line, recommendation. outcome: hit, miss or push of
    a pick, `no_pick` (PASS, NO_LINE: graded all the same), void, pending. evidence lists the
    outcome rows as fact_id@recorded_seq: a corrected row changes it. proof is JSON, null while
    pending; reason is text, null unless void or pending.
    """
    rows = predictions.with_row_index("_row")
    for frame, on in _joined(facts, predictions["game_id"]):
        rows = rows.join(frame, on=on, how="left", maintain_order="left")
    rows = rows.with_columns(_here=_here(facts), _final=is_final().fill_null(value=False))
    rows = rows.with_columns(_moved=pl.col("_postponed").fill_null(value=False))
    rows = rows.with_columns(_state()).with_columns(
        pl.when(pl.col("state") == "played").then("_count").alias("actual"),
    )
    rows = rows.with_columns(_outcome(), _reason(), _proof(), _evidence())
    kept = [*predictions.columns, "state", "outcome", "actual", "reason", "proof", "evidence"]
    return rows.sort("_row").select(kept)


def _joined(facts: Facts, game_ids: pl.Series) -> list[tuple[pl.DataFrame, list[str]]]:
    games = facts.games.select(
        "game_id", "game_date", "status", "home_pts", "away_pts",
        _game_fact=pl.format("{}@{}", "fact_id", "recorded_seq"),
    )  # fmt: skip
    moved = postponed(facts, game_ids).rename(
        {"void": "_postponed", "why": "_waits", "proof": "_postponed_proof", "later_game": "_later"}
    )
    return [
        (games, ["game_id"]),
        (_his_row(facts.box), ["game_id", "player_key"]),
        (_counts(facts.box), ["game_id", "player_key", "market"]),
        (_teams(facts.box), ["game_id", "team"]),
        (moved, ["game_id"]),
    ]


def _his_row(box: pl.DataFrame) -> pl.DataFrame:
    return box.select(
        "game_id", "player_key", _minutes="minutes", _dnp="did_not_play", _played_for="team",
        _player_fact=pl.format("{}@{}", "fact_id", "recorded_seq"),
    )  # fmt: skip


def _counts(box: pl.DataFrame) -> pl.DataFrame:
    return box.unpivot(
        list(MARKETS), index=["game_id", "player_key"], variable_name="market", value_name="_count"
    )


def _teams(box: pl.DataFrame) -> pl.DataFrame:
    played = box.filter(pl.col("minutes") > 0)
    teams = played.group_by("game_id", "team", "opponent").agg(
        pl.col("minutes").sum().round(3).alias("_team_minutes"),
        pl.len().alias("_team_rows"),
        pl.col("recorded_seq").max().alias("_team_seq"),
    )
    other = teams.select("game_id", opponent="team", _other_minutes="_team_minutes")
    return teams.join(other, on=["game_id", "opponent"], how="left").drop("opponent")


def _here(facts: Facts) -> pl.Expr:
    return (pl.col("game_date") == facts.slate).fill_null(value=False)


def _complete() -> pl.Expr:
    enough = pl.col("_team_minutes") >= FULL_MINUTES
    behind = pl.col("_other_minutes").fill_null(0.0) - pl.col("_team_minutes")
    return (enough & (behind <= SHORT_OF_OPPONENT)).fill_null(value=False)


def _state() -> pl.Expr:
    over = pl.col("_final") & pl.col("_here")
    minutes = pl.col("_minutes")
    played = over & (minutes > 0) & pl.col("_count").is_not_null()
    said = pl.col("_dnp").fill_null(value=False)
    no_row = pl.col("_player_fact").is_null() | (minutes == 0) | (minutes.is_null() & said)
    void = (over & no_row & (said | _complete())) | pl.col("_moved")
    return (
        pl.when(played).then(pl.lit("played")).when(void).then(pl.lit("void"))
        .otherwise(pl.lit("pending")).alias("state")
    )  # fmt: skip


def _outcome() -> pl.Expr:
    picked = pl.col("recommendation").is_in(["OVER", "UNDER"]) & pl.col("line").is_not_null()
    over = pl.col("actual") > pl.col("line")
    won = over == (pl.col("recommendation") == "OVER")
    return (
        pl.when(pl.col("state") != "played").then("state")
        .when(~picked).then(pl.lit("no_pick"))
        .when(pl.col("actual") == pl.col("line")).then(pl.lit("push"))
        .when(won).then(pl.lit("hit")).otherwise(pl.lit("miss")).alias("outcome")
    )  # fmt: skip


def _reason() -> pl.Expr:
    minutes = pl.col("_team_minutes").fill_null(0.0)
    pending = (
        pl.when(pl.col("_waits").is_not_null()).then("_waits")
        .when(pl.col("game_date").is_null()).then(pl.lit("the game is not in the lake"))
        .when(~pl.col("_final")).then(pl.lit("the game is not final"))
        .when(pl.col("_team_minutes").is_null()).then(pl.lit("the box score is missing"))
        .when(pl.col("_player_fact").is_not_null() & (pl.col("_minutes").is_null()
              | (pl.col("_minutes") > 0)))
        .then(pl.lit("the player's row lacks minutes or the count"))
        .otherwise(pl.format("the box score is not whole: {} team minutes", minutes))
    )  # fmt: skip
    void = pl.when("_moved").then(pl.lit("game not played")).otherwise(pl.lit("did not play"))
    return (
        pl.when(pl.col("state") == "void").then(void)
        .when(pl.col("state") == "pending").then(pending).alias("reason")
    )  # fmt: skip


def _proof() -> pl.Expr:
    row = pl.struct(
        pl.lit("box_score").alias("kind"), pl.col("_player_fact").alias("row"),
        pl.col("_game_fact").alias("game"), pl.col("_minutes").alias("minutes"),
        pl.col("_played_for").alias("team"),
    ).struct.json_encode()  # fmt: skip
    dnp = pl.struct(
        pl.lit("dnp").alias("kind"), pl.col("_game_fact").alias("game"), "team",
        pl.col("_team_minutes").alias("team_minutes"), pl.col("_team_rows").alias("team_rows"),
        pl.col("_player_fact").alias("player_row"), pl.lit(0).alias("rows_with_minutes"),
    ).struct.json_encode()  # fmt: skip
    void = pl.when("_moved").then("_postponed_proof")
    return (
        pl.when(pl.col("state") == "played").then(row)
        .when(pl.col("state") == "void").then(void.otherwise(dnp)).alias("proof")
    )  # fmt: skip


def _evidence() -> pl.Expr:
    blank = pl.lit("-")
    parts = [
        pl.col("_game_fact").fill_null(blank),
        pl.col("_player_fact").fill_null(blank),
        pl.when(pl.col("state") == "void").then(
            pl.format("{}/{}", pl.col("_team_seq").cast(pl.String).fill_null(blank),
                      pl.col("_later").fill_null(blank))
        ).otherwise(blank),
    ]  # fmt: skip
    return pl.concat_list(parts).alias("evidence")
