"""What names a prediction, a row and a run: hashes of what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tipoff.hashing import content_id

if TYPE_CHECKING:
    import polars as pl

UNSEALED = ("record_hash", "recorded_seq", "run_id")
"""Fields outside a row's seal: itself, the commit's number, and the set it was published in."""


def prediction_id(
    game_id: str,
    player_key: str,
    market: str,
    model_id: str,
    as_of: object,
    values: Mapping[str, float | None],
    definitions: Mapping[str, str],
    line_ids: list[str] | None,
) -> str:
    """Hash of the values and definitions the model reads, the model, the lines and as_of."""
    made_from = [
        game_id, player_key, market, model_id, as_of,
        [[name, definitions[name], value] for name, value in values.items()],
        sorted(line_ids or []),
    ]  # fmt: skip
    return content_id("pred", made_from)


def record_hashes(rows: pl.DataFrame) -> list[str]:
    """A seal per prediction row: a hash of every field, the pmf's bytes included."""
    return [record_hash(row) for row in _records(rows)]


def record_hash(row: Mapping[str, Any]) -> str:
    """The seal of one prediction row given as a mapping of its columns."""
    fields = {k: v for k, v in row.items() if k not in UNSEALED and k != "pmf"}
    pmf = np.asarray(row["pmf"], dtype=np.float64).tobytes()
    return content_id("row", [fields, hashlib.sha256(pmf).hexdigest()])


def _records(rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    yield from rows.iter_rows(named=True)


def run_id(made_from: Mapping[str, Any], predictions: list[str], refusals: list[str]) -> str:
    """Hash of a run: its slate, as_of, models, settings and code, and the set it made."""
    return content_id("run", [made_from, sorted(predictions), sorted(refusals)])
