"""How a new version does on rows that its fit has not seen, as `tipoff train` reports it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tipoff.models.data import TrainingData
from tipoff.models.model import Model, column
from tipoff.models.pmf import Bools, Floats, Pmf


@dataclass(frozen=True)
class Figure:
    """A number, with its 95% interval where it has one."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        interval = "" if self.low is None else f" [{self.low:.3f}, {self.high:.3f}]"
        return f"{self.value:.3f}{interval}"


@dataclass(frozen=True)
class Evaluation:
    """Figures by name of `n` rows; `of` says which rows they are and who predicted them.

    `counts`: what else was counted there, such as slates or breakouts.
    """

    of: str
    n: int
    figures: dict[str, Figure]
    counts: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        said = [f"{name} {figure}" for name, figure in self.figures.items()]
        counted = [f"{count} {what}" for what, count in self.counts.items()]
        return f"{self.of}: {', '.join([*said, f'n = {self.n}', *counted])}"


def score(pmf: Pmf, y: Floats, market: str) -> Evaluation:
    """MAE of the median and mean CRPS of a pmf, in units of the market, against `y`, shape (n,).

    Without rows there are no figures.
    """
    of = f"hold-out (newest dates, {market})"
    if not len(y):
        return Evaluation(of, 0, {})
    mae = float(np.abs(pmf.median() - y).mean())
    return Evaluation(of, len(y), {"MAE": Figure(mae), "CRPS": Figure(float(pmf.crps(y).mean()))})


def score_model(model: Model, frame: pl.DataFrame, market: str) -> Evaluation:
    """The same of a model on the rows of a frame that it can predict."""
    answer, y = model.predict(frame, market), column(frame, f"y_{market}")
    return score(Pmf(answer.pmf.p[answer.ok]), y[answer.ok], market)


def newest_rows(data: TrainingData, share: float = 0.2) -> Bools:
    """Marks the newest rows, shape (n,): whole dates, about `share` of the rows or a bit more.

    Whole dates, because rows of one date share their games and would leak across a split.
    """
    dates = data.frame.get_column("game_date")
    if dates.len() < 2:
        return np.zeros(dates.len(), dtype=np.bool_)
    first = dates[int(dates.len() * (1 - share))]
    return np.asarray((dates >= first).to_numpy())
