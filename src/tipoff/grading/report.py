"""What `tipoff grade` answers: counts, voids with their proof, and what still waits and why."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl

from tipoff.results.grading import GradeReport


def summarise(
    slate: date, sets: pl.DataFrame, settled: pl.DataFrame, new: int, *, simulated: bool
) -> GradeReport:
    """The report of settled predictions (grading/grade.py) of all published sets."""
    current = settled.filter("current")
    live = int(current["live"].sum())
    return GradeReport.model_validate({
        "date": slate, "simulated": simulated, "new": new, "live": live,
        "backfill": current.height - live, "sets": _sets(sets, settled),
        "outcomes": _outcomes(current), "markets": _markets(current), "voids": _voids(current),
        "pending": _pending(current),
    })  # fmt: skip


def _sets(sets: pl.DataFrame, settled: pl.DataFrame) -> list[dict[str, Any]]:
    counts = settled.group_by("run_id").agg(
        pl.len().alias("predictions"),
        pl.col("live").sum(),
        (pl.col("state") == "pending").sum().alias("pending"),
    )
    listed = sets.select("run_id", "seq", "current").join(counts, on="run_id", how="left")
    return listed.sort("seq").fill_null(0).to_dicts()


def _outcomes(current: pl.DataFrame) -> dict[str, int]:
    counts = current.group_by("outcome").len()
    by_outcome = dict(zip(counts["outcome"].to_list(), counts["len"].to_list(), strict=True))
    names = ("hit", "miss", "push", "no_pick", "void", "pending")
    return {name: int(by_outcome.get(name, 0)) for name in names}


def _markets(current: pl.DataFrame) -> list[dict[str, Any]]:
    def lined(state: str) -> pl.Expr:
        chosen = pl.col("line").is_not_null() & (pl.col("state") == state)
        return pl.col("player_key").filter(chosen).n_unique()

    return current.group_by("market").agg(
        pl.len().alias("predictions"),
        pl.col("player_key").filter(pl.col("line").is_not_null()).n_unique().alias("lined_players"),
        lined("played").alias("lined_graded"), lined("void").alias("lined_void"),
        lined("pending").alias("lined_pending"),
    ).sort("market").to_dicts()  # fmt: skip


def _voids(current: pl.DataFrame) -> list[dict[str, Any]]:
    players = _by_player(current.filter(pl.col("state") == "void"))
    return [row | {"proof": json.loads(row["proof"])} for row in players.to_dicts()]


def _pending(current: pl.DataFrame) -> list[dict[str, Any]]:
    players = _by_player(current.filter(pl.col("state") == "pending"))
    return players.drop("proof").to_dicts()


def _by_player(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["game_id", "player_key", "player", "team", "reason"]
    return rows.group_by(keys).agg(
        pl.col("proof").first(), pl.len().alias("predictions")
    ).sort(keys)  # fmt: skip
