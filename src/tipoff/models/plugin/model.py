"""A version of a plug-in: what its process answers, checked, as pmfs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.errors import PluginFailed, PluginTimeout
from tipoff.hashing import DECIMALS
from tipoff.markets import MARKETS
from tipoff.models.dispersion import Dispersion
from tipoff.models.manifest import Manifest
from tipoff.models.model import Prediction, complete, matrix
from tipoff.models.plugin.bundle import bundled
from tipoff.models.plugin.process import Process, unpacked
from tipoff.models.plugin.worker import Predict
from tipoff.models.pmf import Floats, Pmf, negative_binomial
from tipoff.settings import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUM_TO_ONE = 1e-6
_PMF_DECIMALS = 9


@dataclass(frozen=True)
class PluginModel:
    """A fitted plug-in. `parts`: market -> what its fit there dumped. `late`: what it was ended
    with, once it gave no answer in time; it is not waited for again."""

    manifest: Manifest
    parts: Mapping[str, bytes]
    process: Process
    late: list[str] = field(default_factory=list, compare=False)

    @property
    def artifact(self) -> bytes | None:
        """All of its parts."""
        return bundled(self.parts)

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row; rows that lack a required feature are not ok.

        Raises PluginFailed when the plug-in raises or answers what is no answer, PluginTimeout
        when it hangs.
        """
        contract = self.manifest.contract
        names = contract.names[market]
        ok = complete(matrix(frame, names), names, contract.required(market))
        pmf = np.full((frame.height, MARKETS[market].top + 1), np.nan)
        if ok.any():
            asked = frame.select(pl.col(names).cast(pl.Float64)).filter(pl.Series(ok))
            pmf[ok] = self._answered(asked, market).p
        return Prediction(Pmf(pmf), ok)

    def _answered(self, frame: pl.DataFrame, market: str) -> Pmf:
        if self.late:
            raise PluginTimeout(self.late[0], "see the first refusal")
        name = self.manifest.model
        try:
            answer = self.process.ask(Predict(self.parts[market], frame), settings().plugin_seconds)
        except PluginTimeout as error:
            self.late.append(error.message)
            raise
        values = checked_answer(name, market, unpacked(answer), frame.height)
        shape = self.manifest.dispersion.get(market)
        if (values.ndim == 1) != (shape is not None):
            raise PluginFailed(f"{name} answers means and pmfs in {market}", f"train {name} again")
        return Pmf(values) if shape is None else spread(values, shape, market)


def spread(mean: Floats, shape: Dispersion, market: str) -> Pmf:
    """Negative binomials about means, shape (n,), of the dispersion of a market."""
    floored = np.maximum(shape.floored(mean), 0.0)
    return negative_binomial(floored, shape.at(floored), MARKETS[market].top)


def checked_answer(name: str, market: str, values: Floats, n: int) -> Floats:
    """Means, shape (n,), or pmfs, shape (n, K+1), rounded, because last bits hang on which rows are
    asked for together. Raises PluginFailed for anything else: one bad row says that the others
    cannot be trusted either."""
    wide = (n, MARKETS[market].top + 1)
    if values.shape not in ((n,), wide):
        raise PluginFailed(
            f"{name} answers {n} rows of {market} with numbers of shape {values.shape}, which is"
            f" neither means {(n,)} nor pmfs {wide}"
        )
    bad = int(n - np.isfinite(values).reshape(n, -1).all(axis=1).sum())
    if bad != 0:
        raise PluginFailed(f"{name} answers {bad} of {n} rows of {market} with no number")
    if values.ndim == 2 and not (
        (values >= 0).all() and np.allclose(values.sum(axis=1), 1.0, rtol=0, atol=_SUM_TO_ONE)
    ):
        raise PluginFailed(f"{name} answers {market} with pmfs that do not add up to 1")
    if values.ndim == 1:
        return values.round(DECIMALS) + 0.0
    rounded = values.round(_PMF_DECIMALS) + 0.0
    return np.asarray(rounded / rounded.sum(axis=1, keepdims=True))
