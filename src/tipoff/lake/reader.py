"""Reads inside one transaction: every query sees the same version of the lake."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import duckdb

from tipoff.errors import UsageError
from tipoff.lake.foreign import translating_errors

if TYPE_CHECKING:
    import polars as pl

Params = Mapping[str, Any] | None
MOST_THREADS = min(4, os.cpu_count() or 1)
_STREAM = "incoming_stream"


class Reader:
    """Runs queries inside one transaction; counts them, because their number is a promise.

    When the transaction has ended its connection may be somebody else's: from then on every
    method that asks the lake raises UsageError.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._open: duckdb.DuckDBPyConnection | None = connection
        self.queries = 0
        self._bound: dict[str, tuple[type, Any]] = {}

    def end(self) -> None:
        """Let go of the connection."""
        self._open = None

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        if self._open is None:
            raise UsageError("this read of the lake has ended", "ask inside its block")
        return self._open

    def query(self, sql: str, params: Params = None) -> pl.DataFrame:
        """The result as a Polars frame. Parameters are named, `$name`, and always bound."""
        import polars as pl

        named = _named(sql, params)
        # A variable without a value has no type either, which a parameter takes from its place.
        for name in [k for k, v in named.items() if v is None or v == []]:
            text = "NULL" if named.pop(name) is None else "[]"
            sql = re.sub(rf"\${name}\b", text, sql)
        self.bind(named)
        self.queries += 1
        with translating_errors():
            # A relation hands its rows on as an Arrow stream; one with parameters of its own
            # would be spelled out as constants first.
            return pl.DataFrame(self._connection.sql(bound(sql, named) if named else sql))

    def rows(self, sql: str, params: Params = None) -> list[tuple[Any, ...]]:
        """The result as tuples, for small answers."""
        with translating_errors():
            return self._execute(sql, params).fetchall()

    def value(self, sql: str, params: Params = None) -> Any:
        """The first column of the first row, or None when there is no row."""
        with translating_errors():
            row = self._execute(sql, params).fetchone()
        return row[0] if row else None

    def bind(self, params: Mapping[str, Any]) -> None:
        """Bind values to names once, for every later query written with `bound`."""
        for name, value in params.items():
            if self._bound.get(name) != (type(value), value):
                with translating_errors():
                    self._connection.execute(f'SET VARIABLE "{name}" = $value', {"value": value})
                self._bound[name] = type(value), value

    @contextmanager
    def every_core(self) -> Iterator[None]:
        """Let the queries of the block run on every core: for those through all history."""
        self._connection.execute(f"SET threads = {MOST_THREADS}")
        try:
            yield
        finally:
            # In a transaction that failed nothing can be set; the session sets it back.
            with suppress(duckdb.TransactionException):
                self._connection.execute("SET threads = 1")

    def register(self, name: str, frame: pl.DataFrame) -> None:
        """Store a frame as a temporary table of that name, until it is unregistered or the
        transaction ends."""
        import polars as pl

        # A bare Arrow stream is taken as it is, once: of any other object DuckDB asks whether it
        # is of pandas or pyarrow, and imports both for that. A column of nulls only would become
        # one of numbers.
        stream = frame.cast({pl.Null: pl.String}).__arrow_c_stream__()
        with translating_errors():
            self._connection.register(_STREAM, stream)
            try:
                self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {_STREAM}")
            finally:
                self._connection.unregister(_STREAM)

    def unregister(self, name: str) -> None:
        """Forget a registered frame."""
        # A transaction that failed can drop nothing, and takes its tables with it.
        with suppress(duckdb.TransactionException):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.{name}")

    def simulated(self) -> bool:
        """Whether the lake holds a simulated league: the label every surface shows."""
        sql = "SELECT value FROM ops.meta WHERE key = 'simulated' ORDER BY recorded_seq DESC"
        return bool(self.value(sql) == "true")

    def newest_seq(self) -> int:
        """The newest recorded_seq: every row stored so far is at or below it."""
        return int(self.value("SELECT n FROM ops.guard") or 0)

    def _execute(self, sql: str, params: Params) -> duckdb.DuckDBPyConnection:
        self.queries += 1
        return self._connection.execute(sql, _named(sql, params) or None)


def _named(sql: str, params: Params) -> dict[str, Any]:
    return {k: v for k, v in (params or {}).items() if f"${k}" in sql}


def bound(sql: str, names: Iterable[str]) -> str:
    """SQL that reads the named parameters from `Reader.bind` instead of binding them itself."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"\$({pattern})\b", r"getvariable('\1')", sql)
