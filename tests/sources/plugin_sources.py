"""Sources that plug-ins might declare, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl


class Wire:
    """A JSON file: table -> rows, just as they lie there."""

    name = "wire"
    tables = ("schedule", "player_game", "team_game", "prop_lines", "injuries")

    def parse(
        self,
        payload: bytes,
        name: str,  # noqa: ARG002
    ) -> Mapping[str, list[dict[str, Any]]]:
        tables: dict[str, list[dict[str, Any]]] = json.loads(payload)
        return tables


class Framed(Wire):
    """The same as frames, typed as JSON has them."""

    name = "framed"

    def parse(  # type: ignore[override]
        self, payload: bytes, name: str
    ) -> Mapping[str, pl.DataFrame]:
        tables = super().parse(payload, name)
        return {
            table: pl.DataFrame(rows, infer_schema_length=None) for table, rows in tables.items()
        }
