"""The rows of a backtest: every played player-game with its features as of its slate."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import NotFound
from tipoff.features import training_frame
from tipoff.grading.facts import NOW
from tipoff.league.current import current_sql
from tipoff.league.games import games_sql
from tipoff.models.model import matrix

if TYPE_CHECKING:
    from tipoff.lake import Reader

_KEYS = ["game_id", "player_key"]


@dataclass(frozen=True)
class Rows:
    """`frame`: what `features.training_frame` returns, and as_of (one second before the slate's
    first tip-off), known_at (when the box score was known) and player_id. Sorted by game_date,
    tipoff, game_id, player_key. `definitions`: feature -> definition hash."""

    frame: pl.DataFrame
    definitions: dict[str, str]
    _days: dict[tuple[str, ...], dict[date, str]] = field(default_factory=dict)

    def before(self, day: date) -> pl.DataFrame:
        """Rows of earlier dates whose box score was known when the first slate from `day` is
        forecast."""
        later = self.frame.filter(pl.col("game_date") >= day)
        earlier = self.frame.filter(pl.col("game_date") < day)
        return (
            earlier.filter(pl.col("known_at") <= later["as_of"].min()) if later.height else earlier
        )

    def between(self, first: date, last: date) -> pl.DataFrame:
        """Rows of those dates, both included."""
        return self.frame.filter(pl.col("game_date").is_between(first, last))

    def inputs(self, names: Sequence[str]) -> dict[date, str]:
        """Per date the hash of what a forecast may read: keys, as_of and those features."""
        return self._digests((*sorted(names), "as_of"))

    def outcomes(self) -> dict[date, str]:
        """Per date the hash of what became of it, and when that was known."""
        results = sorted(c for c in self.frame.columns if c.startswith("y_"))
        return self._digests((*results, "known_at", "season"))

    def _digests(self, names: tuple[str, ...]) -> dict[date, str]:
        if names not in self._days:
            self._days[names] = _by_day(self.frame, names)
        return self._days[names]


def load_rows(r: Reader, names: Sequence[str], through: date) -> Rows:
    """All rows through a date, in three queries. Raises NotFound when there are none."""
    from tipoff.features import definition_hashes

    frame = training_frame(r, start=None, through=through, names=names)
    if not frame.height:
        raise NotFound(f"no player-games through {through}", "tipoff import DIR first")
    params = {"as_of": NOW, "seq": r.newest_seq()}
    games = r.query(f"SELECT game_id, slate_as_of AS as_of FROM {games_sql()}", params)
    columns = "game_id, player_key, player_id, known_at"
    box = r.query(f"FROM {current_sql('league.player_game', columns)}", params)
    joined = frame.join(games.unique("game_id"), on="game_id", how="left").join(
        box, on=_KEYS, how="left"
    )
    eve = pl.col("tipoff") - pl.duration(seconds=1)
    dated = joined.with_columns(as_of=pl.coalesce("as_of", eve))
    return Rows(dated.sort("game_date", "tipoff", *_KEYS), definition_hashes())


def _by_day(frame: pl.DataFrame, names: Sequence[str]) -> dict[date, str]:
    """The frame's rows must be in order of game_date."""
    numbers = tuple(n for n in names if frame.schema[n] == pl.Float64)
    # + 0.0 and one NaN: equal values must have equal bytes.
    values = matrix(frame, numbers) + 0.0
    values[np.isnan(values)] = np.nan
    others = [*_KEYS, *(n for n in names if n not in numbers)]
    text = frame.select(pl.concat_str([pl.col(c).cast(pl.String) for c in others], separator="|",
                                      ignore_nulls=True)).to_series()  # fmt: skip
    counts = frame.group_by("game_date", maintain_order=True).len()
    digests, at = {}, 0
    for day, n in counts.iter_rows():
        digest = hashlib.sha256("\n".join(text[at : at + n].to_list()).encode())
        digest.update(values[at : at + n].astype("<f8").tobytes())
        digests[day] = digest.hexdigest()
        at += n
    return digests
