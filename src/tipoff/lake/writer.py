"""Appends inside one commit: keys are checked, and rows written are the rows intended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb

from tipoff.errors import IntegrityError
from tipoff.gates import gate
from tipoff.lake.reader import Params, Reader

if TYPE_CHECKING:
    import polars as pl

_INCOMING = "incoming_rows"


class Writer(Reader):
    """A reader that may append. `seq` is this commit's recorded_seq."""

    seq = 0

    def take_fence(self) -> None:
        """Add one to the fence, and take the number it then has."""
        self.rows("UPDATE ops.guard SET n = n + 1")
        self.seq = int(self.rows("SELECT n FROM ops.guard")[0][0])

    def append(self, table: str, frame: pl.DataFrame, *, key: Sequence[str] = ()) -> int:
        """Append a frame by column name; missing columns become null. Returns rows written.

        Raises IntegrityError when a key in `frame` is double or already stored, when the frame
        has a column the table lacks, or when the table did not grow by exactly its height.
        """
        if not frame.height:
            return 0
        self.register(_INCOMING, frame)
        try:
            self._check_key(table, frame.select(key))
            columns = ", ".join(f'"{c}"' for c in frame.columns if c != "recorded_seq")
            return self.insert(table, columns, f"SELECT {columns} FROM {_INCOMING}", frame.height)
        finally:
            self.unregister(_INCOMING)

    @gate(
        "rows written", protects="every commit",
        on_error="the commit is rolled back", on_null="no count is not the count intended",
    )  # fmt: skip
    def insert(
        self, table: str, columns: str, select: str, intended: int, params: Params = None
    ) -> int:
        """Insert what `select` gives, stamped with this commit's recorded_seq, and count it."""
        numbered = f"SELECT *, {self.seq}::BIGINT FROM ({select})"
        try:
            written = self.value(
                f"INSERT INTO {table} ({columns}, recorded_seq) {numbered}", params
            )
        except (duckdb.BinderException, duckdb.ConversionException) as error:
            raise IntegrityError(f"{table}: rows do not fit the table: {error}") from error
        if written != intended:
            raise IntegrityError(f"{table}: {intended} rows intended, {written} written")
        return intended

    @gate(
        "keys", protects="every commit",
        on_error="the commit is rolled back", on_null="a null in a key: IntegrityError",
    )  # fmt: skip
    def _check_key(self, table: str, keys: pl.DataFrame) -> None:
        import polars as pl

        if not keys.columns:
            return
        absent = keys.filter(pl.any_horizontal(pl.all().is_null())).rows()
        double = keys.filter(keys.is_duplicated()).rows()
        names = ", ".join(keys.columns)
        # What all rows share is said as a constant: only files that can hold it are opened.
        shared = {c: keys[c][0] for c in keys.columns if keys[c].n_unique() == 1}
        where = " AND ".join([f"{c} = ${c}" for c in shared]) or "true"
        stored = self.rows(
            f"SELECT {names} FROM {_INCOMING} SEMI JOIN (FROM {table} WHERE {where})"
            f" USING ({names})",
            shared,
        )
        for rows, what in (
            (absent, "no key"),
            (double, "twice in this commit"),
            (stored, "already stored"),
        ):
            if rows:
                raise IntegrityError(
                    f"{table}: {dict(zip(keys.columns, rows[0], strict=True))} is {what}"
                )
