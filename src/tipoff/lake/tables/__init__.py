"""Every table of the lake, declared once: its SQL, comments, keys and page are made from here."""

from tipoff.lake.tables import derived, league, ops
from tipoff.lake.tables.declare import Column, Table, add_column_sql, comment_sql

TABLES: tuple[Table, ...] = (
    *ops.TABLES,
    *league.TABLES,
    *derived.FEATURES,
    *derived.MODELS,
    *derived.FORECAST,
    *derived.GRADING,
)
"""In the order they are made and shown."""

SCHEMAS: tuple[str, ...] = tuple(dict.fromkeys(table.schema for table in TABLES))

KEYS: dict[str, tuple[str, ...]] = {table.name: table.key for table in TABLES if table.key}
"""Natural key of every fact table: a newer row with the same key is a correction."""


def table(name: str) -> Table:
    """The declaration of a table. Raises StopIteration when there is none of that name."""
    return next(declared for declared in TABLES if declared.name == name)


__all__ = [
    "KEYS", "SCHEMAS", "TABLES", "Column", "Table", "add_column_sql", "comment_sql", "table",
]  # fmt: skip
