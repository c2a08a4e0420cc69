"""The breakout classifier: P(a role player scores 1.75 times his season mean), only ever a shadow.

It predicts no market, so it has no seat on any slate: it cannot delay or break one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, UsageError
from tipoff.hashing import code_version
from tipoff.models.auc import Auc, clustered_auc
from tipoff.models.catboost_model import _serialised
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData, training_data
from tipoff.models.engine import catboost
from tipoff.models.golden import make_golden
from tipoff.models.manifest import Manifest, Scalar
from tipoff.models.model import Prediction, column, matrix
from tipoff.models.pmf import Floats, Pmf

if TYPE_CHECKING:
    from tipoff.lake import Lake

FAMILY = MODEL = "breakout"
FEATURES = "v2_39"
MEAN, TARGET = "points_avg_season", "y_points"
ROLE = (8.0, 16.0)
"""Points per game of a role player, both ends included."""
FACTOR = 1.75
SCORE = "breakout_risk_score"
"""The old system's score by hand: what the classifier has to beat."""
SEED, THREADS, LEAST = 20, 2, 500
PARAMETERS: dict[str, Scalar] = {
    "iterations": 300,
    "learning_rate": 0.03,
    "depth": 4,
    "l2_leaf_reg": 10.0,
    "loss_function": "Logloss",
}
"""One configuration was tried."""


@dataclass(frozen=True)
class BreakoutReport:
    """A trained classifier with its AUC out of sample.

    `season` was predicted by a fit on the seasons before it; `score_auc` is that of SCORE on the
    same rows. None when no earlier season, or only one outcome, leaves nothing to read.
    """

    model: str
    model_id: str
    new: bool
    rows: int
    breakouts: int
    trained_from: date
    trained_through: date
    season: str | None
    auc: Auc | None
    score_auc: Auc | None


@dataclass(frozen=True)
class Breakout:
    """A fitted classifier. Its pmf has two bins: no breakout, breakout."""

    manifest: Manifest
    classifier: Any

    @cached_property
    def artifact(self) -> bytes:
        """The `.cbm` bytes, without time and random id."""
        return _serialised(self.classifier)

    def predict(self, frame: pl.DataFrame, market: str = FAMILY) -> Prediction:
        """P(breakout) per row as a pmf over {0, 1}; who is no role player is not ok."""
        ok = role_players(frame)
        p = np.full(frame.height, np.nan)
        if ok.any():
            values = matrix(frame.filter(pl.Series(ok)), self.manifest.contract.names[market])
            p[ok] = _chance(self.classifier, values)
        return Prediction(Pmf(np.stack([1.0 - p, p], axis=1)), ok)


def role_players(frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows are role players, shape (n,)."""
    mean = column(frame, MEAN)
    return np.asarray((mean >= ROLE[0]) & (mean <= ROLE[1]))


def train_breakout(lake: Lake, through: date) -> BreakoutReport:
    """Fit on every role player's game through a date and store the version.

    The newest season is first predicted from the seasons before. Raises UsageError with fewer
    than LEAST rows.
    """
    from tipoff.features import definition_hashes, feature_set, training_frame
    from tipoff.models.registry import store

    names = feature_set(FEATURES)
    with lake.reading() as r:
        frame = training_frame(r, start=None, through=through, names=names)
    data = training_data(frame, through)
    data = data.narrowed(role_players(data.frame))
    if data.frame.height < LEAST or len(set(_broke_out(data.frame).tolist())) < 2:
        raise UsageError(
            f"breakout: {data.frame.height} games of role players through {through} are too few",
            "import more history",
        )
    model = fit_breakout(data, names, definition_hashes())
    season, found, by_score = walk_forward(data.frame, names)
    made = model.manifest
    return BreakoutReport(
        MODEL, made.model_id, store(lake, model), made.rows, int(_broke_out(data.frame).sum()),
        made.trained_from, made.trained_through, season, found, by_score,
    )  # fmt: skip


def fit_breakout(
    data: TrainingData, names: tuple[str, ...], definitions: Mapping[str, str]
) -> Breakout:
    """Fit on rows of role players. Raises ContractError when the catalogue lacks a name."""
    contract = make_contract({FAMILY: names}, definitions, [n for n in names if n != MEAN])
    classifier = _fit(data.frame, names)
    manifest = Manifest(
        model=MODEL, family=FAMILY, markets=(FAMILY,), contract=contract,
        trained_from=data.trained_from, trained_through=data.through, rows=data.frame.height,
        data_sha256=data.digest((*names, TARGET)), code_version=code_version(),
        parameters=dict(PARAMETERS), seed=SEED, dispersion={},
    )  # fmt: skip
    return _finished(Breakout(manifest, classifier), data.frame)


def walk_forward(
    frame: pl.DataFrame, names: tuple[str, ...]
) -> tuple[str | None, Auc | None, Auc | None]:
    """The newest season, and the AUC on it of a fit on the seasons before and of SCORE."""
    newest = str(frame["season"].max())
    older, newer = frame.filter(pl.col("season") < newest), frame.filter(season=newest)
    if older.height < LEAST or len(set(_broke_out(older).tolist())) < 2:
        return None, None, None
    y, slates = _broke_out(newer), newer["game_date"].to_numpy()
    chance = _chance(_fit(older, names), matrix(newer, names))
    by_hand = column(newer, SCORE)
    found = [clustered_auc(score, y, slates) for score in (chance, by_hand)]
    return newest, found[0], found[1]


def load_breakout(manifest: Manifest, artifact: bytes | None) -> Breakout:
    """The classifier of its verified bytes. Raises ArtifactError when they are none."""
    engine = catboost()
    classifier = engine.CatBoostClassifier()
    try:
        classifier.load_model(blob=artifact or b"")
    except engine.CatBoostError as error:
        raise ArtifactError(
            f"the artifact of {manifest.model} is not a CatBoost model: {error}"
        ) from error
    return Breakout(manifest, classifier)


def _fit(frame: pl.DataFrame, names: tuple[str, ...]) -> Any:
    engine = catboost()
    y = _broke_out(frame).astype(np.int64)
    pool = engine.Pool(matrix(frame, names), y, feature_names=list(names))
    classifier = engine.CatBoostClassifier(
        **PARAMETERS, random_seed=SEED, thread_count=THREADS, allow_writing_files=False,
        logging_level="Silent",
    )  # fmt: skip
    return classifier.fit(pool)


def _chance(classifier: Any, values: Floats) -> Floats:
    return np.asarray(classifier.predict_proba(values, thread_count=1)[:, 1], dtype=np.float64)


def _broke_out(frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(column(frame, TARGET) >= FACTOR * column(frame, MEAN))


def _finished(model: Breakout, frame: pl.DataFrame) -> Breakout:
    import hashlib

    digest = hashlib.sha256(model.artifact).hexdigest()
    update = {"artifact_sha256": digest, "golden": make_golden(model, frame)}
    return Breakout(model.manifest.model_copy(update=update), model.classifier)
