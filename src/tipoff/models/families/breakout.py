"""The breakout classifier: P(a role player scores 1.75 times his season mean), only ever a shadow.

It predicts no market, so it has no seat on any slate: it cannot delay or break one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.errors import UsageError
from tipoff.models.auc import Auc, clustered_auc
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData, training_rows
from tipoff.models.engine import catboost, catboost_bytes, catboost_loaded
from tipoff.models.evaluation import Evaluation, Figure
from tipoff.models.families.trees import TreeFamily
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import Manifest, Scalar, make_manifest
from tipoff.models.model import Prediction, column, matrix
from tipoff.models.names import Spec
from tipoff.models.pmf import Floats, Pmf

if TYPE_CHECKING:
    from tipoff.lake import Lake

NAME = MODEL = "breakout"
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
_SPECS = {MODEL: Spec(MODEL, NAME, feature_set=FEATURES)}


@dataclass(frozen=True)
class Breakout:
    """A fitted classifier. Its pmf has two bins: no breakout, breakout."""

    manifest: Manifest
    classifier: Any

    @cached_property
    def artifact(self) -> bytes:
        """The `.cbm` bytes, without time and random id."""
        return catboost_bytes(self.classifier)

    def predict(self, frame: pl.DataFrame, market: str = NAME) -> Prediction:
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


def fit_breakout(
    data: TrainingData, names: tuple[str, ...], definitions: Mapping[str, str]
) -> Breakout:
    """Fit on rows of role players. Raises ContractError when the catalogue lacks a name."""
    contract = make_contract({NAME: names}, definitions, [n for n in names if n != MEAN])
    manifest = make_manifest(
        MODEL, NAME, contract, data, [TARGET], __name__, parameters=PARAMETERS, seed=SEED
    )
    bare = Breakout(manifest, _fit(data.frame, names))
    return finished(bare, make_golden(bare, data.frame))


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


class BreakoutFamily(TreeFamily[Breakout]):
    """P(breakout), of one model."""

    name = NAME
    specs = _SPECS
    suffix = "cbm"
    kind = "a CatBoost model"
    role = None
    rows_are = "games of role players"
    notes = ("a shadow for ever: part of no pick and no slate",)
    next_step = "tipoff breakouts DATE"

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """No market."""
        return ()

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Its feature set."""
        from tipoff.features import feature_set

        return tuple(feature_set(FEATURES))

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """The settings of its trees, seed and threads, and what a breakout is."""
        return {**PARAMETERS, "seed": SEED, "threads": THREADS, "role": ROLE, "factor": FACTOR}

    def rows(self, lake: Lake, spec: Spec, through: date) -> TrainingData:
        """Every role player's game through a date.

        Raises UsageError with fewer than LEAST rows, or when nobody broke out.
        """
        data = training_rows(lake, spec, through, self.names(spec, ()))
        data = data.narrowed(role_players(data.frame))
        if data.frame.height < LEAST or len(set(_broke_out(data.frame).tolist())) < 2:
            raise UsageError(
                f"breakout: {data.frame.height} games of role players through {through} are too"
                " few",
                "import more history",
            )
        return data

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Breakout:
        """See `fit_breakout`."""
        from tipoff.features import definition_hashes

        return fit_breakout(data, self.names(spec, markets), definition_hashes())

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[Breakout, tuple[Evaluation, ...]]:
        """Read on the newest season, beside the old system's score on the same rows."""
        model = self.fit(spec, (), data, progress)
        season, *aucs = walk_forward(data.frame, self.names(spec, ()))
        named = zip(("a fit on the seasons before", SCORE), aucs, strict=True)
        return model, tuple(
            Evaluation(
                of=f"{season} by {name}", n=auc.n,
                figures={"AUC": Figure(value=auc.value, low=auc.low, high=auc.high)},
                counts={"breakouts": auc.positives, "slates": auc.slates},
            )
            for name, auc in named if auc is not None
        )  # fmt: skip

    def read(self, manifest: Manifest, content: bytes) -> Breakout:
        """The classifier of a `.cbm` file."""
        return Breakout(manifest, catboost_loaded(catboost().CatBoostClassifier(), content))

    def columns(self, model: Breakout, market: str) -> Iterable[tuple[str, ...]]:
        """Those it was fitted on."""
        return [tuple(model.classifier.feature_names_)]


FAMILY = BreakoutFamily()
