"""CatBoost on points: a point target, and a negative binomial around the predicted mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, ContractError, UsageError
from tipoff.markets import MARKETS
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.dispersion import Dispersion, estimate
from tipoff.models.engine import catboost, catboost_bytes, catboost_loaded
from tipoff.models.evaluation import Evaluation, newest_rows, score
from tipoff.models.families.trees import TreeFamily
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import Manifest, Scalar, make_manifest
from tipoff.models.model import Prediction, column, complete, matrix
from tipoff.models.names import Spec
from tipoff.models.pmf import Floats, negative_binomial

NAME = "catboost"
MARKET = "points"
SEED = 20
MIN_TRAINING_ROWS = 500
THREADS = 2
PARAMETERS: dict[str, Scalar] = {
    "iterations": 400,
    "learning_rate": 0.03,
    "depth": 5,
    "l2_leaf_reg": 10.0,
    "loss_function": "RMSE",
}
"""Chosen on 2023-24 alone among six settings that differed by 0.02 points of MAE at most."""
_MANY_ROWS = 10_000
_SPECS: Mapping[str, Spec] = {
    "catboost_v8": Spec("catboost_v8", NAME, "seasons_before", "v2_33"),
    "catboost_v9": Spec("catboost_v9", NAME, "current_season", "v2_33"),
    "catboost_v9_37": Spec("catboost_v9_37", NAME, "current_season", "v2_37"),
    "catboost_v9_39": Spec("catboost_v9_39", NAME, "current_season", "v2_39"),
}


@dataclass(frozen=True)
class CatBoostModel:
    """A fitted model with its native artifact."""

    manifest: Manifest
    regressor: Any

    @cached_property
    def artifact(self) -> bytes:
        """The `.cbm` bytes, without the time and random id CatBoost puts into them."""
        return catboost_bytes(self.regressor)

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row; a row lacking a required feature, or another market, is not ok."""
        if market not in self.manifest.contract.names:
            nothing = np.full(frame.height, np.nan)
            pmf = negative_binomial(nothing, 1.0, MARKETS[market].top)
            return Prediction(pmf, np.zeros(frame.height, dtype=np.bool_))
        names = self.manifest.contract.names[market]
        values = matrix(frame, names)
        ok = complete(values, names, self.manifest.contract.required(market))
        shape = self.manifest.dispersion[market]
        mean = np.where(ok, shape.floored(_predicted(self.regressor, values)), np.nan)
        return Prediction(negative_binomial(mean, shape.at(mean), MARKETS[market].top), ok)

    def shap(self, row: pl.DataFrame, market: str) -> tuple[float, dict[str, float]]:
        """(expected value, feature -> SHAP value) of one row; they sum to the raw prediction."""
        names = self.manifest.contract.names[market]
        pool = catboost().Pool(matrix(row, names), feature_names=list(names))
        values = self.regressor.get_feature_importance(pool, type="ShapValues", thread_count=1)[0]
        return float(values[-1]), {n: float(v) for n, v in zip(names, values[:-1], strict=True)}


def fit_catboost(
    model: str,
    data: TrainingData,
    names: tuple[str, ...],
    definitions: Mapping[str, str],
    optional: Iterable[str] = (),
    parameters: Mapping[str, Scalar] = PARAMETERS,
) -> tuple[CatBoostModel, Evaluation]:
    """Fit on the rows with every name not in `optional`; the newest fifth sets the dispersion.

    Raises UsageError when fewer than MIN_TRAINING_ROWS rows are complete, ContractError when
    the catalogue lacks a name.
    """
    contract = make_contract({MARKET: names}, definitions, optional)
    usable = data.narrowed(complete(matrix(data.frame, names), names, contract.required(MARKET)))
    _check_size(model, data, usable)
    shape, report = _held_out(usable, names, parameters)
    regressor = _fit(usable, names, parameters)
    manifest = make_manifest(
        model, NAME, contract, usable, [f"y_{MARKET}"], __name__, parameters=parameters, seed=SEED,
        dispersion={MARKET: shape},
    )  # fmt: skip
    bare = CatBoostModel(manifest, regressor)
    return finished(bare, make_golden(bare, usable.frame)), report


