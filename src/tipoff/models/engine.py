"""CatBoost, imported on first use and without pandas.

Its binary asks of everything it is given whether it is a frame of pandas, and imports pandas for
that: a third of a second of every command, for frames that tipoff never passes. So it is given
an empty module of that name to ask, unless something else in the process has imported the real
one; nobody else ever sees it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


def catboost() -> Any:
    """The catboost module."""
    if "pandas" in sys.modules or "catboost" in sys.modules:
        return import_module("catboost")
    sys.modules["pandas"] = _Empty("pandas")
    try:
        return import_module("catboost")
    finally:
        del sys.modules["pandas"]


class _Empty(ModuleType):
    """A module in which every name is a class that nothing is an instance of."""

    def __getattr__(self, name: str) -> type:
        made = type(name, (), {})
        setattr(self, name, made)
        return made
