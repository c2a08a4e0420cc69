"""The source of values of one's own: a CSV or Parquet file by player or team, with `known_at`."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import PurePath

import polars as pl


class ExternalFile:
    """`tipoff import --source external FILE`: columns value, known_at, and player_key (or
    player_name) or team; game_date where a value is of one date; name, by default the file's."""

    name = "external"
    tables = ("external",)
    simulated = None
    """Values of one's own are of whichever league the lake is of."""

    def parse(self, payload: bytes, name: str) -> Mapping[str, pl.DataFrame]:
        """The rows of one file."""
        path, body = PurePath(name), io.BytesIO(payload)
        parquet = path.suffix.lower() == ".parquet"
        frame = pl.read_parquet(body) if parquet else pl.read_csv(body, infer_schema=False)
        if "name" not in frame.columns:
            frame = frame.with_columns(name=pl.lit(path.stem))
        if "player_name" in frame.columns:
            frame = frame.with_columns(player_key="player_name").drop("player_name")
        return {"external": frame}
