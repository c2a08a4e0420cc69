"""What differs between two sets of a slate: what they were made from, and what that did to whom."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.answers.causes import Causes, made_from
from tipoff.answers.sets import KEYS, NUMBERS, PredictionSet, find_run, stored_set
from tipoff.results.diff import Diff

if TYPE_CHECKING:
    from tipoff.lake import Reader

_TOLD = ("median", "line", "p_over")
Row = dict[str, Any]


def diff_runs(r: Reader, day: date, name_a: str, name_b: str) -> Diff:
    """Two published sets compared (`compare`); a name is a run id, its start, or a number.

    Raises NotFound or UsageError when a name means no run, or several.
    """
    a, b = find_run(r, day, name_a), find_run(r, day, name_b)
    return compare(r, day, stored_set(r, a), stored_set(r, b))


def compare(r: Reader, day: date, a: PredictionSet, b: PredictionSet) -> Diff:
    """Every prediction whose numbers differ and why, and every refusal gained or lost.

    `renamed` counts rows whose numbers are the same under another id, because as_of, code or an
    unread part of their inputs moved.
    """
    differs = made_from(r, a, b)
    causes = Causes.of(r, a, b, differs)
    rows = [_explained(row, causes) for row in _joined(a, b)]
    told = [row for row in rows if row["change"] != "renamed"]
    kinds = [row["change"] for row in rows]
    return Diff.model_validate({
        "date": day, "run_a": a.head.get("run_id"), "run_b": b.head.get("run_id"),
        **{kind: kinds.count(kind) for kind in ("added", "removed", "changed", "renamed")},
        "flipped": sum(row["flipped"] for row in told),
        "made_from": differs, "rows": told,
        "refusals_gained": _moved(b, a), "refusals_lost": _moved(a, b),
    })  # fmt: skip


def _joined(a: PredictionSet, b: PredictionSet) -> list[Row]:
    keys = list(KEYS)
    both = a.predictions.join(
        b.predictions, on=keys, how="full", suffix="_b", coalesce=True, maintain_order="left_right"
    )
    differs = pl.any_horizontal(
        pl.col(c).ne_missing(pl.col(f"{c}_b")) for c in (*NUMBERS, "prediction_id")
    )
    return both.filter(differs).sort("player_key", "market", "model").to_dicts()


def _explained(row: Row, causes: Causes) -> Row:
    """A row of the answer: both sides of what is told, what kind of change it is, and why."""
    change = _change(row)
    flipped = change == "changed" and row["recommendation"] != row["recommendation_b"]
    told: Row = {
        "change": change, "flipped": flipped,
        **{name: row[f"{name}_b"] if change == "added" else row[name]
           for name in ("player", "team", "role")},
        **{key: row[key] for key in KEYS},
        "id_a": row["prediction_id"], "id_b": row["prediction_id_b"],
        "pick_a": row["recommendation"], "pick_b": row["recommendation_b"],
    }  # fmt: skip
    told |= {f"{n}_{s}": row[n + x] for n in _TOLD for s, x in (("a", ""), ("b", "_b"))}
    return told | {"why": _why(row, change, flipped, causes)}


def _change(row: Row) -> str:
    if row["prediction_id"] is None:
        return "added"
    if row["prediction_id_b"] is None:
        return "removed"
    return "changed" if any(row[n] != row[f"{n}_b"] for n in NUMBERS) else "renamed"


def _why(row: Row, change: str, flipped: bool, causes: Causes) -> list[Row]:
    if change == "renamed":
        return []
    if change == "changed":
        return causes.of_change(row, flipped)
    return [causes.of_absence(row, change)]


def _moved(here: PredictionSet, there: PredictionSet) -> list[Row]:
    """Refusals of `here` that `there` has not, or has for another reason; by player and reason."""
    keys = list(KEYS)
    was = there.refusals.select(*keys, other="reason")
    shown = there.predictions.select(*keys, predicted=pl.lit(value=True))
    found = here.refusals.join(was, on=keys, how="left").join(shown, on=keys, how="left")
    moved = found.filter(pl.col("reason").ne_missing(pl.col("other")))
    elsewhere = (
        pl.when("predicted").then(pl.lit("predicted"))
        .when(pl.col("other").is_not_null()).then(pl.format("refused: {}", "other"))
        .otherwise(pl.lit("not expected"))
    )  # fmt: skip
    by = ["player", "player_key", "team", "reason", "elsewhere"]
    grouped = moved.with_columns(elsewhere=elsewhere).group_by(by).agg(
        pl.col("detail").min(), pl.col("market").unique().sort().alias("markets"),
        pl.col("model").unique().sort().alias("models"), pl.len().alias("forecasts"),
    )  # fmt: skip
    return grouped.sort(by, nulls_last=True).to_dicts()
