"""The five baselines: a centre read from the snapshot, a dispersion estimated from history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, UsageError
from tipoff.markets import MARKETS
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.dispersion import Dispersion, estimate
from tipoff.models.evaluation import Evaluation, newest_rows, score_model
from tipoff.models.family import ModelFamily, Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import Manifest, Scalar, make_manifest
from tipoff.models.model import Prediction, column
from tipoff.models.names import Spec
from tipoff.models.pmf import Floats, mean_for_median, nb_with_median, negative_binomial

NAME = "baseline"
LINE = "line"
WEIGHTS: dict[str, dict[str, float]] = {
    "season_mean": {"{m}_avg_season": 1.0},
    "last_5": {"{m}_avg_last_5": 1.0},
    "ewma_hl8": {"{m}_ewma_hl8": 1.0},
    LINE: {"line_{m}": 1.0},
    "old_moving_average": {"{m}_avg_last_5": 0.5, "{m}_avg_last_10": 0.3, "{m}_avg_season": 0.2},
}
"""Baseline -> feature pattern -> weight: the centre is their weighted sum."""
_SPECS = {name: Spec(name, NAME) for name in WEIGHTS}
_FIXED_POINT = 2


def terms(name: str, market: str) -> dict[str, float]:
    """Feature name -> weight of that baseline's centre in that market.

    Raises UsageError for a baseline that does not exist.
    """
    if name not in WEIGHTS:
        known = ", ".join(sorted(WEIGHTS))
        raise UsageError(f"{name!r} is not a baseline", f"choose one of {known}")
    return {pattern.format(m=market): weight for pattern, weight in WEIGHTS[name].items()}


def base_names(*names: str) -> tuple[str, ...]:
    """Every feature those baselines (all of them when none is named) read, sorted."""
    wanted = names or tuple(WEIGHTS)
    return tuple(sorted({n for b in wanted for m in MARKETS for n in terms(b, m)}))


def centre(frame: pl.DataFrame, name: str, market: str) -> Floats:
    """The baseline's point forecast, shape (n,), NaN where one of its inputs is null."""
    parts = [weight * column(frame, n) for n, weight in terms(name, market).items()]
    return np.asarray(sum(parts[1:], parts[0]))


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline. The centre is the mean, except for the line, where it is the median:
    books set lines near the median, and a pick compares medians."""

    manifest: Manifest

    @property
    def artifact(self) -> bytes | None:
        """None: the manifest holds all of it."""
        return None

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row; rows with a null input, or a market without history, are not ok."""
        values = centre(frame, self.manifest.model, market)
        shape = self.manifest.dispersion.get(market)
        if shape is None:
            values, shape = np.full_like(values, np.nan), _SHAPELESS
        make = nb_with_median if self.manifest.model == LINE else negative_binomial
        floored = values if self.manifest.model == LINE else shape.floored(values)
        pmf = make(floored, shape.at(values), MARKETS[market].top)
        return Prediction(pmf, ~np.isnan(pmf.p[:, 0]))


_SHAPELESS = Dispersion(knots=(0.0,), values=(1.0,), floor=0.0, rows=0)


def fit_baseline(
    name: str,
    data: TrainingData,
    definitions: Mapping[str, str],
    markets: Sequence[str] | None = None,
) -> Baseline:
    """Estimate the dispersion of each market (default: all) on its rows with a known centre.

    Markets with too few rows are left out of `manifest.markets`. Raises ContractError when
    the catalogue lacks a name, UsageError for a baseline that does not exist.
    """
    wanted = MARKETS if markets is None else markets
    contract = make_contract({m: tuple(terms(name, m)) for m in wanted}, definitions)
    shapes = {m: _shape(data.frame, name, m) for m in wanted}
    known = {m: shape for m, shape in shapes.items() if shape is not None}
    manifest = make_manifest(
        name, NAME, contract, data, [f"y_{m}" for m in wanted], __name__, markets=known,
        parameters=WEIGHTS[name], dispersion=known,
    )  # fmt: skip
    bare = Baseline(manifest)
    return finished(bare, make_golden(bare, data.frame))


def _shape(frame: pl.DataFrame, name: str, market: str) -> Dispersion | None:
    values, y = centre(frame, name, market), column(frame, f"y_{market}")
    usable = ~(np.isnan(values) | np.isnan(y))
    values, y = values[usable], y[usable]
    if name == LINE:
        return _line_shape(values, y, MARKETS[market].top)
    return estimate(values, values, y)


def _line_shape(lines: Floats, y: Floats, top: int) -> Dispersion | None:
    """The mean behind a median depends on the dispersion and the other way round: iterate."""
    reachable = (lines > 0) & (lines < 0.9 * top)
    lines, y = lines[reachable], y[reachable]
    distinct, row = np.unique(lines, return_inverse=True)
    shape = estimate(lines, lines, y)
    for _ in range(_FIXED_POINT):
        if shape is not None:
            mean = mean_for_median(distinct, shape.at(distinct), top)[row]
            shape = estimate(lines, mean, y)
    return shape


class BaselineFamily(ModelFamily[Baseline]):
    """The baselines: every market, no file, and what other models are compared with."""

    name = NAME
    specs = _SPECS
    role = "challenger"

    def covers(self, spec: Spec) -> tuple[str, ...]:
        """All of them."""
        return tuple(MARKETS)

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        """Those of its centres."""
        return tuple(sorted({name for m in markets for name in terms(spec.model, m)}))

    def parameters(self, spec: Spec) -> Mapping[str, Scalar]:
        """The weights of its centre."""
        return WEIGHTS[spec.model]

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Baseline:
        """See `fit_baseline`."""
        from tipoff.features import definition_hashes

        return fit_baseline(spec.model, data, definition_hashes(), markets)

    def fit_and_evaluate(
        self, spec: Spec, data: TrainingData, progress: Progress = silent
    ) -> tuple[Baseline, tuple[Evaluation, ...]]:
        """Read on the newest tenth of the rows: only the dispersion has seen them.

        Raises UsageError when no market has enough rows.
        """
        model = self.fit(spec, self.covers(spec), data, progress)
        market = next((m for m in MARKETS if m in model.manifest.markets), None)
        if market is None:
            raise UsageError(
                f"{spec.model}: {data.frame.height} player-games through {data.through} are too"
                " few",
                "choose a later --through",
            )
        newest = data.frame.filter(pl.Series(newest_rows(data, 0.1)))
        return model, (score_model(model, newest, market),)

    def load(self, manifest: Manifest, artifact: bytes | None) -> Baseline:
        """The baseline of a manifest. Raises ArtifactError if it claims to have a file."""
        if artifact is not None:
            raise ArtifactError(f"{manifest.model} is a baseline and has no artifact, found one")
        return Baseline(manifest)

    def explain(
        self, model: Baseline, row: pl.DataFrame, market: str
    ) -> tuple[float, dict[str, float]]:
        """Weight x value of each feature, those that are null left out; the base is 0."""
        weights = terms(model.manifest.model, market)
        parts = {n: weight * float(column(row, n)[0]) for n, weight in weights.items()}
        return 0.0, {n: part for n, part in parts.items() if part == part}


FAMILY = BaselineFamily()
