"""Boosted trees by LightGBM: fitted on a matrix, kept as LightGBM's own text, never pickled."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tipoff.errors import ArtifactError
from tipoff.hashing import content_id
from tipoff.models.champion.memo import Memo
from tipoff.models.engine import lightgbm
from tipoff.models.manifest import Scalar
from tipoff.models.pmf import Floats

Matrix = NDArray[np.float32]

SEED, THREADS = 1, 1
COMMON: dict[str, Scalar] = {
    "num_leaves": 24, "min_child_samples": 300, "colsample_bytree": 0.25, "subsample": 0.7,
    "subsample_freq": 1, "reg_lambda": 20.0, "max_bin": 127, "seed": SEED, "deterministic": True,
    "force_row_wise": True, "num_threads": THREADS, "verbosity": -1,
}  # fmt: skip
MEAN: dict[str, Scalar] = {"objective": "l2", "learning_rate": 0.02, **COMMON}
"""For the mean of a count."""
MEDIAN: dict[str, Scalar] = {"objective": "l1", "learning_rate": 0.03, **COMMON}
"""For the median of minutes: least absolute error beats least squares there by .04 minutes."""

_FITTED: Memo[str] = Memo(160)
_PARSED: Memo[Any] = Memo(24)
_SLATES: Memo[Floats] = Memo(64)
_SMALL = 2_000_000


@dataclass(frozen=True)
class Trees:
    """Fitted trees as LightGBM writes them; `text` is all of what they are."""

    text: str

    @cached_property
    def booster(self) -> Any:
        """The parsed model, shared by all trees of the same text. Raises ArtifactError when the
        text is not one."""
        return _PARSED.get(self._digest, self._parsed)

    def _parsed(self) -> Any:
        engine = _engine()
        try:
            return engine.Booster(model_str=self.text)
        except engine.basic.LightGBMError as error:
            raise ArtifactError(f"not a LightGBM model: {error}") from error

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns it reads, in order."""
        return tuple(self.booster.feature_name())

    def predict(self, values: Matrix) -> Floats:
        """Raw predictions, shape (n,). Those of a slate are kept: ten markets ask for them."""
        if values.nbytes > _SMALL:
            return self._predicted(values)
        key = hashlib.sha256(values.tobytes()).hexdigest() + self._digest
        return _SLATES.get(key, lambda: self._predicted(values))

    def shap(self, values: Matrix) -> Floats:
        """SHAP values of one row, shape (columns + 1,); the last is the expected prediction."""
        return np.asarray(self._said(values, pred_contrib=True, num_threads=1)[0], np.float64)

    def _predicted(self, values: Matrix) -> Floats:
        kept = np.asarray(self._said(values, num_threads=THREADS), dtype=np.float64)
        kept.flags.writeable = False  # the memo hands it out again
        return kept

    def _said(self, values: Matrix, **asked: Any) -> Any:
        try:
            return self.booster.predict(values, **asked)
        except _engine().basic.LightGBMError as error:
            # It is a bare Exception, which no caller could name without importing LightGBM.
            raise ArtifactError(f"LightGBM cannot predict: {error}") from error

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def fit_trees(
    values: Matrix,
    y: Floats,
    names: tuple[str, ...],
    rounds: int,
    parameters: Mapping[str, Scalar] = MEAN,
) -> Trees:
    """Trees of those rows, NaN for what is unknown; the same rows give the same text, bit for bit.

    A process fits the same rows with the same parameters once: two forms of a model share them.
    """
    key = content_id(
        "trees",
        [
            hashlib.sha256(values.tobytes()).hexdigest(),
            hashlib.sha256(y.tobytes()).hexdigest(),
            names,
            rounds,
            parameters,
        ],
    )
    return Trees(_FITTED.get(key, lambda: _fit(values, y, names, rounds, parameters)))


def _fit(
    values: Matrix, y: Floats, names: tuple[str, ...], rounds: int, parameters: Mapping[str, Scalar]
) -> str:
    engine = _engine()
    held = engine.Dataset(
        np.ascontiguousarray(values), y, feature_name=list(names), params={**parameters}
    )
    return str(engine.train(dict(parameters), held, rounds).model_to_string())


def _engine() -> Any:
    """LightGBM, which would print to stdout, where `--json` has its answer."""
    engine = lightgbm()
    engine.register_logger(_Silence())
    return engine


class _Silence:
    def info(self, _text: str) -> None:
        """Nothing."""

    def warning(self, _text: str) -> None:
        """Nothing."""
