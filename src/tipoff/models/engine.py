"""The engines of trees, imported on first use and without pandas and scipy.

CatBoost and LightGBM ask of everything they are given whether it is a frame of pandas or a sparse
matrix of scipy, and import both for that: half a second of every command, for types that tipoff
never passes. So each is given empty modules of those names to ask, unless something else in the
process has imported the real ones; nobody else ever sees them.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from tipoff.errors import ArtifactError

_ASKED = ("pandas", "scipy", "scipy.sparse")
_VOLATILE = ("model_guid", "train_finish_time")


def catboost() -> Any:
    """The catboost module."""
    return _imported("catboost", *_ASKED)


def lightgbm() -> Any:
    """The lightgbm module."""
    return _imported("lightgbm", *_ASKED, "sklearn")


def catboost_bytes(fitted: Any) -> bytes:
    """A fitted CatBoost model as a `.cbm` file, without the time and random id it puts there."""
    metadata = fitted.get_metadata()
    for name in _VOLATILE:
        metadata[name] = ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.cbm"
        fitted.save_model(str(path), format="cbm")
        return path.read_bytes()


def catboost_loaded(empty: Any, content: bytes) -> Any:
    """A new CatBoost model, filled from the bytes of a `.cbm` file. Raises ArtifactError."""
    try:
        return empty.load_model(blob=content)
    except catboost().CatBoostError as error:
        raise ArtifactError(str(error)) from error


def _imported(name: str, *hidden: str) -> Any:
    if name in sys.modules:
        return import_module(name)
    with _emptied(hidden):
        return import_module(name)


@contextmanager
def _emptied(names: tuple[str, ...]) -> Iterator[None]:
    absent = [name for name in names if name.partition(".")[0] not in sys.modules]
    for name in absent:
        sys.modules[name] = _Empty(name)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


class _Empty(ModuleType):
    """A module in which every name is a class that nothing is an instance of."""

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # no package: what is below it cannot be imported
            raise AttributeError(name)
        # A submodule that is hidden too is found as itself.
        made = sys.modules.get(f"{self.__name__}.{name}") or type(name, (), {})
        setattr(self, name, made)
        return made
