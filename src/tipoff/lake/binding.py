"""Keeping pandas out of a process that does not use it.

DuckDB imports pandas, if it is installed (CatBoost brings it), whenever a parameter is bound, to
recognise types that tipoff never binds: half a second of every command. So while a query runs
pandas cannot be found, unless something else in the process wants it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

_WELCOME = Event()


def welcome_pandas() -> None:
    """Stop hiding it: call this before another thread may import what needs pandas."""
    _WELCOME.set()


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hide pandas while DuckDB runs, if nobody has imported it or wants to."""
    if _WELCOME.is_set() or "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]
