"""The engines of trees, imported on first use and without pandas and scipy.

CatBoost's binary asks of everything it is given whether it is a frame of pandas, and imports
pandas for that: a third of a second of every command, for frames that tipoff never passes.
LightGBM asks the same of pandas and of scipy's sparse matrices. So each is given empty modules
of those names to ask, unless something else in the process has imported the real ones; nobody
else ever sees them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


def catboost() -> Any:
    """The catboost module."""
    return _imported("catboost", "pandas")


def lightgbm() -> Any:
    """The lightgbm module."""
    return _imported("lightgbm", "pandas", "sklearn", "scipy", "scipy.sparse")


def _imported(name: str, *hidden: str) -> Any:
    if name in sys.modules:
        return sys.modules[name]
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
