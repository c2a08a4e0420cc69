"""What the layers learn from: rows of experienced players with means made without them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl

from tipoff.errors import UsageError
from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion.blocked import blocked
from tipoff.models.champion.covariates import covariates
from tipoff.models.champion.layers import LOWEST
from tipoff.models.champion.learner import MEAN, MEDIAN
from tipoff.models.champion.level import Labels, levelled, season_level
from tipoff.models.champion.memo import Memo
from tipoff.models.champion.minutes import LONGEST, MinutesSpread, fit_minutes_spread
from tipoff.models.champion.shape import Shape, fit_shape
from tipoff.models.champion.table import MINUTES, Table
from tipoff.models.champion.tilt import tilted
from tipoff.models.model import column
from tipoff.models.pmf import Floats, Pmf

FEWEST = 500
"""Fewer rows of experienced players than this make no layers."""
BREAK_DAYS = 60
"""A season whose newest row is older than this is over: it says nothing of the next one's level."""


@dataclass(frozen=True)
class Rounds:
    """Boosting rounds of the trees for means and of those for minutes."""

    mean: int = 500
    minutes: int = 600


@dataclass(frozen=True)
class Past:
    """Rows before the day the layers are fitted for; arrays are over experienced rows."""

    table: Table
    rounds: Rounds
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _means: dict[str, Floats] = field(default_factory=dict)

    def y(self, target: str) -> Floats:
        """Outcomes of a market, or minutes."""
        return column(self.frame, f"y_{target}")

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The experienced rows."""
        return self.table.frame.filter(pl.Series(self.table.experienced))

    @cached_property
    def minutes(self) -> Floats:
        """Median minutes, out of fold."""
        found = blocked(self.table, MINUTES, self.rounds.minutes, MEDIAN)
        return np.clip(found[self.table.experienced], 0.0, LONGEST)

    @cached_property
    def spread(self) -> MinutesSpread:
        """How far off those medians were."""
        return fit_minutes_spread(self.y(MINUTES), self.minutes)

    @cached_property
    def covariates(self) -> Floats:
        """What widths depend on, shape (n, k)."""
        return covariates(self.frame, self.minutes)

    def mean(self, market: str) -> Floats:
        """Means out of fold: the trees' times the level as known at the first of each row's month;
        of a combo the sum of its parts' pmf means."""
        if market not in self._means:
            self._means[market] = self._summed(market) if MARKETS[market].is_combo else levelled(
                self.y(market), self._raw(market), *self._when
            )  # fmt: skip
        return self._means[market]

    def level(self, market: str, day: date) -> float:
        """The level that `day` starts with, from the rows of the season then going on."""
        season, _ = self._when
        newest = self.frame["game_date"].max()
        if not isinstance(newest, date) or (day - newest).days > BREAK_DAYS:
            return 1.0
        now = season == season[-1]
        return season_level(self.y(market)[now], self._raw(market)[now])

    def shape(self, market: str) -> Shape:
        """The market's shape around `mean`."""
        if market not in self._shapes:
            self._shapes[market] = fit_shape(
                self.y(market),
                self.mean(market),
                self.covariates,
                MARKETS[market].top,
                weigh=MARKETS[market].counts_points,
            )
        return self._shapes[market]

    def pmf(self, market: str) -> Pmf:
        """The pmfs of the form without lines, out of fold but for the shape."""
        mean = self.mean(market)
        made = self.shape(market).pmf(mean, self.covariates, MARKETS[market].top)
        return tilted(made, mean) if MARKETS[market].is_combo else made

    @property
    def _when(self) -> tuple[Labels, Labels]:
        mine = self.table.experienced
        return self.table.season[mine], self.table.month[mine]

    def _raw(self, market: str) -> Floats:
        key = f"trees {market}"
        if key not in self._means:
            found = blocked(self.table, market, self.rounds.mean, MEAN)
            self._means[key] = np.maximum(found[self.table.experienced], LOWEST)
        return self._means[key]

    def _summed(self, market: str) -> Floats:
        parts = [self._pmf_mean(part) for part in parts_of(market)]
        return np.asarray(sum(parts[1:], parts[0]))

    def _pmf_mean(self, market: str) -> Floats:
        key = f"pmf {market}"
        if key not in self._means:
            self._means[key] = self.pmf(market).mean()
        return self._means[key]


_PASTS: Memo[Past] = Memo(2)


def past_of(table: Table, rounds: Rounds) -> Past:
    """The past of those rows; a process has one, whichever form of the model asks for it.

    Raises UsageError when fewer than FEWEST rows are of experienced players.
    """
    found = int(table.experienced.sum())
    if found < FEWEST:
        raise UsageError(
            f"{found} player-games of experienced players through the month before,"
            f" {FEWEST} are needed",
            "choose a later --through, or import more history",
        )
    return _PASTS.get(f"{table.digest} {rounds}", lambda: Past(table, rounds))
