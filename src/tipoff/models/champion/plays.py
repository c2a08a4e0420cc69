"""P(plays): whether a roster member takes part tonight, from what is known before tip-off.

A field of its own beside the pmf, which stays conditional on playing. It predicts no market, so it
has no seat on any slate; `breakout` is made in the same way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, UsageError
from tipoff.hashing import code_version
from tipoff.models.auc import Auc, clustered_auc
from tipoff.models.champion.learner import COMMON, SEED, Trees, fit_trees
from tipoff.models.champion.table import features_matrix
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData, training_data
from tipoff.models.golden import make_golden
from tipoff.models.manifest import Manifest, Scalar
from tipoff.models.model import Prediction, column
from tipoff.models.pmf import Bools, Floats, Pmf

if TYPE_CHECKING:
    from tipoff.lake import Lake

FAMILY = MODEL = "plays"
FEATURES = "plays_1"
TARGET = "y_played"
ROUNDS = 300
LEAST = 500
PARAMETERS: dict[str, Scalar] = {
    **COMMON, "objective": "binary", "learning_rate": 0.05, "colsample_bytree": 0.5,
    "min_child_samples": 100, "reg_lambda": 5.0,
}  # fmt: skip
RATING, MISSED = "minutes_ewma_hl8", "own_missed"
ROTATIONS = ((12.0, 10.0), (15.0, 10.0), (8.0, 10.0))
"""(at least as many recent minutes, fewer games missed in a row): who is a rotation player. The
first is the one meant; the others show what the definition does to the figure."""


@dataclass(frozen=True)
class Rotation:
    """How well absences of rotation players are foreseen out of sample, by one definition."""

    minutes: float
    missed: float
    auc: Auc | None
    log_loss: float | None


@dataclass(frozen=True)
class PlaysReport:
    """A trained classifier; `season` was predicted by a fit on the seasons before it."""

    model: str
    model_id: str
    new: bool
    rows: int
    trained_from: date
    trained_through: date
    season: str | None
    rotations: tuple[Rotation, ...]


@dataclass(frozen=True)
class Plays:
    """A fitted classifier. Its pmf has two bins: does not play, plays."""

    manifest: Manifest
    trees: Trees

    @cached_property
    def artifact(self) -> bytes:
        """LightGBM's text."""
        return self.trees.text.encode()

    def predict(self, frame: pl.DataFrame, market: str = FAMILY) -> Prediction:
        """P(plays) per row as a pmf over {0, 1}; who has no box score with his team is not ok."""
        ok = ~np.isnan(column(frame, MISSED))
        p = np.full(frame.height, np.nan)
        if ok.any():
            names = self.manifest.contract.names[market]
            p[ok] = self.trees.predict(features_matrix(frame.filter(pl.Series(ok)), names))
        return Prediction(Pmf(np.stack([1.0 - p, p], axis=1)), ok)


def train_plays(lake: Lake, through: date) -> PlaysReport:
    """Fit on every roster member of every team game through a date and store the version.

    The newest season is first predicted from the seasons before. Raises UsageError with fewer
    than LEAST rows.
    """
    from tipoff.features import definition_hashes, feature_set, roster_frame
    from tipoff.models.registry import store

    names = feature_set(FEATURES)
    with lake.reading() as r:
        frame = roster_frame(r, start=None, through=through, names=names)
    data = training_data(frame.drop_nulls(TARGET), through)
    if data.frame.height < LEAST or data.frame[TARGET].n_unique() < 2:
        raise UsageError(
            f"plays: {data.frame.height} rows of rosters through {through} are too few",
            "import more history",
        )
    model = fit_plays(data, names, definition_hashes())
    season, found = walk_forward(data.frame, names)
    made = model.manifest
    return PlaysReport(
        MODEL, made.model_id, store(lake, model), made.rows, made.trained_from,
        made.trained_through, season, found,
    )  # fmt: skip


def fit_plays(data: TrainingData, names: tuple[str, ...], definitions: Mapping[str, str]) -> Plays:
    """Fit on rows with a known outcome. Raises ContractError when the catalogue lacks a name."""
    contract = make_contract({FAMILY: names}, definitions, set(names) - {MISSED})
    manifest = Manifest(
        model=MODEL, family=FAMILY, markets=(FAMILY,), contract=contract,
        trained_from=data.trained_from, trained_through=data.through, rows=data.frame.height,
        data_sha256=data.digest((*names, TARGET)), code_version=code_version(),
        parameters=dict(PARAMETERS), seed=SEED, dispersion={},
    )  # fmt: skip
    made = Plays(manifest, _fit(data.frame, names))
    update = {
        "artifact_sha256": hashlib.sha256(made.artifact).hexdigest(),
        "golden": make_golden(made, data.frame),
    }
    return Plays(manifest.model_copy(update=update), made.trees)


def walk_forward(
    frame: pl.DataFrame, names: tuple[str, ...]
) -> tuple[str | None, tuple[Rotation, ...]]:
    """The newest season, and how a fit on the seasons before foresaw its absences."""
    newest = str(frame["season"].max())
    older, newer = frame.filter(pl.col("season") < newest), frame.filter(season=newest)
    if older.height < LEAST or older[TARGET].n_unique() < 2:
        return None, ()
    chance = _fit(older, names).predict(features_matrix(newer, names))
    return newest, tuple(_rotation(newer, 1.0 - chance, *limits) for limits in ROTATIONS)


def load_plays(manifest: Manifest, artifact: bytes | None) -> Plays:
    """The classifier of its verified bytes. Raises ArtifactError when they are none."""
    made = Plays(manifest, Trees((artifact or b"").decode()))
    if made.trees.names != manifest.contract.names[FAMILY]:
        raise ArtifactError(
            f"the artifact of {manifest.model} reads other features than its manifest"
        )
    return made


def _fit(frame: pl.DataFrame, names: tuple[str, ...]) -> Trees:
    return fit_trees(
        features_matrix(frame, names), column(frame, TARGET), names, ROUNDS, PARAMETERS
    )


def _rotation(rows: pl.DataFrame, absent: Floats, minutes: float, missed: float) -> Rotation:
    mine: Bools = (column(rows, RATING) >= minutes) & (column(rows, MISSED) < missed)
    out, p = column(rows, TARGET)[mine] == 0, np.clip(absent[mine], 1e-9, 1 - 1e-9)
    loss = float(-np.log(np.where(out, p, 1 - p)).mean()) if mine.any() else None
    return Rotation(
        minutes, missed, clustered_auc(p, out, rows["game_date"].to_numpy()[mine]), loss
    )
