"""P(plays): whether a roster member takes part tonight, from what is known before tip-off.

A field of its own beside the pmf, which stays conditional on playing. It predicts no market, so it
has no seat on any slate; `breakout` is made in the same way.
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
from tipoff.models.champion.learner import COMMON, SEED, Trees, fit_trees
from tipoff.models.champion.table import features_matrix
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData, training_data
from tipoff.models.evaluation import Evaluation, Figure
from tipoff.models.families.trees import TreeFamily
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import Manifest, Scalar, make_manifest
from tipoff.models.model import Prediction, column
from tipoff.models.names import Spec
from tipoff.models.pmf import Bools, Floats, Pmf

if TYPE_CHECKING:
    from tipoff.lake import Lake

NAME = MODEL = "plays"
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
_SPECS = {MODEL: Spec(MODEL, NAME, feature_set=FEATURES)}


@dataclass(frozen=True)
class Rotation:
    """How well absences of rotation players are foreseen out of sample, by one definition."""

    minutes: float
    missed: float
    auc: Auc | None
    log_loss: float | None

    def evaluation(self, season: str) -> Evaluation | None:
        """The same as `tipoff train` reports it, None where all of them played or none did."""
        auc = self.auc
        if auc is None or self.log_loss is None:
            return None
        ranked = Figure(value=auc.value, low=auc.low, high=auc.high)
        return Evaluation(
            of=f"{season} absences, recent minutes >= {self.minutes:g}, fewer than"
            f" {self.missed:g} games missed",
            n=auc.n,
            figures={"AUC": ranked, "log loss": Figure(value=self.log_loss)},
            counts={"absent": auc.positives, "slates": auc.slates},
        )


@dataclass(frozen=True)
class Plays:
    """A fitted classifier. Its pmf has two bins: does not play, plays."""

    manifest: Manifest
    trees: Trees

    @cached_property
    def artifact(self) -> bytes:
        """LightGBM's text."""
        return self.trees.text.encode()

    def predict(self, frame: pl.DataFrame, market: str = NAME) -> Prediction:
        """P(plays) per row as a pmf over {0, 1}; who has no box score with his team is not ok."""
        ok = ~np.isnan(column(frame, MISSED))
        p = np.full(frame.height, np.nan)
        if ok.any():
            names = self.manifest.contract.names[market]
            p[ok] = self.trees.predict(features_matrix(frame.filter(pl.Series(ok)), names))
        return Prediction(Pmf(np.stack([1.0 - p, p], axis=1)), ok)


def fit_plays(data: TrainingData, names: tuple[str, ...], definitions: Mapping[str, str]) -> Plays:
    """Fit on rows with a known outcome. Raises ContractError when the catalogue lacks a name."""
    contract = make_contract({NAME: names}, definitions, set(names) - {MISSED})
    manifest = make_manifest(
        MODEL, NAME, contract, data, [TARGET], __name__, parameters=PARAMETERS, seed=SEED
    )
    bare = Plays(manifest, _fit(data.frame, names))
    return finished(bare, make_golden(bare, data.frame))


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


class PlaysFamily(TreeFamily[Plays]):
    """P(plays), of one model."""

    name = NAME
    specs = _SPECS
    suffix = "txt"
    kind = "a classifier's file"
    role = None
    rows_are = "roster rows"
    next_step = "tipoff player NAME"

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """No market."""
        return ()

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """The facts on a roster member."""
        from tipoff.features import feature_set

        return tuple(feature_set(FEATURES))

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """The settings of its trees."""
        return {**PARAMETERS, "rounds": ROUNDS}

    def rows(self, lake: Lake, spec: Spec, through: date) -> TrainingData:
        """Every roster member of every team game through a date whose outcome is known.

        Raises UsageError with fewer than LEAST rows, or when everybody played.
        """
        from tipoff.features import roster_frame

        names = self.names(spec, ())
        with lake.reading() as r:
            frame = roster_frame(r, start=None, through=through, names=names)
        data = training_data(frame.drop_nulls(TARGET), through)
        if data.frame.height < LEAST or data.frame[TARGET].n_unique() < 2:
            raise UsageError(
                f"plays: {data.frame.height} rows of rosters through {through} are too few",
                "import more history",
            )
        return data

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Plays:
        """See `fit_plays`."""
        from tipoff.features import definition_hashes

        return fit_plays(data, self.names(spec, markets), definition_hashes())

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[Plays, tuple[Evaluation, ...]]:
        """Read on the newest season's absences, by every definition of a rotation player."""
        season, rotations = walk_forward(data.frame, self.names(spec, ()))
        found = tuple(r.evaluation(season or "") for r in rotations)
        return self.fit(spec, (), data, progress), tuple(e for e in found if e is not None)

    def read(self, manifest: Manifest, content: bytes) -> Plays:
        """The classifier of LightGBM's text."""
        return Plays(manifest, Trees(content.decode("utf-8")))

    def columns(self, model: Plays, market: str) -> Iterable[tuple[str, ...]]:
        """Those of its trees."""
        return [model.trees.names]


FAMILY = PlaysFamily()
