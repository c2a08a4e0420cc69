"""Fitting a champion: trees on every row, minutes and layers once a month."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion.layers import Layers, line_names, price_name
from tipoff.models.champion.learner import MEAN, MEDIAN, SEED, Trees, fit_trees
from tipoff.models.champion.line_layers import Lined, LineLayers, fit_line_layers, usable
from tipoff.models.champion.memo import Memo
from tipoff.models.champion.model import NAME, Champion
from tipoff.models.champion.past import Past, Rounds, past_of
from tipoff.models.champion.table import MINUTES, Table
from tipoff.models.contract import Contract, make_contract
from tipoff.models.data import TrainingData
from tipoff.models.evaluation import Evaluation, newest_rows, score
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, golden_rows
from tipoff.models.manifest import Manifest, make_manifest
from tipoff.models.model import column
from tipoff.models.pmf import Bools, Floats, Pmf

FEWEST_LINES = 500
"""A market with fewer rows that have a line falls back to the form without."""
FULL = Rounds()
_LINES: Memo[LineLayers] = Memo(16)


@dataclass(frozen=True)
class Recipe:
    """What to fit: a name, whether it reads lines, its markets, the features of its trees."""

    model: str
    lines: bool
    markets: tuple[str, ...]
    features: tuple[str, ...]
    required: tuple[str, ...]
    rounds: Rounds = FULL

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Market -> every name it reads: those of the trees first."""
        return {
            m: (*self.features, *(line_names(m, self.markets) if self.lines else ()))
            for m in self.markets
        }


def layers_day(through: date) -> date:
    """The first of the month of the day after `through`: minutes and layers learn from earlier
    dates, so that every refit of a month has the same, whenever it is made."""
    return (through + timedelta(days=1)).replace(day=1)


def fit_champion(
    recipe: Recipe,
    data: TrainingData,
    definitions: Mapping[str, str],
    progress: Progress = silent,
) -> Champion:
    """Fit on the rows of `data`; the same rows give the same bits.

    Raises UsageError when there are too few, ContractError when the catalogue lacks a name.
    """
    optional = {n for names in recipe.names.values() for n in names} - set(recipe.required)
    contract = make_contract(recipe.names, definitions, optional)
    table, day = Table.of(data.frame, recipe.features), layers_day(data.through)
    past = past_of(table.before(day), recipe.rounds)
    layers = _layers(recipe, past, day, progress)
    trees = _trees(recipe, table, past, progress)
    bare = Champion(_manifest(recipe, data, table, contract), trees, layers)
    markets = bare.manifest.markets
    return finished(
        bare, [g for m in markets for g in golden_rows(bare, m, _picks(bare, m, past.frame))]
    )


def _layers(recipe: Recipe, past: Past, day: date, progress: Progress) -> Layers:
    level, shape, lines = {}, {}, {}
    progress(f"{recipe.model}: minutes out of fold, {past.table.frame.height} player-games")
    spread = past.spread
    for part in parts_of(*recipe.markets):
        progress(f"{recipe.model}: {part} out of fold, season by season")
        level[part], shape[part] = past.level(part, day), past.shape(part)
    for market in dict.fromkeys((*parts_of(*recipe.markets), *recipe.markets)):
        shape[market] = past.shape(market)
        found = _line_layers(past, market) if recipe.lines else None
        if found is not None:
            lines[market] = found
    return Layers(level=level, shape=shape, lines=lines, minutes=spread)


def _line_layers(past: Past, market: str) -> LineLayers | None:
    have, rows = _lined(past, market)
    if have.sum() < FEWEST_LINES:
        return None
    one, y = MARKETS[market], past.y(market)[have]
    key = _key(rows.line, rows.chance, rows.mean, rows.covariates, y)
    return _LINES.get(
        f"{market} {key}",
        lambda: fit_line_layers(rows, y, one.tiers, one.top, weigh=one.counts_points),
    )


def _lined(past: Past, market: str) -> tuple[Bools, Lined]:
    line, chance = (column(past.frame, n) for n in (f"line_{market}", price_name(market)))
    have = usable(line, MARKETS[market].top)
    return have, Lined(line, chance, past.mean(market), past.covariates).where(have)


def _key(*arrays: Floats) -> str:
    digest = hashlib.sha256()
    for values in arrays:
        digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _trees(recipe: Recipe, table: Table, past: Past, progress: Progress) -> dict[str, Trees]:
    old, rounds = past.table, recipe.rounds
    found = {}
    for part in parts_of(*recipe.markets):
        progress(f"{recipe.model}: {part} on {table.frame.height} player-games")
        found[part] = fit_trees(table.values, table.y(part), table.names, rounds.mean, MEAN)
    progress(f"{recipe.model}: minutes on {old.frame.height} player-games")
    found[MINUTES] = fit_trees(old.values, old.y(MINUTES), old.names, rounds.minutes, MEDIAN)
    return found


def _manifest(recipe: Recipe, data: TrainingData, table: Table, contract: Contract) -> Manifest:
    targets = {*parts_of(*recipe.markets), *recipe.markets, MINUTES}
    parameters = {
        "lines": recipe.lines, "rounds": recipe.rounds.mean,
        "minutes_rounds": recipe.rounds.minutes, **MEAN,
    }  # fmt: skip
    return make_manifest(
        recipe.model, NAME, contract, TrainingData(table.frame, data.through),
        [f"y_{target}" for target in targets], __name__, parameters=parameters, seed=SEED,
    )  # fmt: skip


def _picks(model: Champion, market: str, rows: pl.DataFrame) -> pl.DataFrame:
    """A predictable row without a line and, in the form that reads them, two with one."""
    names = model.manifest.contract.names[market]
    known = rows.drop_nulls(model.manifest.contract.required(market))
    if not model.reads_lines:
        return known.select(names)[_at(known.height, 3)]
    lined = known.filter(pl.col(f"line_{market}").is_not_null()).select(names)
    free = known.filter(pl.col(f"line_{market}").is_null()).select(names)
    return pl.concat([free[_at(free.height, 1)], lined[_at(lined.height, 2)]])


def _at(height: int, n: int) -> list[int]:
    return [height * i // (n + 1) for i in range(1, n + 1)] if height else []


def hold_out(recipe: Recipe, data: TrainingData, model: Champion) -> Evaluation:
    """The newest tenth of the layers' rows in the first market, predicted by trees of the seasons
    before; only the layers have seen them."""
    table = Table.of(data.frame, recipe.features)
    past = past_of(table.before(layers_day(data.through)), recipe.rounds)
    market = recipe.markets[0]
    rows = newest_rows(TrainingData(past.frame, data.through), 0.1)
    p, top = past.pmf(market).p, MARKETS[market].top
    if market in model.layers.lines:
        have, lined = _lined(past, market)
        p[have] = model.layers.lines[market].pmf(lined, top).p
    return score(Pmf(p[rows]), past.y(market)[rows], market)
