"""One complete prediction set, stored or only built, in the form in which sets are compared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.features import load_snapshot
from tipoff.forecast.assess import MODES
from tipoff.settings import Settings

if TYPE_CHECKING:
    from tipoff.features import Snapshot
    from tipoff.lake import Reader

KEYS = ("game_id", "player_key", "market", "model")
NUMBERS = ("model_id", "line", "median", "mean", "p10", "p90", "p_over", "over_price",
           "under_price", "edge", "quality", "recommendation")  # fmt: skip
"""What a reader sees of a prediction: two with the same numbers are unchanged."""
PREDICTION = (*KEYS, "player", "team", "role", "prediction_id", "line_ids", "books", *NUMBERS)
REFUSAL = (*KEYS, "player", "team", "reason", "detail")
HEAD = ("run_id", "as_of", "snapshot_id", "facts_seq", "code_version", "mode", "settings", "models",
        "expected", "predicted", "refused")  # fmt: skip


@dataclass(frozen=True)
class PredictionSet:
    """`head`: HEAD of the run, empty for no set at all. `predictions` and `refusals`: frames of the
    columns PREDICTION and REFUSAL. `snapshot`: the features they were made from, None for no set.
    """

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
        for table, names in (("prediction", PREDICTION), ("refusal", REFUSAL))
    )
    row = head.to_dicts()[0]
    snapshot = load_snapshot(r, row["snapshot_id"], verify=False)
    return PredictionSet(row, rows, refused, snapshot)


def lowest_quality(head: Mapping[str, Any]) -> float | None:
    """The lowest quality a run let through, 0 to 100; None for no run. `head`: mode, settings."""
    return MODES[head["mode"]](Settings.model_validate_json(head["settings"])) if head else None


def features_read(r: Reader, model_ids: set[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Model id -> market -> the features it reads, from the stored contracts."""
    sql = """SELECT model_id, manifest FROM models.version
             WHERE list_contains($ids::VARCHAR[], model_id)"""
    rows = r.rows(sql, {"ids": sorted(model_ids)})
    return {model: json.loads(text)["contract"]["names"] for model, text in rows}