def _check_size(model: str, data: TrainingData, usable: TrainingData) -> None:
    rows = usable.frame.height
    if rows < MIN_TRAINING_ROWS:
        raise UsageError(
            f"{model}: {rows} of the {data.frame.height} player-games from {data.trained_from}"
            f" through {data.through} have every required feature, {MIN_TRAINING_ROWS} are needed",
            "choose a later --through, or import more history",
        )


def _held_out(
    data: TrainingData, names: tuple[str, ...], parameters: Mapping[str, Scalar]
) -> tuple[Dispersion, Evaluation]:
    newest = newest_rows(data)
    older, newer = data.narrowed(~newest), data.narrowed(newest)
    regressor = _fit(older, names, parameters)
    mean, y = _predicted(regressor, matrix(newer.frame, names)), column(newer.frame, f"y_{MARKET}")
    shape = estimate(mean, np.maximum(mean, 0.0), y)
    if shape is None:
        raise ContractError(
            f"only {len(y)} rows to estimate the dispersion from", [], "choose a later --through"
        )
    centre = shape.floored(mean)
    pmf = negative_binomial(centre, shape.at(centre), MARKETS[MARKET].top)
    return shape, score(pmf, y, MARKET)


def _fit(data: TrainingData, names: tuple[str, ...], parameters: Mapping[str, Scalar]) -> Any:
    pool = catboost().Pool(
        matrix(data.frame, names), column(data.frame, f"y_{MARKET}"), feature_names=list(names)
    )
    regressor = catboost().CatBoostRegressor(
        **parameters,
        random_seed=SEED,
        thread_count=THREADS,
        allow_writing_files=False,
        logging_level="Silent",
    )
    return regressor.fit(pool)


def _predicted(regressor: Any, values: Floats) -> Floats:
    # Starting threads costs more than a slate; the answers are the same bits either way.
    threads = THREADS if len(values) > _MANY_ROWS else 1
    try:
        return np.asarray(regressor.predict(values, thread_count=threads), dtype=np.float64)
    except catboost().CatBoostError as error:
        # It is a bare Exception, which no caller could name without importing CatBoost.
        raise ArtifactError(f"CatBoost cannot predict: {error}") from error


@dataclass(frozen=True)
class CatBoostFamily(TreeFamily[CatBoostModel]):
    """CatBoost models of given settings; tests take few trees."""

    settings: Mapping[str, Scalar] = field(default_factory=lambda: PARAMETERS)

    name = NAME
    specs = _SPECS
    monthly = ("catboost_v9",)
    suffix = "cbm"
    kind = "a CatBoost model"

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """Points."""
        return (MARKET,)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Its feature set."""
        from tipoff.features import feature_set

        return tuple(feature_set(spec.feature_set or ""))

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """The settings of its trees, seed and threads: other threads give other last bits."""
        return {**self.settings, "seed": SEED, "threads": THREADS, "rows": MIN_TRAINING_ROWS}

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> CatBoostModel:
        """See `fit_catboost`."""
        return self.fit_and_evaluate(spec, data, progress)[0]

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[CatBoostModel, tuple[Evaluation, ...]]:
        """Read on the newest fifth of the rows by the fit without them that sets the dispersion."""
        from tipoff.features import catalogue, definition_hashes

        names, declared = self.names(spec, (MARKET,)), catalogue()
        optional = [name for name in names if not declared[name].required]
        model, report = fit_catboost(
            spec.model, data, names, definition_hashes(), optional, self.settings
        )
        return model, (report,)

    def read(self, manifest: Manifest, content: bytes) -> CatBoostModel:
        """The model of a `.cbm` file."""
        return CatBoostModel(manifest, catboost_loaded(catboost().CatBoostRegressor(), content))

    def columns(self, model: CatBoostModel, market: str) -> Iterable[tuple[str, ...]]:
        """Those it was fitted on."""
        return [tuple(model.regressor.feature_names_)]

    def explain(
        self, model: CatBoostModel, row: pl.DataFrame, market: str
    ) -> tuple[float, dict[str, float]]:
        """SHAP values (Lundberg, Erion and Lee 2018)."""
        return model.shap(row, market)


FAMILY = CatBoostFamily()
