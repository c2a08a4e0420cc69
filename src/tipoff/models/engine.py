"""The engines of trees, imported on first use and without pandas and scipy.

CatBoost and LightGBM ask of everything they are given whether it is a frame of pandas or a sparse
matrix of scipy, and import both for that: half a second of every command, for types that tipoff
never passes. So each is given empty modules of those names to ask, unless something else in the
process has imported the real ones; nobody else ever sees them.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_ASKED = ("pandas", "scipy", "scipy.sparse")


def catboost() -> Any:
    """The catboost module."""
    return _imported("catboost", *_ASKED)


def lightgbm() -> Any:
    """The lightgbm module."""
    return _imported("lightgbm", *_ASKED, "sklearn")


ENGINES: dict[str, Callable[[], Any]] = {
    "catboost": catboost, "champion": lightgbm, "plays": lightgbm,
}  # fmt: skip
"""Model family -> what imports the library it runs on."""


def import_engines(families: Iterable[str]) -> None:
    """Import what models of these families run on, before they are opened in another thread:
    while DuckDB runs in this one, modules are hidden from an import there."""
    for family in sorted(set(families) & ENGINES.keys()):
        ENGINES[family]()


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
