"""One complete prediction set, stored or only built, in the form in which sets are compared."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.errors import NotFound, UsageError
from tipoff.features import load_snapshot

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.forecast.publish import RunSet
    from tipoff.lake import Reader

KEYS = ("game_id", "player_key", "market", "model")
NUMBERS = ("model_id", "line", "median", "mean", "p10", "p90", "p_over", "over_price",
           "under_price", "edge", "quality", "recommendation")  # fmt: skip
"""What a reader sees of a prediction: two with the same numbers are unchanged."""
SHOWN = (*KEYS, "player", "team", "role", "prediction_id", "line_ids", "books", *NUMBERS)
REFUSAL = (*KEYS, "player", "team", "reason", "detail")
HEAD = ("run_id", "as_of", "snapshot_id", "facts_seq", "code_version", "mode", "settings", "models",
        "expected", "predicted", "refused")  # fmt: skip


@dataclass(frozen=True)
class PredictionSet:
    """`head`: HEAD of the run, empty for no set at all. `predictions`: SHOWN. `refusals`: REFUSAL.
    `snapshot`: the features it was made from, None for no set."""

    head: Mapping[str, Any]
    predictions: pl.DataFrame
    refusals: pl.DataFrame
    snapshot: Snapshot | None


def stored_set(r: Reader, run: str) -> PredictionSet:
    """The set of a run, as committed."""
    head = r.query(f"SELECT {', '.join(HEAD)} FROM forecast.run WHERE run_id = $run", {"run": run})
    rows, refused = (
        r.query(
            f"SELECT {', '.join(names)} FROM forecast.{table} WHERE run_id = $run", {"run": run}
        )
        for table, names in (("prediction", SHOWN), ("refusal", REFUSAL))
    )
    row = head.to_dicts()[0]
    snapshot = load_snapshot(r, row["snapshot_id"], verify=False)
    return PredictionSet(row, rows, refused, snapshot)


def built_set(made: RunSet) -> PredictionSet:
    """A set that was built and not published."""
    head = {name: made.run[name] for name in HEAD}
    return PredictionSet(
        head, made.predictions.select(SHOWN), made.refusals.select(REFUSAL), made.snapshot
    )


def no_set(like: PredictionSet) -> PredictionSet:
    """What is shown before a first publication: nothing, in the columns of another set."""
    return PredictionSet({}, like.predictions.clear(), like.refusals.clear(), None)


def find_run(r: Reader, day: date, name: str) -> str:
    """A run of the slate by its id, an unambiguous beginning of it, or a publication's number.

    Raises NotFound or UsageError naming the runs there are.
    """
    sql = """SELECT seq, run_id FROM forecast.publication WHERE slate = $day ORDER BY seq"""
    published = r.rows(sql, {"day": day})
    if re.fullmatch(r"[0-9]{1,9}", name):
        found = {run for seq, run in published if seq == int(name)}
    else:
        found = {run for _, run in published if name and run.startswith(name)}
    known = ", ".join(f"{seq}={run}" for seq, run in published) or "none"
    if not found:
        raise NotFound(f"no run {name!r} of {day}", f"published: {known}")
    if len(found) > 1:
        raise UsageError(f"{name!r} means several runs of {day}", f"published: {known}")
    return str(found.pop())


def names_read(r: Reader, model_ids: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Model id -> market -> the features it reads, from the stored contracts."""
    sql = """SELECT model_id, manifest FROM models.version
             WHERE list_contains($ids::VARCHAR[], model_id)"""
    rows = r.rows(sql, {"ids": sorted(model_ids)})
    return {model: json.loads(text)["contract"]["names"] for model, text in rows}
