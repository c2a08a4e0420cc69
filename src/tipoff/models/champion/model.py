"""The champion: trees for means and minutes, layers for everything around them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from pydantic import ValidationError

from tipoff.errors import ArtifactError
from tipoff.league.markets import MAX_COUNT
from tipoff.models.champion.layers import PARTS, Layers, price_name
from tipoff.models.champion.learner import Trees
from tipoff.models.champion.sight import Sight
from tipoff.models.champion.table import MINUTES
from tipoff.models.manifest import Manifest
from tipoff.models.model import Prediction, column
from tipoff.models.pmf import Bools, Floats, Pmf

FAMILY = "champion"


@dataclass(frozen=True)
class Champion:
    """A fitted version of either form. `trees`: by market that is its own part, and `minutes`."""

    manifest: Manifest
    trees: Mapping[str, Trees]
    layers: Layers
    _newest: list[tuple[pl.DataFrame, Bools, Sight]] = field(
        init=False, default_factory=list, compare=False, repr=False
    )

    @cached_property
    def artifact(self) -> bytes:
        """JSON: LightGBM's text of every tree, and the layers."""
        made = {
            "trees": {name: trees.text for name, trees in self.trees.items()},
            "layers": self.layers.model_dump(mode="json"),
        }
        return json.dumps(made, sort_keys=True, separators=(",", ":")).encode()

    @property
    def reads_lines(self) -> bool:
        """Whether it is the form that reads lines."""
        return bool(self.manifest.parameters["lines"])

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row; a row lacking a required feature, or another market, is not ok.

        Without a line the form that reads lines gives exactly the pmf of the form that does not.
        """
        names = self.manifest.contract.names.get(market, ())
        p = np.full((frame.height, MAX_COUNT[market] + 1), np.nan)
        ok = self._complete(frame, market) if names else np.zeros(frame.height, dtype=np.bool_)
        if ok.any():
            sight = self._seen(frame, ok)
            p[ok] = (sight.final(market) if self.reads_lines else sight.bare(market)).p
        return Prediction(Pmf(p), ok)

    def sight(self, frame: pl.DataFrame) -> Sight:
        """What it makes of rows that all have the required features."""
        return Sight(frame, self.trees, self.layers)

    def _seen(self, frame: pl.DataFrame, ok: Bools) -> Sight:
        # A slate asks for ten markets of one frame: trees and tied lines are worked out once.
        for known, rows, sight in self._newest:
            if known is frame and np.array_equal(rows, ok):
                return sight
        made = self.sight(frame.filter(pl.Series(ok)))
        self._newest[:] = [(frame, ok, made)]
        return made

    def shap(self, row: pl.DataFrame, market: str) -> tuple[float, dict[str, float]]:
        """(base, feature -> contribution) of one row; they sum to the centre its shape is laid
        around. SHAP values of the trees times the level (of a combo: of its parts, added up); with
        a line, times the weight of the own mean, beside what line and price add."""
        sight = self.sight(row)
        centre = float(sight.mean(market)[0])
        parts: dict[str, float] = {}
        for part in PARTS[market]:
            values, level = self.trees[part].shap(sight.values), self.layers.level[part]
            for name, value in zip(self.trees[part].names, values[:-1], strict=True):
                parts[name] = parts.get(name, 0.0) + level * float(value)
        found = sight.lined(market) if self.reads_lines else None
        if found is not None and found[0].all():
            _, rows, layers = found
            weights, middle = (
                layers.location,
                float(layers.line_mean(rows.line, MAX_COUNT[market])[0]),
            )
            parts = {name: weights[2] * value for name, value in parts.items()}
            parts[f"line_{market}"] = weights[1] * middle
            parts[price_name(market)] = weights[3] * float(rows.price[0]) * middle**0.5
            centre = float(layers.centre(rows, MAX_COUNT[market])[0])
        return centre - sum(parts.values()), parts

    def _complete(self, frame: pl.DataFrame, market: str) -> Bools:
        contract = self.manifest.contract
        missing = [n for n in contract.names[market] if n not in frame.columns]
        needed: list[Floats] = [column(frame, n) for n in (*missing, *contract.required(market))]
        return np.asarray(~np.isnan(np.stack(needed, axis=1)).any(axis=1))


def load_champion(manifest: Manifest, artifact: bytes | None) -> Champion:
    """The model of its verified bytes.

    Raises ArtifactError when they are none or its trees read other names than the contract,
    or its weights are of other counts than the market's.
    """
    if artifact is None:
        raise ArtifactError(f"{manifest.model} ({manifest.model_id}) has no artifact")
    what = f"the artifact of {manifest.model}"
    try:
        found = json.loads(artifact)
        trees = {str(name): Trees(text) for name, text in found["trees"].items()}
        made = Champion(manifest, trees, Layers.model_validate(found["layers"]))
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise ArtifactError(f"{what} is not a champion's: {error}") from error
    _check_parts(made, what)
    return made


def _check_parts(model: Champion, what: str) -> None:
    wanted = {*model.layers.level, MINUTES}
    if set(model.trees) != wanted:
        raise ArtifactError(f"{what} has trees of {sorted(model.trees)}, not {sorted(wanted)}")
    for market, lattice in model.layers.lattices():
        if any(len(row) != MAX_COUNT[market] + 1 for row in lattice.weights):
            raise ArtifactError(f"{what}: the weights of {market} are not one for each count")
    for market, names in model.manifest.contract.names.items():
        for part in (*PARTS[market], MINUTES):
            read = model.trees[part].names
            if read != names[: len(read)]:
                raise ArtifactError(
                    f"{what}: the trees of {part} read other features than its manifest: {read}"
                )
