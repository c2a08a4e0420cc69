"""What a piece of work that is not to take the others down with it may raise.

Not in `errors`: these name what Polars and DuckDB raise, and `errors` is imported by every command.
"""

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
