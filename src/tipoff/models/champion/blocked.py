"""Out-of-fold predictions by season: each season by trees of the seasons before it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tipoff.models.champion.learner import fit_trees
from tipoff.models.champion.table import Table
from tipoff.models.manifest import Scalar
from tipoff.models.pmf import Floats

FOLDS = 4
"""The first season has none before it: each quarter of it by trees of the other three."""
FEWER_ROUNDS = 250


def blocked(table: Table, target: str, rounds: int, parameters: Mapping[str, Scalar]) -> Floats:
    """A prediction of every row by trees that saw no row of its season, shape (n,).

    Of the first season: no row of its quarter (whole dates), by at most FEWER_ROUNDS rounds.
    """
    y, season = table.y(target), table.season
    found = np.full(len(y), np.nan)

    def predict(learn: NDArray[np.bool_], ask: NDArray[np.bool_], turns: int) -> None:
        trees = fit_trees(table.values[learn], y[learn], table.names, turns, parameters)
        found[ask] = trees.predict(table.values[ask])

    for one in range(1, int(season.max(initial=0)) + 1):
        predict(season < one, season == one, rounds)
    first = season == 0
    quarter = _quarters(table, first)
    for one in np.unique(quarter[first]):
        here = first & (quarter == one)
        predict(first & ~here, here, min(rounds, FEWER_ROUNDS))
    return found


def _quarters(table: Table, first: NDArray[np.bool_]) -> NDArray[np.int64]:
    dates = table.frame["game_date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    mine = dates[first]
    cuts = [mine[len(mine) * i // FOLDS] for i in range(1, FOLDS)] if len(mine) else []
    return np.searchsorted(np.array(cuts, dtype=np.int64), dates, side="right")
