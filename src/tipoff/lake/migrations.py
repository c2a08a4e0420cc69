"""The schema and its versions: a new lake gets all of it, an older one what it lacks."""

from __future__ import annotations

import json
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING

import duckdb

from tipoff import clock
from tipoff.errors import UsageError
from tipoff.hashing import content_id
from tipoff.lake.tables import SCHEMAS, TABLES, Column, add_column_sql, comment_sql
from tipoff.version import __version__

if TYPE_CHECKING:
    from tipoff.lake.connection import Lake
    from tipoff.lake.writer import Writer

VERSION = 3
MIGRATIONS: dict[int, tuple[str, ...]] = {
    2: (
        "CREATE TABLE ops.build (build_id VARCHAR, version VARCHAR, python VARCHAR,"
        " libraries VARCHAR, modules VARCHAR, recorded_seq BIGINT)",
        "INSERT INTO ops.build (build_id) VALUES (NULL)",  # statistics: see _create
        "DELETE FROM ops.build",
        "ALTER TABLE forecast.run ADD COLUMN build_id VARCHAR",
    ),
    3: (
        "CREATE TABLE league.external (name VARCHAR, player_key VARCHAR, team VARCHAR,"
        " game_date DATE, value DOUBLE, known_at TIMESTAMPTZ, recorded_seq BIGINT,"
        " fact_id VARCHAR)",
        "INSERT INTO league.external (name) VALUES (NULL)",  # statistics: see _create
        "DELETE FROM league.external",
    ),
}
"""Schema version -> statements that bring the version before it there. They are history: what is
declared today is in lake/tables, and a test holds the two together."""


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
            f"the lake {lake.location} has schema version {version}, written by a newer tipoff;"
            f" tipoff {__version__} knows {VERSION}",
            "install the newer tipoff, or name another lake with --lake",
        )
    return version == VERSION


def prepare(lake: Lake) -> None:
    """Make a lake's tables, or bring an older lake to VERSION, in one commit.

    The version is looked at again under the writer lock: whoever came second finds it done.
    """
    with lake.lock.held():
        version = stored_version(lake)
        if version >= VERSION:
            return
        work = partial(_migrate, version) if version else _create
        with lake.session() as session:
            session.commit(work, fence=version > 0)


def _create(w: Writer) -> None:
    for name in SCHEMAS:
        w.rows(f"CREATE SCHEMA IF NOT EXISTS {name}")
    for table in TABLES:
        w.rows(table.create_sql())
        # DuckLake keeps no statistics of a table that was never written and looks for them again
        # for every column of every query: 0.2 s to find that nobody has been promoted yet.
        w.rows(f"INSERT INTO {table.name} ({table.columns[0].name}) VALUES (NULL)")
        w.rows(f"DELETE FROM {table.name}")
    w.rows("INSERT INTO ops.guard VALUES (0)")
    _finish(w)


def _migrate(version: int, w: Writer) -> None:
    for step in range(version + 1, VERSION + 1):
        for statement in MIGRATIONS[step]:
            w.rows(statement)
    _finish(w)
    detail = json.dumps({"from": version, "to": VERSION, "tipoff": __version__})
    w.rows(
        "INSERT INTO ops.event (event_id, happened_at, kind, detail, recorded_seq)"
        f" VALUES ($id, $now, 'migrate', $detail, {w.seq})",
        {"id": content_id("event", [w.seq, detail]), "now": clock.now(), "detail": detail},
    )


def _finish(w: Writer) -> None:
    """Comments as declared, the views, and the version."""
    have = w.rows(
        "SELECT concat(schema_name, '.', table_name), column_name, comment FROM duckdb_columns()"
        " WHERE database_name = 'lake'"
    )
    stored = {(table, column): comment for table, column, comment in have}
    for table in TABLES:
        for column in table.columns:
            if stored[table.name, column.name] != column.comment:
                w.rows(comment_sql(table.name, column))
    views = resources.files("tipoff.lake").joinpath("views.sql").read_text(encoding="utf-8")
    w.rows(views)
    w.rows(f"INSERT INTO ops.meta VALUES ('schema_version', '{VERSION}', {w.seq})")


def add_columns(writer: Writer, table: str, columns: dict[str, str], kind: str) -> None:
    """Add the columns a table lacks (name -> comment), all in this commit."""
    have = set(writer.query(f"SELECT * FROM {table} LIMIT 0").columns)
    for name, comment in columns.items():
        if name not in have:
            column = Column(name, kind, comment)
            writer.rows(add_column_sql(table, column))
            writer.rows(comment_sql(table, column))
