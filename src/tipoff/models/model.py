"""The interface every model meets, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from tipoff.errors import ContractError
from tipoff.models.manifest import Manifest
from tipoff.models.pmf import Bools, Floats, Pmf


@dataclass(frozen=True)
class Prediction:
    """A pmf per row and whether the row could be predicted; rows not ok are all NaN."""

    pmf: Pmf
    ok: Bools


class Model(Protocol):
    """Something fitted. `manifest` says what it is; `predict` reads columns by name."""

    @property
    def manifest(self) -> Manifest:
        """What makes this version what it is."""
        ...

    @property
    def artifact(self) -> bytes | None:
        """The native file of the fitted model, None when the manifest holds all of it."""
        ...

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        """A pmf per row of `frame`, in its order; raises ContractError on a missing column."""
        ...


class ArtifactLoader(Protocol):
    """Makes a model from its manifest and, when it has one, the verified bytes of its artifact."""

    def __call__(self, manifest: Manifest, artifact: bytes | None) -> Model: ...


def column(frame: pl.DataFrame, name: str) -> Floats:
    """One column by name as float64, null as NaN, shape (n,). Raises ContractError if absent."""
    _require_columns(frame, (name,))
    return frame.get_column(name).cast(pl.Float64).to_numpy()


def matrix(frame: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    """Columns by name, in that order, shape (n, len(names)), null as NaN.

    Raises ContractError naming every column the frame lacks.
    """
    _require_columns(frame, names)
    values = np.empty((frame.height, len(names)))
    for i, name in enumerate(names):
        values[:, i] = frame.get_column(name).to_numpy()
    return values


def complete(values: Floats, names: tuple[str, ...], required: tuple[str, ...]) -> Bools:
    """Which rows of a matrix with those column names have every required one, shape (n,)."""
    known = frozenset(required)
    needed = [name in known for name in names]
    return np.asarray(~np.isnan(values[:, needed]).any(axis=1))


def _require_columns(frame: pl.DataFrame, names: tuple[str, ...]) -> None:
    there = frozenset(frame.columns)
    missing = [f"missing feature {name}" for name in names if name not in there]
    if missing:
        raise ContractError("the frame lacks columns a model reads: " + ", ".join(missing), missing)
