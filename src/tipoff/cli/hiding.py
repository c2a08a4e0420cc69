"""Keeping pandas out of a `tipoff` process, for its whole life.

DuckDB asks of every bound parameter whether it is a null of pandas; CatBoost, LightGBM and pyarrow
ask of what they are given whether it is a frame of pandas. Each imports it for that, half a second
of every command, for types that no command passes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, NoReturn

HIDDEN = "pandas"


def hide_pandas() -> None:
    """Let whoever imports pandas from now on find an empty one: modules in modules, and classes
    that nothing is an instance of. To be called before there is a thread that imports; does nothing
    when pandas has been imported.
    """
    # Not None, which compiled modules (pyarrow's) take for the module; and not an import that
    # fails, which CatBoost cannot do without.
    sys.modules.setdefault(HIDDEN, _Empty(HIDDEN))


@contextmanager
def pandas_visible() -> Iterator[None]:
    """Let what is imported in the block find pandas as it is: plug-ins may use it. Where none does,
    it is hidden again afterwards."""
    hidden = sys.modules.get(HIDDEN)
    if not isinstance(hidden, _Empty):
        yield
        return
    del sys.modules[HIDDEN]
    try:
        yield
    finally:
        sys.modules.setdefault(HIDDEN, hidden)


class _Empty(ModuleType):
    __version__ = "3.0.0"  # pyarrow warns of an older one

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # no package: what is below it cannot be imported
            raise AttributeError(name)
        stand_in = type(name, (), {"__new__": _refuse}) if name[0].isupper() else _Empty(name)
        setattr(self, name, stand_in)
        return stand_in

    def __call__(self, *_: object, **__: object) -> NoReturn:
        _refuse()


def _refuse(*_: object, **__: object) -> NoReturn:
    raise ImportError(f"{HIDDEN} is hidden from `tipoff` commands; use it from Python")
