"""How a new version does on rows that its fit has not seen, as `tipoff train` reports it."""

from __future__ import annotations

import numpy as np
import polars as pl

from tipoff.models.data import TrainingData
from tipoff.models.model import Model, column
from tipoff.models.pmf import Bools, Floats, Pmf
from tipoff.results.data import Evaluation, Figure

__all__ = ["Evaluation", "Figure", "newest_rows", "score", "score_model"]


def score(pmf: Pmf, y: Floats, market: str) -> Evaluation:
    """MAE of the median and mean CRPS of a pmf, in units of the market, against `y`, shape (n,).

    Without rows there are no figures.
    """
    of = f"hold-out (newest dates, {market})"
    if not len(y):
        return Evaluation(of=of, n=0, figures={})
    mae = float(np.abs(pmf.median() - y).mean())
    crps = float(pmf.crps(y).mean())
    figures = {"MAE": Figure(value=mae), "CRPS": Figure(value=crps)}
    return Evaluation(of=of, n=len(y), figures=figures)


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
