"""What a piece of work that is not to take the others down with it may raise.

Not in `errors`: these name what Polars and DuckDB raise, and `errors` is imported by every command.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

import duckdb
import polars as pl

from tipoff.errors import PluginTimeout, Terminal, TipoffError

_UNFORESEEN = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RuntimeError, TypeError, ValueError,
    pl.exceptions.PolarsError,
)  # fmt: skip

FAILURES = (TipoffError, *_UNFORESEEN)
"""What a broken model or gate can raise (engines' own errors are made ArtifactErrors): a model's
triples are refused, a gate has not answered and so blocks; the others go on."""
LOAD_FAILURES = (Terminal, PluginTimeout, OSError, *_UNFORESEEN)
"""What a broken model version can raise while it is loaded; a lake that cannot be read is none."""
RULE_FAILURES = (*FAILURES, duckdb.Error)
"""What a broken rule, which asks the lake itself, can raise: an alert of its own."""


class OthersCode(AbstractContextManager[None]):
    """Around a call of a plug-in: whatever it raises becomes an error that says whose it is.

    `error` makes that error of what was raised, in words. Errors of tipoff pass.
    """

    def __init__(self, error: Callable[[str], TipoffError]) -> None:
        self._error = error

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, _: TracebackType | None
    ) -> None:
        """Raise it."""
        if isinstance(value, Exception) and not isinstance(value, TipoffError):
            raise self._error(f"{type(value).__name__}: {value}") from value
