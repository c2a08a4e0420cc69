"""Training rows: their canonical order, their hash, and a split that respects time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from tipoff.hashing import content_id
from tipoff.models.model import column
from tipoff.models.pmf import Bools

_ORDER = ("game_date", "tipoff", "game_id", "player_key")
_KEYS = ("game_id", "player_key")


@dataclass(frozen=True)
class TrainingData:
    """Played player-games of a window, in canonical order, ending on `through` inclusive.

    `frame` has keys, features and y_<market>; it is what `features.training_frame` returns.
    """

    frame: pl.DataFrame
    through: date
    _digests: dict[str, str] = field(default_factory=dict)

    @property
    def trained_from(self) -> date:
        """First league date of the rows; `through` itself when there are none."""
        first = self.frame.get_column("game_date").min()
        return first if isinstance(first, date) else self.through

    def digest(self, names: Iterable[str]) -> str:
        """Hash of the keys and of those columns, each read by name: others change nothing."""
        wanted = sorted({*_KEYS, *names})
        return content_id("data", {n: self._column_digest(n) for n in wanted})

    def _column_digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(self._bytes(name)).hexdigest()
        return self._digests[name]

    def _bytes(self, name: str) -> bytes:
        if name in _KEYS:
            return "\n".join(self.frame.get_column(name).cast(pl.String).to_list()).encode()
        values = column(self.frame, name) + 0.0
        return np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes()

    def narrowed(self, rows: Bools) -> TrainingData:
        """The same window with only the rows marked."""
        return TrainingData(self.frame.filter(pl.Series(rows)), self.through)


def training_data(frame: pl.DataFrame, through: date, start: date | None = None) -> TrainingData:
    """Rows with start <= game_date <= through in canonical order, whatever else `frame` holds."""
    inside = pl.col("game_date") <= through
    if start is not None:
        inside &= pl.col("game_date") >= start
    order = [name for name in _ORDER if name in frame.columns]
    return TrainingData(frame.filter(inside).sort(order), through)
