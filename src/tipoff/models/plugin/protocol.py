"""What a model of one's own has to have: see `Model`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import polars as pl

from tipoff.models.pmf import Floats, Pmf


class Fitted(Protocol):
    """A model fitted in one market."""

    def predict(self, frame: pl.DataFrame) -> Pmf | Floats:
        """Of each row of `frame`, in its order, a pmf over 0..K of the market, or the mean.

        `frame` has the features in the model's order, float64. Means, shape (n,), are in units of
        the market and are given a negative binomial, as wide as the outcomes of the newest fifth of
        the training rows were about the means of a fit without them.
        """
        ...

    def dump(self) -> bytes:
        """All that `load` needs to give the same answers, in another process and later; the same
        bytes of the same fit."""
        ...


class Model(Protocol):
    """A model of one's own. Listed in a tipoff.toml beside the lake, or passed as an object, it is
    trained, judged and run like tipoff's own.

        import numpy as np

        class Ridge:
            name, markets = "my_ridge", ("points", "rebounds")
            features = ("{market}_avg_last_5", "minutes_ewma_hl8")

            def __init__(self, alpha=1.0):
                self.alpha = alpha

            def fit(self, frame, target, market):
                x = np.column_stack([frame.to_numpy(), np.ones(frame.height)])
                penalty = self.alpha * np.eye(x.shape[1])
                return Line(np.linalg.solve(x.T @ x + penalty, x.T @ target))

            def load(self, content):
                return Line(np.frombuffer(content))

        class Line:
            def __init__(self, weights):
                self.weights = weights

            def predict(self, frame):
                return np.column_stack([frame.to_numpy(), np.ones(frame.height)]) @ self.weights

            def dump(self):
                return self.weights.tobytes()

    A regressor of scikit-learn needs none of it: `tipoff.models.from_regressor`.

    A model may also have:
    - `optional`: those of its features that may be null; a row that lacks another is not predicted;
    - `parameters`: JSON values that make its fits what they are; by default its public attributes;
    - `made_of`: objects whose code is part of it, such as a pipeline it runs;
    - `types(content)`: the types that loading those bytes makes, fixed in the manifest.

    Its code runs in a process of its own (process.py), so it is imported there again: what it needs
    is imported at the top of its module, and it can be pickled on the way. What is stored is
    `dump()`, verified by hash before `load` sees it.
    """

    @property
    def name(self) -> str:
        """What `tipoff train NAME` takes: small letters, digits and underscores."""
        ...

    @property
    def markets(self) -> Sequence[str]:
        """The markets it predicts."""
        ...

    @property
    def features(self) -> Sequence[str]:
        """The features it reads; `{market}` stands for the market."""
        ...

    def fit(self, frame: pl.DataFrame, target: Floats, market: str) -> Fitted:
        """The model of those rows. The same rows give the same model: seed what is random.

        `frame`, oldest row first, has the features in the model's order, float64, null only where
        they are `optional`; `target`, shape (n,), is what the players then did.
        """
        ...

    def load(self, content: bytes) -> Fitted:
        """The fitted model of what its `dump` gave."""
        ...


_PARTS = ("name", "markets", "features", "fit", "load")


def is_model(thing: object) -> bool:
    """Whether an object, or what its class makes, has the parts of a Model."""
    return all(hasattr(thing, part) for part in _PARTS)
