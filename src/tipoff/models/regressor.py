"""A regressor of scikit-learn as a model of one's own.

    from sklearn.linear_model import Ridge
    from tipoff.models import from_regressor

    MODEL = from_regressor(
        Ridge(alpha=10.0), name="my_ridge", markets=["points", "rebounds"],
        features=["{market}_avg_last_5", "{market}_avg_season", "minutes_ewma_hl8"],
    )

Anything with scikit-learn's `fit`, `predict` and `get_params` will do: pipelines, LightGBM's and
others' regressors. What is stored is written and read by skops, which unpickles nothing. The types
it makes on loading must come from libraries of the estimator itself; they are named in the manifest
when it is trained, and a file that makes others is refused.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from zipfile import ZipFile, ZipInfo

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, UsageError
from tipoff.models.pmf import Floats

_SCHEMA = "schema.json"


class Estimator(Protocol):
    """What is used of scikit-learn's interface."""

    def fit(self, X: Any, y: Any) -> Any:  # noqa: N803 (scikit-learn's own name)
        """Fit on rows, shape (n, features), and what they led to, shape (n,)."""
        ...

    def predict(self, X: Any) -> Any:  # noqa: N803
        """The mean of each row, shape (n,)."""
        ...

    def get_params(self, deep: bool = True) -> Mapping[str, Any]:
        """Its parameters, with those of estimators in it."""
        ...


def from_regressor(
    estimator: Estimator,
    *,
    name: str,
    features: Sequence[str],
    markets: Sequence[str],
    optional: Sequence[str] = (),
) -> RegressorModel:
    """A model that fits a clone of the estimator in each market; its answers are means.

    `{market}` in a feature's name stands for the market. `optional`: features that may be null,
    which reach the estimator as NaN. A `random_state` that is None becomes 0, because the same rows
    have to give the same model. Raises UsageError when scikit-learn or skops is not installed, or
    what is given is no such estimator.
    """
    try:
        import skops.io  # noqa: F401 (asked for here, so that nobody trains what cannot be stored)
        from sklearn.base import clone
    except ImportError as error:
        raise UsageError(f"{error.name} is missing", "pip install 'tipoff[sklearn]'") from error
    try:
        own = clone(estimator)
    except TypeError as error:
        raise UsageError(
            f"{name}: {error}", "give it an estimator of scikit-learn's kind"
        ) from error
    unseeded = [n for n, v in own.get_params().items() if n.endswith("random_state") and v is None]
    own.set_params(**dict.fromkeys(unseeded, 0))
    return RegressorModel(own, name, tuple(markets), tuple(features), tuple(optional))


@dataclass(frozen=True)
class RegressorModel:
    """What `from_regressor` makes: a Model whose fits are estimators."""

    estimator: Any
    name: str
    markets: tuple[str, ...]
    features: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, Any]:
        """The estimator and its parameters; what JSON cannot hold, as Python shows it."""
        known = {"estimator": _type_name(self.estimator)} | dict(self.estimator.get_params())
        return {name: _json(value) for name, value in known.items()}

    @property
    def made_of(self) -> list[object]:
        """The estimator, those in it, and functions it is given."""
        return [self.estimator, *(v for v in self.estimator.get_params().values() if _is_code(v))]

    def fit(self, frame: pl.DataFrame, target: Floats, market: str) -> FittedRegressor:  # noqa: ARG002
        """Fit a clone of the estimator."""
        from sklearn.base import clone

        return FittedRegressor(clone(self.estimator).fit(_matrix(frame), target))

    def load(self, content: bytes) -> FittedRegressor:
        """The estimator that skops reads. Raises ArtifactError when it makes other types than this
        estimator's libraries have."""
        import skops.io

        return FittedRegressor(skops.io.loads(content, trusted=self.types(content)))

    def types(self, content: bytes) -> list[str]:
        """The types that loading makes beyond those skops trusts of itself, sorted.

        Raises ArtifactError naming those of no library of this estimator.
        """
        import skops.io

        types = sorted(skops.io.get_untrusted_types(data=content))
        libraries = {_type_name(thing).partition(".")[0] for thing in self.made_of}
        foreign = [name for name in types if name.partition(".")[0] not in libraries]
        if foreign:
            raise ArtifactError(
                f"{self.name} would make {', '.join(foreign)}, which are of none of its libraries:"
                f" {', '.join(sorted(libraries))}",
                "use parts of the estimator's own libraries, or write a model with dump and load",
            )
        return types


@dataclass(frozen=True)
class FittedRegressor:
    """A fitted estimator."""

    estimator: Any

    def predict(self, frame: pl.DataFrame) -> Floats:
        """Its mean of each row, shape (n,)."""
        return np.asarray(self.estimator.predict(_matrix(frame)), dtype=np.float64)

    def dump(self) -> bytes:
        """What skops writes, the same for the same fit."""
        import skops.io

        return _canonical(skops.io.dumps(self.estimator))


def _matrix(frame: pl.DataFrame) -> Floats:
    return frame.to_numpy().astype(np.float64, copy=False)


def _canonical(content: bytes) -> bytes:
    """A file of skops without what differs between two dumps of one estimator: addresses of
    objects, names of files and the time."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as source, ZipFile(written, "w") as target:
        numbers: dict[object, int] = {}
        files: dict[str, str] = {}
        schema = _renumbered(json.loads(source.read(_SCHEMA)), numbers, files)
        target.writestr(ZipInfo(_SCHEMA), json.dumps(schema))
        for name, new in files.items():
            target.writestr(ZipInfo(new), source.read(name))
    return written.getvalue()


def _renumbered(node: Any, numbers: dict[object, int], files: dict[str, str]) -> Any:
    """A node of skops' schema with ids and file names counted in the order they come."""
    if isinstance(node, list):
        return [_renumbered(item, numbers, files) for item in node]
    if not isinstance(node, dict):
        return node
    new: dict[str, Any] = {}
    for key, value in node.items():
        if key == "__id__":
            new[key] = numbers.setdefault(value, len(numbers))
        elif key == "file" and "__loader__" in node and isinstance(value, str):
            new[key] = files.setdefault(value, f"{len(files)}.{value.rpartition('.')[2]}")
        else:
            new[key] = _renumbered(value, numbers, files)
    return new


def _type_name(thing: object) -> str:
    kind = thing if callable(thing) and hasattr(thing, "__qualname__") else type(thing)
    return f"{kind.__module__}.{kind.__qualname__}"


def _is_code(value: object) -> bool:
    return hasattr(value, "get_params") or callable(value)


def _json(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else repr(value)
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if _is_code(value):
        return _type_name(value)
    return repr(value)
