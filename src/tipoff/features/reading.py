"""Reading a catalogue's SQL with sqlglot: see analysis.py, which keeps what is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot._version import version

from tipoff.errors import IntegrityError
from tipoff.features.analysis import (
    PLAYERS,
    SPINE,
    SPINE_COLUMNS,
    Analysis,
    ColumnReading,
    stored_tables,
)
from tipoff.features.columns import read_query
from tipoff.features.definition import Column, Family, Feature, Relation
from tipoff.features.scope import Made, Query, stored
from tipoff.features.sqltree import SPELLED_BY, names_in, windows_in
from tipoff.features.windows import NEWEST
from tipoff.hashing import DECIMALS, content_id

_GIVEN = {SPINE: SPINE_COLUMNS, PLAYERS: ("player_key", "first_id")}
"""Whose rows are asked for decides which rows there are, never what is in them."""


def read_catalogue(families: Sequence[Family], relations: Mapping[str, Relation]) -> Analysis:
    """The analysis of a catalogue. Raises IntegrityError for SQL that names what is not there, and
    when sqlglot is another version than definitions are hashed with."""
    if version != SPELLED_BY:
        raise IntegrityError(
            f"definitions are hashed with sqlglot {SPELLED_BY}, installed is {version}",
            f"pip install sqlglot=={SPELLED_BY}",
        )
    return _Analyst(families, relations).analysis()


class _Analyst:
    """Reads a catalogue's SQL, each relation and column once, what it reads before it."""

    def __init__(self, families: Sequence[Family], relations: Mapping[str, Relation]) -> None:
        self.families, self.relations = families, relations
        self.owner = {c.name: f for f in families for c in f.columns}
        self.declared = {c.name: c for f in families for c in f.columns}
        self.queries: dict[str, Query] = {
            name: stored(name, columns) for name, columns in (stored_tables() | _GIVEN).items()
        }
        self.read_columns: dict[str, ColumnReading] = {}

    def analysis(self) -> Analysis:
        """Every column and relation."""
        columns = {name: self.column(name) for name in self.declared}
        reads = {name: self._relations(self.table(name), but=name) for name in self.relations}
        return Analysis(columns, reads)

    def table(self, name: str) -> Query:
        """The query behind a table. Raises IntegrityError for one nobody declared."""
        if name not in self.queries:
            if name not in self.relations:
                raise IntegrityError(f"no relation is called {name}")
            self.queries[name] = read_query(self.relations[name].sql, self.table)
        return self.queries[name]

    def column(self, name: str) -> ColumnReading:
        """What is read of one column."""
        if name not in self.read_columns:
            column, family = self.declared[name], self.owner[name]
            read = self._attached if family.relation else self._derived
            self.read_columns[name] = read(column, family)
        return self.read_columns[name]

    def _derived(self, column: Column, _family: Family) -> ColumnReading:
        """Of an expression over other columns and the spine."""
        reads = sorted(names_in(column.sql) & self.declared.keys() - {column.name})
        known = {c: Made(f"{SPINE}.{c}") for c in SPINE_COLUMNS}
        known |= {name: Made(self.column(name).definition) for name in reads}
        query = read_query(f"SELECT {column.sql} AS v FROM names", lambda _: Query(known, "names"))
        return ColumnReading(_definition(column, query), tuple(reads), (), (), column.window)

    def _attached(self, column: Column, family: Family) -> ColumnReading:
        """Of an expression over a family's relation, with the joins that bring it to a row."""
        windows = tuple(sorted(windows_in(column.sql))) if family.windowed else ()
        tables = dict[str, Query]()
        if family.windowed:
            tables[family.table] = read_query(family.windowed_sql([column], windows), self.table)
        before = [f for f in self.families if f.name in family.after]
        query = read_query(
            f"""SELECT {family.value_sql(column, windows)} AS v
            FROM ({family.located_sql(before)}) s {family.attach_sql([column])}""",
            lambda name: tables.get(name) or self.table(name),
        )
        named = query.tables.union(*(t.tables for t in tables.values()))
        reach = column.window or query.columns["v"].reach or NEWEST
        return ColumnReading(_definition(column, query), (), self._named(named), windows, reach)

    def _relations(self, query: Query, but: str) -> tuple[str, ...]:
        return tuple(name for name in self._named(query.tables) if name != but)

    def _named(self, tables: Iterable[str]) -> tuple[str, ...]:
        known = set(tables)
        return tuple(name for name in self.relations if name in known and name not in _GIVEN)


def _definition(column: Column, query: Query) -> str:
    bounds = [column.low, column.high] if isinstance(column, Feature) else None
    return content_id("def", [query.column("v"), bounds, DECIMALS])
