"""What a catalogue's SQL says about itself: definitions, what reads what, how far back.

Read once by sqlglot and kept on disk by the content it was read from: a command that finds it there
does not import sqlglot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tipoff.features.definition import Family, Relation
from tipoff.features.windows import Window
from tipoff.hashing import DECIMALS, file_sha256, text_id
from tipoff.kept import kept

SPINE = "fx_spine"
PLAYERS = "fx_players"
SPINE_COLUMNS = (
    "game_id", "player_key", "team", "opponent", "home", "game_date", "season", "game_type",
    "tipoff", "row_as_of",
)  # fmt: skip
"""Columns of the rows asked for. Whose rows they are is no part of what a feature means."""


@dataclass(frozen=True)
class ColumnReading:
    """What was read of one column.

    `definition`: the hash of what it means; `reads`: the columns it is made from; `tables`: the
    relations its family's joins name; `windows`: names of the windows it runs over; `reach`: how
    many games back its own SQL looks, None when it looks at no game.
    """

    definition: str
    reads: tuple[str, ...]
    tables: tuple[str, ...]
    windows: tuple[str, ...]
    reach: Window | None


@dataclass(frozen=True)
class Analysis:
    """Readings by column name, and of each relation the relations it reads."""

    columns: Mapping[str, ColumnReading]
    relations: Mapping[str, tuple[str, ...]]


def analyse(families: Sequence[Family], relations: Mapping[str, Relation]) -> Analysis:
    """The analysis of a catalogue. Raises IntegrityError for SQL that names what is not there."""
    declared = [families, sorted((n, r.sql) for n, r in relations.items()), stored_tables()]
    key = text_id("sql", repr([declared, DECIMALS, version("sqlglot"), _code()]))

    def make() -> dict[str, Any]:
        # Only here: importing sqlglot takes a tenth of a second.
        from tipoff.features.reading import read_catalogue

        read = read_catalogue(families, relations)
        return {
            "columns": {n: asdict(column) for n, column in read.columns.items()},
            "relations": read.relations,
        }

    found = kept("catalogue", key, make)
    return Analysis(
        {n: _restored(column) for n, column in found["columns"].items()},
        {n: tuple(reads) for n, reads in found["relations"].items()},
    )


def _restored(column: dict[str, Any]) -> ColumnReading:
    reads, tables, windows = (tuple(column[name]) for name in ("reads", "tables", "windows"))
    reach = column["reach"] and Window(**column["reach"])
    return ColumnReading(column["definition"], reads, tables, windows, reach)


@cache
def _code() -> list[str]:
    """What reads the SQL: other code may read it otherwise."""
    here = Path(__file__).parent
    names = ("columns.py", "sqltree.py", "reading.py", "definition.py", "windows.py")
    return [file_sha256(here / name) for name in names]


@cache
def stored_tables() -> dict[str, tuple[str, ...]]:
    """Columns of the lake's tables."""
    from tipoff.lake.migrations import column_comments

    found: dict[str, tuple[str, ...]] = {}
    for table, column, _ in column_comments():
        found[table] = (*found.get(table, ()), column)
    return found
