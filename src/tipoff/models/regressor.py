"""A regressor of scikit-learn as a model of one's own.

    from sklearn.linear_model import Ridge
    from tipoff.models import from_regressor

    MODEL = from_regressor(
        Ridge(alpha=10.0), name="my_ridge", markets=["points", "rebounds"],
        features=["{market}_avg_last_5", "{market}_avg_season", "minutes_ewma_hl8"],
    )

Anything with scikit-learn's `fit`, `predict` and `get_params` will do: pipelines, LightGBM's and
others' regressors. What is stored is written and read by skops, which unpickles nothing. The types
it makes on loading must come from libraries of the estimator itself, or be among those few of numpy
and scipy that its parts hold; they are named in the manifest when it is trained, and a file that
makes others is refused. That is tried on a few rows before the fit.
"""

from __future__ import annotations

import hashlib
import io
import json
import pkgutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from zipfile import ZipFile, ZipInfo

import numpy as np
import polars as pl

from tipoff.errors import ArtifactError, UsageError
from tipoff.markets import checked_market
from tipoff.models.pmf import Floats

_SCHEMA = "schema.json"
_SHARED = frozenset({
    "collections.OrderedDict",
    "numpy.dtype",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",
    "scipy.interpolate._bsplines.BSpline",
})  # fmt: skip
"""Types of other libraries that estimators hold: LightGBM's, imputers and bins, splines. They hold
values alone; by the library alone, a file could name functions that run what they are given."""
_TRIAL_ROWS = 64


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
    markets: str | Sequence[str],
    optional: Sequence[str] = (),
) -> RegressorModel:
    """A model that fits a clone of the estimator in each market; its answers are means.

    `markets`: one or several, by name or alias. `{market}` in a feature's name stands for the
    market. `optional`: features that may be null, which reach the estimator as NaN. A
    `random_state` that is None becomes 0, because the same rows have to give the same model. Raises
    UsageError when scikit-learn or skops is not installed, what is given is no such estimator, a
    parameter of it is none that can be compared, or a market is unknown.
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
    listed = [markets] if isinstance(markets, str) else markets
    known = tuple(dict.fromkeys(map(checked_market, listed)))
    model = RegressorModel(own, name, known, tuple(features), tuple(optional))
    _ = model.parameters  # so that one it cannot name is refused here
    return model


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
        """The estimator and its parameters; arrays by their hash. Raises UsageError for one that
        is neither JSON, array, estimator nor function of a module."""
        return _estimator(self.estimator)

    @property
    def made_of(self) -> list[object]:
        """The estimator, those in it, and functions it is given."""
        return [self.estimator, *(v for v in self.estimator.get_params().values() if _is_code(v))]

    def fit(self, frame: pl.DataFrame, target: Floats, market: str) -> FittedRegressor:  # noqa: ARG002
        """Fit a clone of the estimator. Raises ArtifactError, before the fit where a trial tells,
        when its fits hold types that may not be stored."""
        from sklearn.base import clone

        _ = self._trial
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
        foreign = [n for n in types if n.partition(".")[0] not in libraries and n not in _SHARED]
        if foreign:
            raise ArtifactError(
                f"{self.name} would make {', '.join(foreign)}, which are of none of its libraries:"
                f" {', '.join(sorted(libraries))}",
                "use parts of the estimator's own libraries, or write a model with dump and load",
            )
        return types

    @cached_property
    def _trial(self) -> bool:
        """Whether a fit on a few rows nobody played worked, and can be stored: else a long fit
        would end with the refusal. Raises ArtifactError for types that may not be stored.
        """
        from sklearn.base import clone

        draw = np.random.default_rng(0)
        x = draw.uniform(1.0, 30.0, (_TRIAL_ROWS, len(self.features)))
        fitted = None
        with suppress(Exception):  # its own fit will tell
            fitted = clone(self.estimator).fit(x, x.mean(axis=1).round())
        if fitted is not None:
            self.types(FittedRegressor(fitted).dump())
        return fitted is not None


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


def _parameter(name: str, value: Any) -> Any:
    """A parameter as JSON has it, by what it is and not by how it prints. Raises UsageError."""
    try:
        return _json(value)
    except TypeError as error:
        raise UsageError(
            f"the parameter {name} of the estimator hangs on {error}, which cannot be compared",
            "use numbers, texts, arrays, estimators, functions of a module, and an integer as seed",
        ) from error


def _json(value: Any) -> Any:
    """A value as JSON has it. Raises TypeError naming what has no such form."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, bool | int | str):
        return plain
    if isinstance(plain, float):
        return plain if np.isfinite(plain) else repr(plain)
    if isinstance(plain, slice | range):
        return repr(plain)
    if isinstance(plain, list | tuple):
        return [_json(item) for item in plain]
    if isinstance(plain, np.ndarray):
        return _array(plain)
    if isinstance(plain, Mapping):
        return [[_json(key), _json(item)] for key, item in plain.items()]
    if hasattr(plain, "get_params") and not isinstance(plain, type):
        return _estimator(plain)
    if callable(plain) and _is_importable(plain):
        return _type_name(plain)
    raise TypeError(f"{type(plain).__name__} {str(plain)[:60]}")


def _estimator(estimator: Any) -> dict[str, Any]:
    own = estimator.get_params(deep=False)
    return {"estimator": _type_name(estimator)} | {n: _parameter(n, v) for n, v in own.items()}


def _array(array: Any) -> list[Any]:
    if array.dtype.hasobject:  # its bytes are addresses
        return [array.dtype.str, *array.shape, _json(array.tolist())]
    content = hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
    return [array.dtype.str, *array.shape, content]


def _is_importable(thing: Any) -> bool:
    """Whether a function or class is what its module has by its name: its code says what it is."""
    with suppress(ImportError, AttributeError, ValueError):
        return pkgutil.resolve_name(_type_name(thing)) is thing
    return False
