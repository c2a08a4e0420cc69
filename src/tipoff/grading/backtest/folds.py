"""One fold: a model fitted on what came before a window, and its forecasts of that window."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from tipoff.errors import ContractError, PluginFailed, UsageError
from tipoff.grading.backtest.plan import Plan, Window
from tipoff.grading.backtest.rows import Rows
from tipoff.hashing import content_id
from tipoff.markets import MARKETS
from tipoff.models import Model, Prediction, Spec, code_of, family_of
from tipoff.models.data import TrainingData, training_window
from tipoff.models.families import FAMILIES
from tipoff.models.family import Fit
from tipoff.models.model import column
from tipoff.models.pmf import Pmf

COLUMNS = (
    "game_date", "game_id", "player_id", "player_key", "market", "model", "as_of",
    "trained_through", "snapshot_id", "mean", "median", "pmf", "line", "p_over",
)  # fmt: skip
NO_FIT = "could not be fitted"
NOT_ITS_MARKET = "the model does not predict this market"
NO_ANSWER = "the model failed"
NO_SHAPE = "too few rows to fit this market"
Refused = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Fold:
    """A model, the markets asked of it that it covers, and the window it is to predict."""

    spec: Spec
    markets: tuple[str, ...]
    window: Window


@dataclass(frozen=True)
class Forecasts:
    """Rows of a fold in the columns of COLUMNS, and (market, reason) -> rows not predicted."""

    rows: pl.DataFrame
    refused: Refused


def make_folds(plan: Plan, rows: Rows) -> list[Fold]:
    """The folds of a plan whose window has rows, oldest window first."""
    days = set(rows.frame["game_date"].unique().to_list())
    filled = [w for w in plan.windows if any(w.first <= d <= w.last for d in days)]
    folds = [Fold(spec, plan.covered(spec), w) for w in filled for spec in plan.specs]
    return [fold for fold in folds if fold.markets]


def fold_id(fold: Fold, rows: Rows) -> str:
    """The hash of all a fold's forecasts are made from: rows before the window with their
    outcomes, rows of the window without, definitions, parameters and code."""
    names = _reads(fold)
    window, inputs = fold.window, rows.inputs(names)
    seen = [(d, inputs[d], h) for d, h in rows.outcomes().items() if d < window.first]
    asked = [(d, h) for d, h in inputs.items() if window.first <= d <= window.last]
    code = code_of([fold.spec.family], fold.markets, FOLD)
    parts = [
        vars(fold.spec), fold.markets, window.first, seen, asked,
        {n: rows.definitions.get(n) for n in names},
        family_of(fold.spec).parameters(fold.spec), code.fingerprint,
    ]  # fmt: skip
    return content_id("fold", parts)


FOLD = ("tipoff.grading.backtest.folds", "tipoff.features.build", "tipoff.lake.asof")
"""What fits and predicts a fold, whatever the family."""


def _reads(fold: Fold) -> list[str]:
    lines = {f"line_{m}" for m in fold.markets}
    return sorted(lines.union(family_of(fold.spec).names(fold.spec, fold.markets)))


@dataclass
class Fitter:
    """Fits folds one after the other, doing the work of a season once and no fit twice."""

    rows: Rows
    _seasons: dict[tuple[str, tuple[str, ...], date], Fit] = field(default_factory=dict)
    _last: dict[str, tuple[str, Model]] = field(default_factory=dict)

    def forecasts(self, fold: Fold) -> Forecasts:
        """Fit on what came before the window and predict it."""
        asked = self.rows.between(fold.window.first, fold.window.last)
        try:
            model = self._model(fold, asked)
        except (UsageError, ContractError, PluginFailed) as error:
            return _nothing(fold, asked.height, f"{NO_FIT}: {_short(error.message)}")
        parts = [_predict(model, asked, market, self.rows) for market in fold.markets]
        rows = pl.concat([p.rows for p in parts])
        return Forecasts(rows, {k: n for p in parts for k, n in p.refused.items()})

    def _model(self, fold: Fold, asked: pl.DataFrame) -> Model:
        earlier = self.rows.before(fold.window.first)
        data = training_window(fold.spec, earlier, fold.window.first)
        ident = _identity(data, fold)
        model, (known, last) = fold.spec.model, self._last.get(fold.spec.model, ("", None))
        if last is None or known != ident:
            last = self._prepared(fold, earlier, asked)(data)
            self._last[model] = (ident, last)
        return last

    def _prepared(self, fold: Fold, earlier: pl.DataFrame, asked: pl.DataFrame) -> Fit:
        season = self.rows.frame.filter(pl.col("season") == asked["season"][0])
        first: date = season["game_date"][0]
        key = (fold.spec.model, fold.markets, first)
        if key not in self._seasons:
            before = earlier.filter(pl.col("game_date") < first)
            fit = family_of(fold.spec).prepare(fold.spec, fold.markets, before, first)
            self._seasons[key] = fit
        return self._seasons[key]


def _identity(data: TrainingData, fold: Fold) -> str:
    keys = data.frame.select("game_id", "player_key").hash_rows(seed=1).to_numpy().tobytes()
    digest = hashlib.sha256(keys).hexdigest()
    return content_id("fit", [digest, data.trained_from, data.through, fold.markets])


def _short(message: str) -> str:
    # Numbers would make a reason of every window.
    return "too few complete rows before it" if "are needed" in message else message


def _nothing(fold: Fold, n: int, reason: str) -> Forecasts:
    return Forecasts(empty(), {(market, reason): n for market in fold.markets})


def _predict(model: Model, asked: pl.DataFrame, market: str, rows: Rows) -> Forecasts:
    manifest = model.manifest
    if market not in manifest.markets:
        return Forecasts(empty(), {(market, NO_SHAPE): asked.height})
    try:
        answer = _answer(model, asked, market)
    except PluginFailed as error:
        return Forecasts(empty(), {(market, f"{NO_ANSWER}: {error.message}"): asked.height})
    names = manifest.contract.names[market]
    table = _table(model, asked, market, answer)
    ids = _snapshot_ids(names, rows, set(asked["game_date"].to_list()))
    predictions = table.with_columns(
        snapshot_id=pl.col("game_date").replace_strict(ids, return_dtype=pl.String)
    ).select(COLUMNS)
    reasons = _reasons(asked.filter(pl.Series(~answer.ok)), manifest.contract.required(market))
    return Forecasts(predictions, {(market, reason): n for reason, n in reasons.items()})


def _answer(model: Model, asked: pl.DataFrame, market: str) -> Prediction:
    """The answer to rows; that of a plug-in night by night, as it will be asked for slates."""
    if not FAMILIES[model.manifest.family].apart:
        return model.predict(asked, market)
    pmf = np.full((asked.height, MARKETS[market].top + 1), np.nan)
    ok = np.zeros(asked.height, dtype=bool)
    for day in asked["game_date"].unique():
        rows = (asked["game_date"] == day).to_numpy()
        answer = model.predict(asked.filter(pl.Series(rows)), market)
        pmf[rows], ok[rows] = answer.pmf.p, answer.ok
    return Prediction(Pmf(pmf), ok)


def _table(model: Model, asked: pl.DataFrame, market: str, answer: Prediction) -> pl.DataFrame:
    keep = pl.Series(answer.ok)
    pmf = answer.pmf
    line = column(asked, f"line_{market}")
    numbers = {
        "mean": pmf.mean(), "median": pmf.median(), "line": line, "p_over": pmf.p_over(line),
    }  # fmt: skip
    return asked.select(
        "game_date", "game_id", pl.col("player_id").cast(pl.Int64), "player_key", "as_of",
        pl.lit(market).alias("market"), pl.lit(model.manifest.model).alias("model"),
        pl.lit(model.manifest.trained_through).alias("trained_through"),
        pl.Series("pmf", pmf.p).arr.to_list(),
        *(pl.Series(k, v).fill_nan(None) for k, v in numbers.items()),
    ).filter(keep)  # fmt: skip


def _snapshot_ids(names: tuple[str, ...], rows: Rows, days: set[date]) -> dict[date, str]:
    definitions = {n: rows.definitions.get(n) for n in names}
    digests = rows.inputs(names)
    return {day: content_id("snap", [definitions, day, digests[day]]) for day in days}


def _reasons(refused: pl.DataFrame, required: Iterable[str]) -> dict[str, int]:
    """Why rows were not predicted: the first required feature each of them lacks."""
    reason: pl.Expr = pl.lit("no answer from the model")
    for name in reversed(tuple(required)):
        lacks = pl.col(name).is_null()
        reason = pl.when(lacks).then(pl.lit(f"missing {name}")).otherwise(reason)
    counted = refused.select(reason.alias("reason")).group_by("reason").len().sort("reason")
    return {str(name): int(n) for name, n in counted.iter_rows()}


def empty() -> pl.DataFrame:
    """No rows, with the columns and types of a backtest."""
    text, moment = pl.String, pl.Datetime("us", "UTC")
    types = (pl.Date, text, pl.Int64, text, text, text, moment, pl.Date, text,
             pl.Float64, pl.Float64, pl.List(pl.Float64), pl.Float64, pl.Float64)  # fmt: skip
    return pl.DataFrame(schema=dict(zip(COLUMNS, types, strict=True)))
