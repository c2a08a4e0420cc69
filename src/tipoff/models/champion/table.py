"""Training rows as the champion reads them: a float32 matrix in canonical order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from tipoff.hashing import content_id
from tipoff.models.champion.covariates import CAREER
from tipoff.models.champion.learner import Matrix
from tipoff.models.champion.level import Labels
from tipoff.models.model import column
from tipoff.models.pmf import Bools, Floats

TRAINED_FROM = 3
"""Fewest earlier games of a career that trees learn from."""
LAYERED_FROM = 10
"""Fewest that the layers learn from."""
MINUTES = "minutes"
"""The target beside the markets."""
_BESIDE = ("y_", "line_", "over_chance_")
"""How columns begin that layers read and trees do not."""


def features_matrix(frame: pl.DataFrame, names: tuple[str, ...]) -> Matrix:
    """Columns by name as float32, shape (n, len(names)), null as NaN."""
    values = np.empty((frame.height, len(names)), dtype=np.float32)
    for i, name in enumerate(names):
        values[:, i] = column(frame, name)
    return values


@dataclass(frozen=True)
class Table:
    """Rows with at least TRAINED_FROM earlier games; `frame` is in canonical order (by date)."""

    frame: pl.DataFrame
    names: tuple[str, ...]
    values: Matrix

    @classmethod
    def of(cls, frame: pl.DataFrame, names: tuple[str, ...]) -> Table:
        """The rows of a frame of `TrainingData` that count."""
        kept = frame.filter(pl.col(CAREER) >= TRAINED_FROM)
        return cls(kept, names, features_matrix(kept, names))

    def before(self, day: date) -> Table:
        """The rows of earlier dates."""
        n = int((self.frame["game_date"] < day).sum())
        return Table(self.frame.head(n), self.names, self.values[:n])

    def y(self, target: str) -> Floats:
        """Outcomes of a market, or minutes."""
        return column(self.frame, f"y_{target}")

    @cached_property
    def season(self) -> Labels:
        """Number of each row's season, 0 the first, shape (n,): whole numbers that never fall."""
        return self.frame["season"].rle_id().cast(pl.Int64).to_numpy()

    @cached_property
    def month(self) -> Labels:
        """12 x year + month."""
        day = pl.col("game_date").dt
        months = (day.year().cast(pl.Int64) * 12 + day.month()).alias("month")
        return self.frame.select(months).to_series().to_numpy()

    @cached_property
    def experienced(self) -> Bools:
        """Rows with enough earlier games for the layers."""
        return np.asarray(column(self.frame, CAREER) >= LAYERED_FROM)

    @cached_property
    def digest(self) -> str:
        """Hash of keys, values, outcomes, lines and prices: all that is read of the rows."""
        columns = ("game_id", "player_key", "game_date", "season")
        keys = self.frame.select(pl.concat_str(*columns, separator="|")).to_series().to_list()
        beside = sorted(c for c in self.frame.columns if c.startswith(_BESIDE))
        bytes_of = [column(self.frame, name).tobytes() for name in beside]
        pieces = ["\n".join(keys).encode(), self.values.tobytes(), *bytes_of]
        return content_id(
            "table", [self.names, beside, *(hashlib.sha256(piece).hexdigest() for piece in pieces)]
        )
