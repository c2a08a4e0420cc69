"""CatBoost on points: a point target, and a negative binomial around the predicted mean."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, ContractError, UsageError
from tipoff.hashing import code_version
from tipoff.league.markets import MAX_COUNT
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.dispersion import Dispersion, estimate
from tipoff.models.engine import catboost
from tipoff.models.golden import make_golden
from tipoff.models.holdout import Holdout, newest_rows, score
from tipoff.models.manifest import Manifest, Scalar
from tipoff.models.model import Prediction, column, complete, matrix
from tipoff.models.pmf import Floats, negative_binomial

FAMILY = "catboost"
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
_VOLATILE = ("model_guid", "train_finish_time")


@dataclass(frozen=True)
class CatBoostModel:
    """A fitted model with its native artifact."""

    manifest: Manifest
    regressor: Any

    @cached_property
    def artifact(self) -> bytes:
        """The `.cbm` bytes, without the time and random id CatBoost puts into them."""
        return _serialised(self.regressor)

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row; a row lacking a required feature, or another market, is not ok."""
        if market not in self.manifest.contract.names:
            nothing = np.full(frame.height, np.nan)
            pmf = negative_binomial(nothing, 1.0, MAX_COUNT[market])
            return Prediction(pmf, np.zeros(frame.height, dtype=np.bool_))
        names = self.manifest.contract.names[market]
        values = matrix(frame, names)
        ok = complete(values, names, self.manifest.contract.required(market))
        shape = self.manifest.dispersion[market]
        mean = np.where(ok, shape.floored(_predicted(self.regressor, values)), np.nan)
        return Prediction(negative_binomial(mean, shape.at(mean), MAX_COUNT[market]), ok)

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
) -> tuple[CatBoostModel, Holdout]:
    """Fit on the rows with every name not in `optional`; the newest fifth sets the dispersion.

    Raises UsageError when fewer than MIN_TRAINING_ROWS rows are complete, ContractError when
    the catalogue lacks a name.
    """
    contract = make_contract({MARKET: names}, definitions, optional)
    usable = data.narrowed(complete(matrix(data.frame, names), names, contract.required(MARKET)))
    _check_size(model, data, usable)
    shape, report = _held_out(usable, names, parameters)
    regressor = _fit(usable, names, parameters)
    manifest = Manifest(
        model=model,
        family=FAMILY,
        markets=(MARKET,),
        contract=contract,
        trained_from=usable.trained_from,
        trained_through=data.through,
        rows=usable.frame.height,
        data_sha256=usable.digest((*names, f"y_{MARKET}")),
        code_version=code_version(),
        parameters=dict(parameters),
        seed=SEED,
        dispersion={MARKET: shape},
    )
    return _finished(CatBoostModel(manifest, regressor), usable), report


def load_catboost(manifest: Manifest, artifact: bytes | None) -> CatBoostModel:
    """The model of its verified bytes.

    Raises ArtifactError when they are not a CatBoost file or reads other names than the contract.
    """
    if artifact is None:
        raise ArtifactError(f"{manifest.model} ({manifest.model_id}) has no artifact")
    engine = catboost()
    regressor = engine.CatBoostRegressor()
    try:
        regressor.load_model(blob=artifact)
    except engine.CatBoostError as error:
        raise ArtifactError(
            f"the artifact of {manifest.model} is not a CatBoost model: {error}"
        ) from error
    found = tuple(regressor.feature_names_)
    if found != manifest.contract.names[MARKET]:
        raise ArtifactError(
            f"the artifact of {manifest.model} reads other features than its manifest: {found}"
        )
    return CatBoostModel(manifest, regressor)


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
) -> tuple[Dispersion, Holdout]:
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
    pmf = negative_binomial(centre, shape.at(centre), MAX_COUNT[MARKET])
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


def _finished(model: CatBoostModel, data: TrainingData) -> CatBoostModel:
    import hashlib

    digest = hashlib.sha256(model.artifact).hexdigest()
    complete_manifest = model.manifest.model_copy(
        update={"artifact_sha256": digest, "golden": make_golden(model, data.frame)}
    )
    return CatBoostModel(complete_manifest, model.regressor)


def _serialised(regressor: Any) -> bytes:
    metadata = regressor.get_metadata()
    for name in _VOLATILE:
        metadata[name] = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        regressor.save_model(str(path), format="cbm")
        return path.read_bytes()
