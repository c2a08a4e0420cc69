"""Values of a table of one's own: rows of league.external, of which the newest known one counts."""

from __future__ import annotations

from tipoff.features.definition import Family, Feature, Relation, Rows, Side
from tipoff.league.current import current_sql

_COLUMN: dict[Side, str] = {"player": "player_key", "team": "team", "opponent": "team"}
_JOINED: dict[Side, str] = {"player": "player_key", "team": "team", "opponent": "opponent"}


def relation(column: Feature, *, dated: bool) -> Relation:
    """The rows a feature reads, as known: key, game_date when `dated`, known_at, value."""
    key = _COLUMN[column.side]
    columns = "name, player_key, team, game_date, known_at, value"
    rows = current_sql("league.external", columns, f"name = '{column.external}'")
    day = "game_date, " if dated else ""
    of_day = "IS NOT NULL" if dated else "IS NULL"
    return Relation(
        f"fx_external_{column.name}",
        f"SELECT {key} AS key, {day}known_at, value FROM {rows}"
        f" WHERE {key} IS NOT NULL AND game_date {of_day}",
    )


def family(column: Feature, made: Relation, *, dated: bool) -> Family:
    """The feature by itself: as of the row's moment the newest row of its key counts."""
    alias = f"external_{column.name}"
    day = f" AND {alias}.game_date = s.game_date" if dated else ""
    return Family(
        name=alias,
        columns=(column,),
        relation=made.name,
        attach=f"ASOF LEFT JOIN {{table}} {alias} ON {alias}.key = s.{_JOINED[column.side]}{day}"
        f" AND {alias}.known_at <= s.row_as_of",
        why="'no_row'",
        rows=(Rows.EXTERNAL,),
    )
