"""What names a prediction, a row and a run: hashes of what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tipoff.hashing import content_id, spell, spelled, text_id

if TYPE_CHECKING:
    import polars as pl

_FLOAT_BYTES = 8
UNSEALED = ("record_hash", "recorded_seq", "run_id")
"""Fields outside a row's seal: itself, the commit's number, and the set it was published in."""


def reading_id(
    market: str, model_id: str, as_of: object, names: Sequence[str], definitions: Mapping[str, str]
) -> str:
    """Hash of what all predictions of a model and market share: what it reads, as of when."""
    return content_id("reads", [market, model_id, as_of, [[n, definitions[n]] for n in names]])


def prediction_ids(reading: str, parts: Sequence[Sequence[str]]) -> list[str]:
    """Hashes of the values and definitions the model reads, the model, the lines and as_of.

    `parts`, each of length n and spelled as in JSON: game_id, player_key, a column per name read,
    sorted line ids. It is `content_id("pred", [reading, game_id, player_key, values, ids])`.
    """
    games, players, *values, ids = parts
    head, rows = spell(reading), zip(*values, strict=True)
    return [
        text_id("pred", f"[{head},{game},{player},[{','.join(row)}],{lines}]")
        for game, player, row, lines in zip(games, players, rows, ids, strict=True)
    ]


def record_hashes(rows: pl.DataFrame) -> list[str]:
    """A seal per prediction row: a hash of every field, the pmf's bytes included.

    It is `content_id("row", [names, values, pmf])`, spelled column by column, because most
    columns hold few distinct values.
    """
    if not rows.height:
        return []
    names = sorted(set(rows.columns) - {*UNSEALED, "pmf"})
    ends = (np.cumsum(rows["pmf"].list.len().to_numpy()) * _FLOAT_BYTES).tolist()
    pmfs = memoryview(rows["pmf"].explode().to_numpy().tobytes())
    columns = [spelled(rows[name]) for name in names]
    head = spell(names)
    return [
        text_id(
            "row",
            f'[{head},[{",".join(row)}],"{hashlib.sha256(pmfs[start:end]).hexdigest()}"]',
        )
        for row, start, end in zip(zip(*columns, strict=True), [0, *ends], ends, strict=False)
    ]


def run_id(made_from: Mapping[str, Any], predictions: list[str], refusals: list[str]) -> str:
    """Hash of a run: its slate, as_of, models, settings and code, and the set it made."""
    return content_id("run", [made_from, sorted(predictions), sorted(refusals)])
