"""What a piece of work that is not to take the others down with it may raise.

Not in `errors`: these name what Polars and DuckDB raise, and `errors` is imported by every command.
"""

import sysconfig
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
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
forecasts are refused, a gate has not answered and so blocks; the others go on."""
LOAD_FAILURES = (Terminal, PluginTimeout, OSError, *_UNFORESEEN)
"""What a broken model version can raise while it is loaded; a lake that cannot be read is none."""
RULE_FAILURES = (*FAILURES, duckdb.Error)
"""What a broken rule, which asks the lake itself, can raise: an alert of its own."""

_SITE = sysconfig.get_path("purelib")
_OURS = (Path(__file__).parent, sysconfig.get_path("stdlib"))


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
            raise self._error(f"{type(value).__name__}: {value}{place_of(value)}") from value


def place_of(error: BaseException) -> str:
    """Where in a plug-in an error was raised, as ` (FILE:LINE)`; empty where none of its frames
    is on the way, and for a SyntaxError, which says it itself.

    Its innermost frame: one of no installed library, else of the library that tipoff called.
    """
    if isinstance(error, SyntaxError):
        return ""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _package(f.filename) != ""]
    own = [f for f in frames if _package(f.filename) is None]
    own = own or [f for f in frames if _package(f.filename) == _package(frames[0].filename)]
    return f" ({Path(own[-1].filename).name}:{own[-1].lineno})" if own else ""


def _package(file: str) -> str | None:
    """The installed library a file is of: None for none, empty for tipoff and Python itself."""
    path = Path(file)
    if path.is_relative_to(_SITE):
        return path.relative_to(_SITE).parts[0]
    ours = not path.is_absolute() or any(path.is_relative_to(place) for place in _OURS)
    return "" if ours else None
