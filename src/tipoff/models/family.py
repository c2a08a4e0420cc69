"""ModelFamily: how the models of one kind are named, fitted, stored, loaded and explained.

A new family is one file with a subclass and one entry of `families.FAMILIES`, or one call of
`families.register`. Everything else asks the family: training, backtests, the registry, roles,
`explain` and the command line.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import polars as pl

from tipoff.errors import UsageError
from tipoff.models.data import TrainingData, training_rows
from tipoff.models.evaluation import Evaluation, newest_rows, score_model
from tipoff.models.manifest import Manifest
from tipoff.models.model import Model
from tipoff.models.names import Spec, monthly, window_end

if TYPE_CHECKING:
    from tipoff.lake import Lake

Role = Literal["champion", "challenger", "shadow"]
Progress = Callable[[str], None]
Fit = Callable[[TrainingData], Model]
"""Makes the model of those rows. Raises UsageError when they are too few."""
M = TypeVar("M", bound=Model)


def silent(_text: str) -> None:
    """Progress nobody watches."""


@dataclass(frozen=True)
class Minutes:
    """Minutes a player is expected to play if they play: median, and an 80% interval."""

    median: float
    p10: float
    p90: float


class ModelFamily(ABC, Generic[M]):
    """The declaration of a family. Instances hold parameters at most, and can be pickled."""

    name: str
    """As versions and manifests have it in every lake: never renamed."""
    specs: Mapping[str, Spec]
    """Model name -> what to train: every name it knows, without the months of refits."""
    monthly: tuple[str, ...] = ()
    """Those of `specs` that may end in _YYYY_MM."""
    suffix: str = ""
    """Of artifact files, without a dot; unused where the manifest holds all of a model."""
    role: Role | None = "shadow"
    """Of its versions in a market while nobody has said otherwise. None: it predicts no market, so
    it has no seat on a slate and takes part in no backtest."""
    rows_are: str = "player-games"
    """What it learns from, in words."""
    notes: tuple[str, ...] = ()
    """What `tipoff train` says of every new version."""
    next_step: str = "tipoff models list, or tipoff run DATE"
    foresees_minutes: bool = False
    """Whether it answers `minutes`."""
    apart: bool = False
    """Whether its models compute in a process of their own, so that nobody need wait for them."""

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that make its models; the code is theirs and that of all they import."""
        return (type(self).__module__,)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Libraries its models run on beside those that its modules import, as they are imported;
        for families from elsewhere, whose libraries are part of their code."""
        return ()

    def parse(self, name: str) -> Spec | None:
        """The spec of a model name, None when it is of another family."""
        if name in self.specs:
            return self.specs[name]
        refit = monthly(name)
        if refit is None or refit[0] not in self.monthly:
            return None
        return replace(self.specs[refit[0]], model=name, through=refit[1])

    @abstractmethod
    def covers(self, spec: Spec) -> tuple[str, ...]:
        """The markets such a model predicts."""

    @abstractmethod
    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """The features it reads in those markets."""

    @abstractmethod
    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        """All but rows, definitions and code that makes its fits what they are; JSON values."""

    @abstractmethod
    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> M:
        """The model of those rows; nothing is stored, and the same rows give the same bits.

        Raises UsageError for too few rows, ContractError when the catalogue lacks a feature.
        """

    @abstractmethod
    def load(self, manifest: Manifest, artifact: bytes | None) -> M:
        """The model of a manifest and the verified bytes of its artifact, None where it has none.

        Raises ArtifactError when they are not those of the manifest.
        """

    def prepare(
        self, spec: Spec, markets: Sequence[str], frame: pl.DataFrame, before: date  # noqa: ARG002
    ) -> Fit:  # fmt: skip
        """What fits every window of the season that begins `before`, in a backtest.

        `frame` has only rows with game_date < `before`: work that is the same for all windows of
        the season can be done on them once.
        """
        return partial(self.fit, spec, tuple(markets))

    def changes(self, manifest: Manifest) -> tuple[str, ...]:  # noqa: ARG002
        """What of it is other than when a version was trained, in words; where code lies outside
        tipoff, whoever changed it may not know that a version predicts as it was trained."""
        return ()

    def rows(self, lake: Lake, spec: Spec, through: date) -> TrainingData:
        """What `tipoff train` fits on. Raises UsageError when nothing was played by then."""
        names = self.names(spec, self.covers(spec))
        return training_rows(lake, spec, window_end(spec, through), names)

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[M, tuple[Evaluation, ...]]:
        """The model of those rows, and how such a model does on rows it has not seen.

        Unless a family says it better: a fit without the newest fifth of the rows, read there in
        its first market.
        """
        markets = self.covers(spec)
        model = self.fit(spec, markets, data, progress)
        if not markets:
            return model, ()
        newest = newest_rows(data)
        earlier = self.fit(spec, markets, data.narrowed(~newest))
        return model, (score_model(earlier, data.frame.filter(pl.Series(newest)), markets[0]),)

    def explain(
        self, model: M, row: pl.DataFrame, market: str  # noqa: ARG002
    ) -> tuple[float, dict[str, float]]:  # fmt: skip
        """(base, feature -> contribution) of one row, adding up to the centre of its pmf.

        Raises UsageError when models of this family do not explain themselves.
        """
        raise UsageError(f"{model.manifest.model} does not explain itself")

    def minutes(self, model: M, row: pl.DataFrame) -> Minutes:  # noqa: ARG002
        """The minutes of one row that the model can predict.

        Raises UsageError where models of this family foresee none.
        """
        raise UsageError(f"{model.manifest.model} foresees no minutes")
