"""Training rows: which ones a model learns from, their canonical order and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import UsageError
from tipoff.hashing import content_id
from tipoff.models.model import column
from tipoff.models.names import Spec
from tipoff.models.pmf import Bools

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

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


def training_rows(lake: Lake, spec: Spec, through: date, names: Sequence[str]) -> TrainingData:
    """The lake's player-games through a date that a spec learns from, with those features.

    Raises UsageError for a spec of seasons when nothing was played by then.
    """
    from tipoff.features import training_frame

    with lake.reading() as r:
        start, end = _window(r, spec, through)
        frame = training_frame(r, start=start, through=end, names=names)
    return training_data(frame, end, start)


_SEASON_START = """
SELECT min(game_date) FROM league.player_game
WHERE season = (SELECT max_by(season, game_date) FROM league.player_game
                WHERE game_date <= $through)
"""


def _window(r: Reader, spec: Spec, through: date) -> tuple[date | None, date]:
    if spec.scope == "all":
        return None, through
    first = r.value(_SEASON_START, {"through": through})
    if first is None:
        raise UsageError(f"no player-games through {through}", "tipoff import DIR first")
    if spec.scope == "current_season":
        return first, through
    return None, first - timedelta(days=1)


def training_window(spec: Spec, frame: pl.DataFrame, before: date) -> TrainingData:
    """The rows of `frame` earlier than `before` that the spec learns from: as `training_rows`
    would read them the day before.

    `frame` needs game_date and season. The season is that of the newest earlier row. Raises
    UsageError when a refit's name fixes a date that is not yet over.
    """
    through = before - timedelta(days=1)
    if spec.through is not None and spec.through > through:
        raise UsageError(
            f"{spec.model} learns through {spec.through} and cannot predict dates up to then",
            "ask for later dates, or another model",
        )
    through = min(through, spec.through or through)
    earlier = frame.filter(pl.col("game_date") <= through)
    if spec.scope == "all" or not earlier.height:
        return training_data(earlier, through)
    newest = earlier.filter(pl.col("game_date") == pl.col("game_date").max())["season"].max()
    first = earlier.filter(pl.col("season") == newest)["game_date"].min()
    if not isinstance(first, date):
        raise UsageError(f"the rows before {before} name no season", "import a schedule")
    if spec.scope == "current_season":
        return training_data(earlier, through, first)
    return training_data(earlier, first - timedelta(days=1))
