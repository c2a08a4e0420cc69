"""Reads inside one transaction: every query sees the same version of the lake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tipoff.lake.binding import without_pandas
from tipoff.lake.foreign import in_our_words

if TYPE_CHECKING:
    import duckdb
    import polars as pl

Params = Mapping[str, Any] | None


class Reader:
    """Runs queries on one connection; counts them, because their number is a promise."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.queries = 0
        self._bound: dict[str, Any] = {}

    def query(self, sql: str, params: Params = None) -> pl.DataFrame:
        """The result as a Polars frame. Parameters are named, `$name`, and always bound."""
        with in_our_words():
            return self._execute(sql, params).pl()

    def rows(self, sql: str, params: Params = None) -> list[tuple[Any, ...]]:
        """The result as tuples, for small answers."""
        with in_our_words():
            return self._execute(sql, params).fetchall()

    def value(self, sql: str, params: Params = None) -> Any:
        """The first column of the first row, or None when there is no row."""
        with in_our_words():
            row = self._execute(sql, params).fetchone()
        return row[0] if row else None

    def bind(self, params: Mapping[str, Any]) -> None:
        """Bind values to names once, for every later query written with `bound`."""
        for name, value in params.items():
            if name not in self._bound or self._bound[name] != value:
                self._execute(f"SET VARIABLE {name} = $value", {"value": value})
                self._bound[name] = value

    def register(self, name: str, frame: pl.DataFrame) -> None:
        """Make a frame readable as a table of that name on this connection."""
        with without_pandas():
            self._connection.register(name, frame.to_arrow())

    def unregister(self, name: str) -> None:
        """Forget a registered frame."""
        self._connection.unregister(name)

    def simulated(self) -> bool:
        """Whether the lake holds a simulated league: the label every surface shows."""
        sql = "SELECT value FROM ops.meta WHERE key = 'simulated' ORDER BY recorded_seq DESC"
        return bool(self.value(sql) == "true")

    def newest_seq(self) -> int:
        """The newest recorded_seq: every row stored so far is at or below it."""
        return int(self.value("SELECT n FROM ops.guard") or 0)

    def _execute(self, sql: str, params: Params) -> duckdb.DuckDBPyConnection:
        self.queries += 1
        wanted = {k: v for k, v in (params or {}).items() if f"${k}" in sql}
        with without_pandas(), in_our_words():
            return self._connection.execute(sql, wanted or None)


def bound(sql: str, names: Iterable[str]) -> str:
    """SQL that reads the named parameters from `Reader.bind` instead of binding them itself."""
    pattern = "|".join(map(re.escape, names))
    return re.sub(rf"\$({pattern})\b", r"getvariable('\1')", sql)
