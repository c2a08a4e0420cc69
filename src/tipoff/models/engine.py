"""CatBoost, imported on first use and without pandas and scipy.

Its binary asks of everything it is given whether it is a frame of pandas or a sparse matrix of
scipy, and imports both for that: half a second of every command, for types that tipoff never
passes. So it is given empty modules of those names to ask, unless something else in the process
has imported the real ones; nobody else ever sees them.
"""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from types import ModuleType
from typing import Any

_ASKED = ("pandas", "scipy", "scipy.sparse")


def catboost() -> Any:
    """The catboost module."""
    if "catboost" in sys.modules:
        return import_module("catboost")
    asked = [name for name in _ASKED if name.partition(".")[0] not in sys.modules]
    standing_in = {name: _Empty(name) for name in asked}
    if "scipy" in standing_in:
        vars(standing_in["scipy"])["sparse"] = standing_in["scipy.sparse"]
    sys.modules.update(standing_in)
    try:
        return import_module("catboost")
    finally:
        for name in standing_in:
            del sys.modules[name]


ENGINES: dict[str, Callable[[], Any]] = {"catboost": catboost}
"""Model family -> what imports the library it runs on."""


def import_engines(families: Iterable[str]) -> None:
    """Import what models of these families run on, before they are opened in another thread:
    while DuckDB runs in this one, modules are hidden from an import there."""
    for family in sorted(set(families) & ENGINES.keys()):
        ENGINES[family]()


class _Empty(ModuleType):
    """A module in which every name is a class that nothing is an instance of."""

    def __getattr__(self, name: str) -> Any:
        made = type(name, (), {})
        setattr(self, name, made)
        return made
