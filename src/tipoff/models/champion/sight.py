"""What a fitted champion says of a frame's rows: each intermediate result made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion.agree import agreed
from tipoff.models.champion.covariates import covariates
from tipoff.models.champion.layers import LOWEST, Layers, price_name
from tipoff.models.champion.learner import Matrix, Trees
from tipoff.models.champion.line_layers import Lined, LineLayers, usable
from tipoff.models.champion.minutes import LONGEST
from tipoff.models.champion.table import MINUTES, features_matrix
from tipoff.models.champion.tilt import tilted
from tipoff.models.model import column
from tipoff.models.pmf import Bools, Floats, Pmf


@dataclass(frozen=True)
class Sight:
    """Rows as a model sees them; every row must be predictable."""

    frame: pl.DataFrame
    trees: Mapping[str, Trees]
    layers: Layers
    _bare: dict[str, Pmf] = field(default_factory=dict)
    _own: dict[str, Pmf] = field(default_factory=dict)
    _final: dict[str, Pmf] = field(default_factory=dict)

    @cached_property
    def values(self) -> Matrix:
        """What the trees read."""
        return features_matrix(self.frame, self.trees[MINUTES].names)

    @cached_property
    def minutes(self) -> Floats:
        """Median minutes given that he plays, shape (n,)."""
        return np.clip(self.trees[MINUTES].predict(self.values), 0.0, LONGEST)

    @cached_property
    def covariates(self) -> Floats:
        """What widths depend on, shape (n, k)."""
        return covariates(self.frame, self.minutes)

    def mean(self, market: str) -> Floats:
        """The centre without a line: trees times level; of a combo the sum of its parts' means."""
        if MARKETS[market].is_combo:
            return _sum([self.bare(part).mean() for part in parts_of(market)])
        return self.layers.level[market] * np.maximum(
            self.trees[market].predict(self.values), LOWEST
        )

    def bare(self, market: str) -> Pmf:
        """The pmf without a line."""
        if market not in self._bare:
            mean = self.mean(market)
            made = self.layers.shape[market].pmf(mean, self.covariates, MARKETS[market].top)
            self._bare[market] = tilted(made, mean) if MARKETS[market].is_combo else made
        return self._bare[market]

    def final(self, market: str) -> Pmf:
        """The pmf of the form that reads lines: where there is none, or no layers for it, the pmf
        without. Its mean is the one that the lines of all parts and combos agree on (`agreed`);
        a combo's is the sum of its parts'."""
        if market not in self._final:
            made = self._with_line(market)
            moves = MARKETS[market].is_combo or market in self._tied
            self._final[market] = tilted(made, self._settled(market)) if moves else made
        return self._final[market]

    def _settled(self, market: str) -> Floats:
        if MARKETS[market].is_combo:
            return _sum([self._settled(part) for part in parts_of(market)])
        if market in self._tied:
            return self._agreed[market]
        return self._with_line(market).mean()

    @cached_property
    def _agreed(self) -> dict[str, Floats]:
        """Part -> mean, of tied parts."""
        markets = (*self._told, *self._tied)
        means = {m: self._with_line(m).mean() for m in markets}
        return agreed(means, {m: self._lines(m) for m in markets}, self._told)

    @property
    def _told(self) -> tuple[str, ...]:
        """Combos that read lines, in declared order: a stored model has them in another."""
        return tuple(m for m in MARKETS if m in self.layers.lines and MARKETS[m].is_combo)

    @property
    def _tied(self) -> tuple[str, ...]:
        """Their parts."""
        return parts_of(*self._told)

    def _lines(self, market: str) -> Bools:
        """Rows whose line of that market moves its pmf."""
        found = self.lined(market)
        return np.zeros(self.frame.height, dtype=np.bool_) if found is None else found[0]

    def lined(self, market: str) -> tuple[Bools, Lined, LineLayers] | None:
        """Which rows have a usable line, they, and their layers; None without layers."""
        if market not in self.layers.lines:
            return None
        line = column(self.frame, f"line_{market}")
        have = usable(line, MARKETS[market].top)
        every = Lined(
            line, column(self.frame, price_name(market)), self.mean(market), self.covariates
        )
        return have, every.where(have), self.layers.lines[market]

    def _with_line(self, market: str) -> Pmf:
        """By its own line alone."""
        if market not in self._own:
            found = self.lined(market)
            if found is None or not found[0].any():
                return self.bare(market)
            have, rows, layers = found
            p = self.bare(market).p.copy()
            p[have] = layers.pmf(rows, MARKETS[market].top).p
            self._own[market] = Pmf(p)
        return self._own[market]


def _sum(parts: list[Floats]) -> Floats:
    return np.asarray(sum(parts[1:], parts[0]))
