"""Fitting without storing: a spec and rows in, a model out. What training and backtests share.

A family says what it reads and may do work once per season (`prepare`, on rows before the season)
that each later fit is handed. Families whose fits stand alone prepare nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import polars as pl

from tipoff.errors import UsageError
from tipoff.markets import MARKETS
from tipoff.models import baselines, catboost_model
from tipoff.models.baselines import fit_baseline, terms
from tipoff.models.catboost_model import CatBoostModel, fit_catboost
from tipoff.models.champion import FAMILY as CHAMPION
from tipoff.models.champion import FULL, Champion, Recipe, Rounds, fit_champion, hold_out
from tipoff.models.data import TrainingData, training_data
from tipoff.models.holdout import Holdout
from tipoff.models.model import Model
from tipoff.models.names import CHAMPIONS, Spec

ALL_MARKETS = tuple(MARKETS)
Progress = Callable[[str], None]


class Prepared(Protocol):
    """A family's work for one season, done; makes a model of each window of that season."""

    def fit(self, data: TrainingData) -> Model:
        """The model of those rows. Raises UsageError when they are too few."""
        ...


class Family(Protocol):
    """How models of one kind are made."""

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """The markets such a model predicts."""
        ...

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """The features it reads in those markets."""
        ...

    def prepare(
        self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date
    ) -> Prepared:
        """Out-of-fold work on `frame`, which holds only rows with game_date < `before`."""
        ...


def family_of(spec: Spec) -> Family:
    """The family of a spec."""
    return FAMILIES[spec.family]


def fit_model(
    spec: Spec,
    data: TrainingData,
    markets: Sequence[str] = ALL_MARKETS,
    prepared: Prepared | None = None,
) -> Model:
    """Fit a model on rows; nothing is read or stored. The same rows give the same bits.

    Raises UsageError for too few rows, ContractError when the catalogue lacks a feature.
    """
    ready = prepared or family_of(spec).prepare(spec, markets, data.frame.clear(), date.min)
    return ready.fit(data)


def training_window(spec: Spec, frame: pl.DataFrame, before: date) -> TrainingData:
    """The rows of `frame` earlier than `before` that the spec learns from.

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


def fit_catboost_spec(spec: Spec, data: TrainingData) -> tuple[CatBoostModel, Holdout]:
    """The CatBoost model of a spec and how it did on its own newest rows."""
    from tipoff.features import definition_hashes, feature_set

    names = feature_set(spec.feature_set or "")
    return fit_catboost(spec.model, data, names, definition_hashes(), _optional(names))


CHAMPION_NEEDS = ("pts_slope_10g",)
"""Null for who has played fewer than five games ever: too few to say anything, `bootstrap`."""


def champion_recipe(spec: Spec, markets: Sequence[str], rounds: Rounds = FULL) -> Recipe:
    """What a champion of that spec is made of."""
    from tipoff.features import feature_set

    features = tuple(feature_set(spec.feature_set or ""))
    lines = spec.base == CHAMPIONS[0]
    return Recipe(spec.model, lines, tuple(markets), features, CHAMPION_NEEDS, rounds)


def fit_champion_spec(
    spec: Spec, data: TrainingData, progress: Progress = lambda _text: None
) -> tuple[Champion, Holdout]:
    """The champion of a spec in all markets, and how its layers do on their own newest rows."""
    from tipoff.features import definition_hashes

    recipe = champion_recipe(spec, ALL_MARKETS)
    model = fit_champion(recipe, data, definition_hashes(), progress)
    return model, hold_out(recipe, data, model)


def _optional(names: tuple[str, ...]) -> list[str]:
    from tipoff.features import catalogue

    declared = catalogue()
    return [name for name in names if not declared[name].required]


@dataclass(frozen=True)
class _Baselines:
    def covers(self, spec: Spec) -> tuple[str, ...]:  # noqa: ARG002
        return ALL_MARKETS

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        return tuple(sorted({name for m in markets for name in terms(spec.model, m)}))

    def prepare(
        self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date  # noqa: ARG002
    ) -> Prepared:  # fmt: skip
        return _BaselineFit(spec, tuple(markets))


@dataclass(frozen=True)
class _BaselineFit:
    spec: Spec
    markets: tuple[str, ...]

    def fit(self, data: TrainingData) -> Model:
        from tipoff.features import definition_hashes

        return fit_baseline(self.spec.model, data, definition_hashes(), self.markets)


@dataclass(frozen=True)
class _CatBoosts:
    def covers(self, spec: Spec) -> tuple[str, ...]:  # noqa: ARG002
        return (catboost_model.MARKET,)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        from tipoff.features import feature_set

        return tuple(feature_set(spec.feature_set or ""))

    def prepare(
        self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date  # noqa: ARG002
    ) -> Prepared:  # fmt: skip
        return _CatBoostFit(spec)


@dataclass(frozen=True)
class _CatBoostFit:
    spec: Spec

    def fit(self, data: TrainingData) -> Model:
        return fit_catboost_spec(self.spec, data)[0]


@dataclass(frozen=True)
class Champions:
    """Champions of given rounds; tests take few."""

    rounds: Rounds = FULL

    def covers(self, spec: Spec) -> tuple[str, ...]:  # noqa: ARG002
        """All of them."""
        return ALL_MARKETS

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Those of the trees, and of each market its lines and prices."""
        names = champion_recipe(spec, markets).names.values()
        return tuple(dict.fromkeys(n for of_market in names for n in of_market))

    def prepare(
        self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date  # noqa: ARG002
    ) -> Prepared:  # fmt: skip
        """Nothing: what it makes of a season it keeps by content, and either form finds it."""
        return _ChampionFit(champion_recipe(spec, markets, self.rounds))


@dataclass(frozen=True)
class _ChampionFit:
    recipe: Recipe

    def fit(self, data: TrainingData) -> Model:
        from tipoff.features import definition_hashes

        return fit_champion(self.recipe, data, definition_hashes())


FAMILIES: dict[str, Family] = {
    baselines.FAMILY: _Baselines(),
    catboost_model.FAMILY: _CatBoosts(),
    CHAMPION: Champions(),
}
"""Family name -> how its models are made; a new family is one more entry."""
