"""What a catalogue's SQL says about itself: definitions, what reads what, how far back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tipoff.features.windows import Window
from tipoff.lake.tables import TABLES

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


@cache
def stored_tables() -> dict[str, tuple[str, ...]]:
    """Columns of the lake's tables."""
    return {table.name: tuple(column.name for column in table.columns) for table in TABLES}
