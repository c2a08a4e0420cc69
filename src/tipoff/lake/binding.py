"""Keeping pandas out of a process that does not use it.

DuckDB imports pandas, if it is installed (CatBoost brings it), whenever a parameter is bound or a
frame registered, to recognise types that tipoff never passes: half a second of every command. So
while DuckDB runs pandas cannot be found, unless something else in the process has imported it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_pandas() -> Iterator[None]:
    """Hide pandas while DuckDB runs, if nobody has imported it."""
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pandas"]
