"""Errors of the disk and of the libraries that read it, told in tipoff's own: the one place.

DuckDB, SQLite and Arrow say what went wrong only in words, so the words are what is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tipoff.errors import LakeBusy, LakeDamaged, LakeUnavailable, StorageFull, TipoffError

_Sign = tuple[re.Pattern[str], type[TipoffError], str, str]
_CHECK = "tipoff lake check names every damaged file; restore those from a copy"
_SIGNS: tuple[_Sign, ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind, what, step)
    for pattern, kind, what, step in (
        (
            r"no space left|disk is full|file too large|quota exceeded",
            StorageFull,
            "no room left to write; nothing of this commit was stored",
            "free some space (tipoff lake clean removes leftovers), then run it again",
        ),
        (
            r"database is locked|database table is locked|resource temporarily unavailable",
            LakeBusy,
            "another process holds the lake's catalog",
            "try again when it has ended",
        ),
        (
            r"read-?only|permission denied|not permitted|unable to open database",
            LakeUnavailable,
            "the place cannot be written or read by this user",
            "mend its permissions or its mount, or name another lake with --lake",
        ),
        (
            r"disk i/o error",
            LakeUnavailable,
            "the disk refused to write: it is full, over a quota, or failing; nothing was stored",
            "look at its free space (tipoff lake clean removes leftovers), then run it again",
        ),
        (
            r"malformed|not a database|no magic bytes|too small to be a parquet|not a parquet"
            r"|parquet magic|footer|corrupt|snappy|zstd|thrift|prematurely|invalid parquet"
            r"|out of buffer|end of file|unexpected end|could not read enough bytes|decompress",
            LakeDamaged,
            "a file of the lake is damaged",
            _CHECK,
        ),
        (
            r"no such file|no files found|does not exist|could not open file",
            LakeDamaged,
            "a file is missing",
            _CHECK,
        ),
        (
            r"out of memory|could not allocate|failed to allocate",
            LakeUnavailable,
            "not enough memory",
            "end something else that uses it, then run it again",
        ),
    )
)
_HOMES = {"duckdb", "_duckdb", "sqlite3", "pyarrow", "polars"}
_READING = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException)
_BUGS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)


def translate_error(error: BaseException) -> TipoffError | None:
    """The same failure as one of tipoff's errors; None when it is not the disk's or a file's."""
    # By name: asking for the classes would import every library, a tenth of a second a command.
    homes = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    system = isinstance(error, OSError) and error.errno is not None
    if isinstance(error, _BUGS) or not (system or homes & _HOMES):
        return None
    text = str(error)
    for pattern, kind, what, step in _SIGNS:
        if pattern.search(text):
            return kind(f"{what}: {text}", step)
    if isinstance(error, _READING) or system or "sqlite3" in homes:
        return LakeUnavailable(f"reading or writing failed: {text}", "try again; " + _CHECK)
    return None


@contextmanager
def translating_errors() -> Iterator[None]:
    """Raise what `translate_error` makes of a foreign error; others pass as they are."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        ours = translate_error(error)
        if ours is None:
            raise
        raise ours from error
