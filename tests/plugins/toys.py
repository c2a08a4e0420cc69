"""Models of one's own as people write them, and ways in which they go wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tipoff.markets import MARKETS
from tipoff.models.families import FAMILIES
from tipoff.models.plugin import PluginFamily, register_model
from tipoff.models.pmf import Floats, Pmf, negative_binomial

FEATURES = ("{market}_avg_last_5", "{market}_avg_season", "minutes_ewma_hl8")


def design(frame: pl.DataFrame) -> Floats:
    return np.column_stack([frame.to_numpy(), np.ones(frame.height)])


def _raise(error: BaseException) -> Any:
    raise error


TROUBLES: dict[str, Callable[[Floats], Any]] = {
    "raises": lambda _: _raise(KeyError("points_avg_last_5")),
    "raises on slates": lambda _: _raise(ValueError("too many players")),
    "leaves": lambda _: _raise(SystemExit(3)),
    "dies": lambda _: os._exit(9),
    "answers NaN in a row": lambda means: np.append(means[:-1], np.nan),
    "answers infinity": lambda means: np.append(means[:-1], np.inf),
    "answers a row too few": lambda means: means[1:],
    "answers words": lambda means: ["many"] * len(means),
    "answers pmfs that are none": lambda m: Pmf(np.full((len(m), MARKETS["points"].top + 1), 0.5)),
    "answers by the rows beside it": lambda means: means - means.mean() + 10.0,
    "answers at random": lambda means: means + np.random.default_rng().normal(0, 0.01, len(means)),
    "hangs": lambda _: threading.Event().wait(),
    "hangs on slates": lambda _: threading.Event().wait(),
}
"""What can go wrong when a plug-in predicts; with `on slates` only where there are more rows than
the golden rows of a market."""
GOLDEN_ROWS = 6


@dataclass
class Line:
    weights: Floats
    trouble: str | None = None

    def predict(self, frame: pl.DataFrame) -> Any:
        means = design(frame) @ self.weights
        few = frame.height <= GOLDEN_ROWS and (self.trouble or "").endswith("on slates")
        return means if self.trouble is None or few else TROUBLES[self.trouble](means)

    def dump(self) -> bytes:
        return self.weights.tobytes()


class Ridge:
    markets: tuple[str, ...] = ("points", "assists")
    features: tuple[str, ...] = FEATURES

    def __init__(
        self, alpha: float = 1.0, trouble: str | None = None, name: str = "my_ridge"
    ) -> None:
        self.alpha, self.name = alpha, name
        self._trouble = trouble

    def fit(self, frame: pl.DataFrame, target: Floats, market: str) -> Line:  # noqa: ARG002
        x = design(frame)
        penalty = self.alpha * np.eye(x.shape[1])
        return Line(np.asarray(np.linalg.solve(x.T @ x + penalty, x.T @ target)))

    def load(self, content: bytes) -> Line:
        return Line(np.frombuffer(content), self._trouble)


class Poisson(Ridge):
    """Answers pmfs."""

    markets = ("points",)

    def __init__(self) -> None:
        super().__init__(name="my_poisson")

    def load(self, content: bytes) -> Line:
        return PoissonLine(np.frombuffer(content))


class PoissonLine(Line):
    def predict(self, frame: pl.DataFrame) -> Pmf:
        means = np.maximum(super().predict(frame), 0.1)
        return negative_binomial(means, 1.0, MARKETS["points"].top)


@contextmanager
def known(*models: Any) -> Iterator[list[PluginFamily]]:
    """The models, known to this process for the length of a block."""
    families = [register_model(model) for model in models]
    try:
        yield families
    finally:
        for family in families:
            forget(family.name)


def forget(name: str) -> None:
    """End a family's process and forget it."""
    family = FAMILIES.pop(name, None)
    if isinstance(family, PluginFamily):
        family.process.close()
