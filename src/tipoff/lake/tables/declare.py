"""How a table is declared, and the SQL that makes it and its comments."""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "VARCHAR"
MOMENT = "TIMESTAMPTZ"


@dataclass(frozen=True)
class Column:
    """A column: its name, its DuckDB type and what it holds."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Table:
    """A table of the lake: `schema.table`, what one row of it is, and its columns in order.

    `key`: of a fact table the columns that name a fact; a newer row with the same key is a
    correction. Empty for every other table.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> str:
        """The schema it lies in."""
        return self.name.partition(".")[0]

    def create_sql(self) -> str:
        """The statement that makes it."""
        columns = ", ".join(f"{column.name} {column.type}" for column in self.columns)
        return f"CREATE TABLE {self.name} ({columns})"

    def column(self, name: str) -> Column:
        """One of its columns. Raises StopIteration when it has none of that name."""
        return next(column for column in self.columns if column.name == name)


def add_column_sql(table: str, column: Column) -> str:
    """The statement that adds a column to a table."""
    return f'ALTER TABLE {table} ADD COLUMN "{column.name}" {column.type}'


def comment_sql(table: str, column: Column) -> str:
    """The statement that stores a column's comment."""
    text = column.comment.replace("'", "''")
    return f"COMMENT ON COLUMN {table}.\"{column.name}\" IS '{text}'"


RECORDED = Column("recorded_seq", "BIGINT", "number of the commit that stored it")
FACT_ID = Column("fact_id", TEXT, "hash of the row's content")
