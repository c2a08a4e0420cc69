"""One DuckDB instance with a lake attached: what one block of work reads or commits with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import duckdb

from tipoff.errors import LakeUnavailable
from tipoff.lake.backends import Catalog, Config
from tipoff.lake.extensions import connect
from tipoff.lake.foreign import translate_error, translating_errors
from tipoff.lake.reader import Reader
from tipoff.lake.writer import Writer

T = TypeVar("T")
MEMORY_LIMIT = "700MB"
THREADS = 1
"""A slate's queries are small: a second thread costs them a third more work than it saves. What
goes through all history asks for every core (Reader.every_core)."""


class Session:
    """A DuckDB instance of its own: settings, temporary tables, variables and failures are shared
    with nobody. For one thread at a time.

    `usable` is false once a transaction could not be begun or ended: then it can only be closed.
    """

    def __init__(self, catalog: Catalog, version: int | None = None) -> None:
        """Raises LakeUnavailable, LakeBusy or LakeDamaged when the lake cannot be attached."""
        self._connection = _attached(catalog, version)
        self.usable = True

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of one statement that is a transaction of its own: for maintenance."""
        with translating_errors():
            return self._connection.execute(sql).fetchall()

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A transaction for reading: all its queries see one version."""
        self._begin()
        reader = Reader(self._connection)
        try:
            yield reader
        finally:
            reader.end()
            self._rollback()

    def commit(self, fn: Callable[[Writer], T], *, fence: bool = True) -> T:
        """Run `fn` inside one commit; whatever is raised rolls it back.

        The caller holds the writer lock. Without a `fence`, which only a new lake lacks, rows are
        stamped 0.
        """
        self._begin()
        writer, done = Writer(self._connection), False
        try:
            if fence:
                writer.take_fence()
            answer = fn(writer)
            self._connection.execute("COMMIT")
            done = True
            return answer
        finally:
            writer.end()
            if not done:
                self._rollback()

    def close(self) -> None:
        """Close the instance."""
        self._connection.close()

    def _begin(self) -> None:
        self.usable = False
        self._connection.execute("BEGIN")
        self.usable = True

    def _rollback(self) -> None:
        try:
            self._connection.execute("ROLLBACK")
            # Where a query failed inside Reader.every_core, nothing could be set back.
            self._connection.execute(f"SET threads = {THREADS}")
        except duckdb.Error:
            self.usable = False


def _attached(catalog: Catalog, version: int | None) -> duckdb.DuckDBPyConnection:
    config: Config = {
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
    }
    connection = connect(catalog.extensions, config | catalog.settings())
    # At the first bound parameter DuckDB imports pandas, where it is installed. Here one thread has
    # that import to itself, when it opens the lake: among threads that import pyarrow meanwhile it
    # fails, is tried again at every query, and CPython 3.11 has lost its import lock in that.
    connection.execute("SELECT $value", {"value": 0})
    connection.execute("SET TimeZone = 'UTC'")
    # DuckDB would draw a bar of its own into standard output, into the answer.
    connection.execute("SET enable_progress_bar = false")
    # A temporary table made in the open transaction counts as empty to the planner, which then
    # picks loop joins meant for a handful of rows: 19 s instead of 0.2 s for one ASOF join.
    for name in ("asof_loop_join", "nested_loop_join", "merge_join"):
        connection.execute(f"SET {name}_threshold = 0")
    try:
        connection.execute(catalog.attach_sql(version))
    except duckdb.Error as error:
        connection.close()
        message = f"cannot attach {catalog}: {error}"
        raise translate_error(error) or LakeUnavailable(message, "tipoff lake check") from error
    connection.execute("USE lake")
    return connection
