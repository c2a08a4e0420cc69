"""What names a prediction, a row and a run: hashes of what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tipoff.hashing import content_id, spell, text_id

if TYPE_CHECKING:
    import polars as pl

UNSEALED = ("record_hash", "recorded_seq", "run_id")
"""Fields outside a row's seal: itself, the commit's number, and the set it was published in."""


def reading_id(
    market: str, model_id: str, as_of: object, names: Sequence[str], definitions: Mapping[str, str]
) -> str:
    """Hash of what all predictions of a model and market share: what it reads, as of when."""
    return content_id("reads", [market, model_id, as_of, [[n, definitions[n]] for n in names]])


def prediction_id(
    reading: str, game_id: str, player_key: str, values: Sequence[float | None],
    line_ids: list[str] | None,
) -> str:  # fmt: skip
    """Hash of the values and definitions the model reads, the model, the lines and as_of."""
    made_from = [reading, game_id, player_key, list(values), sorted(line_ids or [])]
    return content_id("pred", made_from)


def record_hashes(rows: pl.DataFrame) -> list[str]:
    """A seal per prediction row: a hash of every field, the pmf's bytes included.

    It is `content_id("row", [names, values, pmf])`, spelled column by column, because most
    columns hold few distinct values.
    """
    if not rows.height:
        return []
    names = sorted(set(rows.columns) - {*UNSEALED, "pmf"})
    ends = np.cumsum(rows["pmf"].list.len().to_numpy())
    pmfs = np.split(rows["pmf"].explode().to_numpy(), ends[:-1])
    columns = [_spelled(rows[name]) for name in names]
    head = spell(names)
    return [
        text_id("row", f'[{head},[{",".join(row)}],"{hashlib.sha256(pmf.tobytes()).hexdigest()}"]')
        for row, pmf in zip(zip(*columns, strict=True), pmfs, strict=True)
    ]


def _spelled(column: pl.Series) -> list[str]:
    values = column.to_list()
    if column.dtype.is_nested():
        return [spell(value) for value in values]
    known = {value: spell(value) for value in set(values)}
    return [known[value] for value in values]


def run_id(made_from: Mapping[str, Any], predictions: list[str], refusals: list[str]) -> str:
    """Hash of a run: its slate, as_of, models, settings and code, and the set it made."""
    return content_id("run", [made_from, sorted(predictions), sorted(refusals)])
