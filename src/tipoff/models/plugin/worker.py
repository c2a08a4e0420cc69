"""What is asked of a plug-in in its process."""

from __future__ import annotations

import hashlib
import pickle
from collections import OrderedDict
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import numpy as np
import polars as pl

from tipoff.errors import TipoffError, UsageError
from tipoff.failures import place_of
from tipoff.models.plugin.homes import Home, restored
from tipoff.models.plugin.process import packed
from tipoff.models.plugin.protocol import Fitted, Model
from tipoff.models.pmf import Floats, Pmf

_ALONE = 4
"""Rows that are asked for one at a time."""
_ROUNDING = 1e-9
"""By so much, relative or absolute, answers for a row may differ with the rows beside it: sums over
matrices are added up in another order. It is below what is rounded away (model.py)."""
LOADED = 16
"""So many fitted models are kept ready: one per market, and some to spare."""


@dataclass(frozen=True)
class Fit:
    """Fit on rows in a market; the answer is what `dump` gives."""

    frame: pl.DataFrame
    target: Floats
    market: str


@dataclass(frozen=True)
class Predict:
    """Load what `dump` gave and predict rows: pmfs, shape (n, K+1), or means, shape (n,)."""

    content: bytes
    frame: pl.DataFrame


@dataclass(frozen=True)
class Types:
    """The types that loading makes, parted by line breaks."""

    content: bytes


class Worker:
    """Answers for a model."""

    def __init__(self, model: Model, home: Home) -> None:
        self.model, self._home = model, home
        self._loaded: OrderedDict[str, Fitted] = OrderedDict()

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._home, pickle.dumps(self.model))

    def __call__(self, request: Fit | Predict | Types) -> bytes:
        """The answer to a request. Raises what the model raises, with the line of its code."""
        with _Placing():
            return self._answer(request)

    def _answer(self, request: Fit | Predict | Types) -> bytes:
        if isinstance(request, Fit):
            return self._fit(request)
        if isinstance(request, Types):
            return "\n".join(getattr(self.model, "types")(request.content)).encode()  # noqa: B009
        return packed(_row_by_row(self._fitted(request.content), request.frame))

    def _fit(self, request: Fit) -> bytes:
        content = self.model.fit(request.frame, request.target, request.market).dump()
        if not isinstance(content, bytes):
            raise TypeError(f"dump() gave {type(content).__name__}, not bytes")
        return content

    def _fitted(self, content: bytes) -> Fitted:
        digest = hashlib.sha256(content).hexdigest()
        fitted = self._loaded.pop(digest, None) or self.model.load(content)
        self._loaded[digest] = fitted
        if len(self._loaded) > LOADED:
            self._loaded.popitem(last=False)
        return fitted


class _Placing(AbstractContextManager[None]):
    """Whatever is raised is raised as an error of the same name, whose one line says where."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        """Raise it."""
        if isinstance(value, Exception) and not isinstance(value, TipoffError):
            first = (str(value).splitlines() or [""])[0]
            placed = type(type(value).__name__, (Exception,), {})
            raise placed(f"{first}{place_of(value)}") from value


def _row_by_row(fitted: Fitted, frame: pl.DataFrame) -> Floats:
    """What a model answers for a frame. Raises UsageError when it answers otherwise for parts of
    it: a mean over the rows would see later games in a backtest, other players on a slate."""
    whole = _numbers(fitted, frame)
    if whole.shape[:1] != (frame.height,) or not np.isfinite(whole).all():
        return whole  # no answer, as who asked will see
    rows = range(frame.height)
    parts = [list(reversed(rows[start::2])) for start in (0, 1)]
    parts += [[row] for row in rows[:: max(1, frame.height // _ALONE)]]
    for part in filter(None, parts):
        again = _numbers(fitted, frame[part])
        there = whole[part]
        if again.shape != there.shape or not np.allclose(again, there, _ROUNDING, _ROUNDING):
            raise UsageError(
                "it predicts other things of a row when other rows are there, or when asked again",
                "predict each row from its own values, in float64: no mean, rank or draw",
            )
    return whole


def _numbers(fitted: Fitted, frame: pl.DataFrame) -> Floats:
    answer = fitted.predict(frame)
    return np.asarray(answer.p if isinstance(answer, Pmf) else answer, dtype=np.float64)


def _restored(home: Home, pickled: bytes) -> Worker:
    return Worker(restored(home, pickled), home)
