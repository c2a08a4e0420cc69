"""The family of the champions: boosted means and minutes under layers, all in `models/champion`.

Versions are stored under its first name, `champion`, which is also that of a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion import (
    FULL,
    NAME,
    Champion,
    Recipe,
    Rounds,
    fit_champion,
    hold_out,
    read_champion,
)
from tipoff.models.champion.learner import MEAN, MEDIAN
from tipoff.models.champion.table import MINUTES
from tipoff.models.data import TrainingData
from tipoff.models.evaluation import Evaluation
from tipoff.models.families.trees import TreeFamily
from tipoff.models.family import Minutes, Progress, silent
from tipoff.models.manifest import Manifest
from tipoff.models.names import Spec

CHAMPIONS = ("champion_line", "champion_noline")
"""The form that may read lines and their prices, and the form that reads nothing of any market."""
FEATURES = "v4"
NEEDS = ("pts_slope_10g",)
"""Null for who has played fewer than five games ever: too few to say anything, `bootstrap`."""
_SPECS = {name: Spec(name, NAME, feature_set=FEATURES) for name in CHAMPIONS}


@dataclass(frozen=True)
class TipoffFamily(TreeFamily[Champion]):
    """Champions of given rounds; tests take few."""

    rounds: Rounds = FULL

    name = NAME
    specs = _SPECS
    monthly = CHAMPIONS
    suffix = "json"
    kind = "a champion's file"
    foresees_minutes = True

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """All of them."""
        return tuple(MARKETS)

    def recipe(self, spec: Spec, markets: Sequence[str]) -> Recipe:
        """What a champion of that spec is made of."""
        from tipoff.features import feature_set

        features = tuple(feature_set(spec.feature_set or ""))
        lines = spec.base == CHAMPIONS[0]
        return Recipe(spec.model, lines, tuple(markets), features, NEEDS, self.rounds)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Those of the trees, and of each market its lines and prices."""
        names = self.recipe(spec, markets).names.values()
        return tuple(dict.fromkeys(n for of_market in names for n in of_market))

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """Its form, and the rounds and settings of its trees."""
        return {
            "lines": spec.base == CHAMPIONS[0], "rounds": asdict(self.rounds), "mean": MEAN,
            "median": MEDIAN,
        }  # fmt: skip

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Champion:
        """See `fit_champion`. What it makes of a season it keeps by content, and either form finds
        it: `prepare` has nothing to add."""
        from tipoff.features import definition_hashes

        return fit_champion(self.recipe(spec, markets), data, definition_hashes(), progress)

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[Champion, tuple[Evaluation, ...]]:
        """Read on the newest tenth of the layers' rows, which trees and minutes have not seen."""
        markets = self.covers(spec)
        model = self.fit(spec, markets, data, progress)
        return model, (hold_out(self.recipe(spec, markets), data, model),)

    def read(self, manifest: Manifest, content: bytes) -> Champion:
        """See `read_champion`."""
        return read_champion(manifest, content)

    def columns(self, model: Champion, market: str) -> Iterable[tuple[str, ...]]:
        """Those of the trees of its parts and of minutes; what lines add no tree reads."""
        names = model.manifest.contract.names[market]
        for part in (*parts_of(market), MINUTES):
            read = model.trees[part].names
            yield (*read, *names[len(read) :])

    def explain(
        self, model: Champion, row: pl.DataFrame, market: str
    ) -> tuple[float, dict[str, float]]:
        """See `Champion.shap`."""
        return model.shap(row, market)

    def minutes(self, model: Champion, row: pl.DataFrame) -> Minutes:
        """The median of its trees, with the spread of its layers."""
        median, spread = model.sight(row).minutes, model.layers.minutes
        low, high = (float(spread.quantile(median, q)[0]) for q in (0.1, 0.9))
        return Minutes(float(median[0]), low, high)


FAMILY = TipoffFamily()
