"""The schema and its versions: a new lake gets all of it, an older one what it lacks."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import duckdb

from tipoff.errors import UsageError

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake
    from tipoff.lake.writer import Writer

VERSION = 1
SCHEMAS = ("ops", "raw", "league", "features", "models", "forecast", "grading")
MIGRATIONS: dict[int, str] = {}
"""Schema version -> SQL that brings the version before it there; version 1 is schema.sql."""


@cache
def schema() -> str:
    """The text of schema.sql."""
    return resources.files("tipoff.lake").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def column_comments() -> tuple[tuple[str, str, str], ...]:
    """(table, column, comment) for every column of schema.sql, read from the text behind `--`."""
    found = []
    for table, body in re.findall(r"CREATE TABLE (\S+) \((.*?)\n\);", schema(), re.DOTALL):
        for column, comment in re.findall(r"^\s+(\w+) [^\n]*?-- (.+)$", body, re.MULTILINE):
            found.append((table, column, comment.strip()))
    return tuple(found)


def stored_version(lake: Lake) -> int:
    """The schema version a lake holds; 0 when it is empty."""
    try:
        with lake.reading() as r:
            sql = "SELECT max(value::INT) FROM ops.meta WHERE key = 'schema_version'"
            return int(r.value(sql))
    except duckdb.CatalogException:
        return 0


def is_current(lake: Lake) -> bool:
    """Whether the lake has this code's schema. Raises UsageError when a newer tipoff made it."""
    version = stored_version(lake)
    if version > VERSION:
        raise UsageError(
            f"this lake has schema version {version}, this tipoff knows {VERSION}",
            "install a newer tipoff",
        )
    return version == VERSION


def prepare(lake: Lake) -> None:
    """Bring a lake to VERSION in one commit. The caller holds the writer lock."""
    version = stored_version(lake)
    if version >= VERSION:
        return
    connection = lake._connection
    connection.execute("BEGIN")
    if version == 0:
        for name in SCHEMAS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name}")
        connection.execute(schema())
        _touch(connection)
        connection.execute("INSERT INTO ops.guard VALUES (0)")
        _comment(connection)
    for step in range(max(version, 1) + 1, VERSION + 1):
        connection.execute(MIGRATIONS[step])
    views = resources.files("tipoff.lake").joinpath("views.sql").read_text(encoding="utf-8")
    connection.execute(views)
    connection.execute(f"INSERT INTO ops.meta VALUES ('schema_version', '{VERSION}', 0)")
    connection.execute("COMMIT")


def _touch(connection: duckdb.DuckDBPyConnection) -> None:
    # DuckLake keeps no statistics of a table that was never written and looks for them again for
    # every column of every query: 0.2 s to find that nobody has been promoted yet.
    for table, column in {table: column for table, column, _ in column_comments()}.items():
        connection.execute(f"INSERT INTO {table} ({column}) VALUES (NULL); DELETE FROM {table}")


def _comment(connection: duckdb.DuckDBPyConnection) -> None:
    for table, column, comment in column_comments():
        text = comment.replace("'", "''")
        connection.execute(f"COMMENT ON COLUMN {table}.{column} IS '{text}'")


def add_columns(writer: Writer, table: str, columns: dict[str, str], kind: str) -> None:
    """Add the columns a table lacks (name -> comment), all in this commit."""
    have = set(writer.query(f"SELECT * FROM {table} LIMIT 0").columns)
    for column, comment in columns.items():
        if column not in have:
            text = comment.replace("'", "''")
            writer.rows(f'ALTER TABLE {table} ADD COLUMN "{column}" {kind}')
            writer.rows(f"COMMENT ON COLUMN {table}.\"{column}\" IS '{text}'")
