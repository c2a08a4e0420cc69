"""Who is meant: names are read once in Python, matched once in SQL, from earlier games only."""

from __future__ import annotations

from typing import Any

import polars as pl

from tipoff.lake import Writer
from tipoff.sources.merge import run_sql
from tipoff.sources.names import first_and_rest, is_player, player_key, read_name

_SPELLING: dict[str, Any] = {
    "raw_key": pl.String,
    "player_name": pl.String,
    "is_player": pl.Boolean,
    "own": pl.String,
    "exact": pl.List(pl.String),
    "loose": pl.List(pl.String),
    "short": pl.String,
    "last": pl.String,
}
_PERSON: dict[str, Any] = {
    "player_key": pl.String,
    "player_name": pl.String,
    "alias": pl.String,
    "first_word": pl.String,
    "rest": pl.String,
}


def read_spellings(writer: Writer) -> None:
    """Make `spelling`: every (raw_key, player_name) of lines and injuries and what it can mean."""
    rows = writer.rows(
        "SELECT coalesce(player_key, ''), coalesce(player_name, '') FROM s_prop_lines"
        " UNION SELECT coalesce(player_key, ''), coalesce(player_name, '') FROM s_injuries"
    )
    frame = pl.DataFrame([_spelling(key, name) for key, name in rows], _SPELLING, orient="row")
    _keep(writer, "spelling", frame)


def resolve(writer: Writer) -> None:
    """Make `resolved`: the player of every distinct (name, day, teams) of lines and injuries."""
    rows = writer.rows("SELECT DISTINCT player_key, player_name FROM appearance")
    frame = pl.DataFrame([_person(key, name or key) for key, name in rows], _PERSON, orient="row")
    _keep(writer, "person", frame)
    writer.rows(
        "CREATE OR REPLACE TEMP TABLE subject AS"
        " SELECT row_number() OVER () AS subject, s.*, n.* EXCLUDE (raw_key, player_name)"
        " FROM (SELECT spelled AS raw_key, printed AS player_name, game_date AS day, home, away"
        " FROM prop UNION SELECT spelled, printed, date, team, team FROM injured) s"
        " JOIN spelling n USING (raw_key, player_name)"
    )
    run_sql(writer, "identity")


def read_external_keys(writer: Writer) -> None:
    """Make `external_key`: every way in which values of one's own print a player, and its key."""
    printed = writer.rows("SELECT DISTINCT player_key FROM s_external WHERE player_key IS NOT NULL")
    keys = [(name, player_key(name) or None) for (name,) in printed]
    schema = {"printed": pl.String, "player_key": pl.String}
    _keep(writer, "external_key", pl.DataFrame(keys, schema, orient="row"))


def unresolved_external(writer: Writer) -> dict[str, int]:
    """Values of one's own, of this import, whose player the lake does not know (yet)."""
    sql = """SELECT count(*) FROM c_external
             WHERE player_key NOT IN (SELECT player_key FROM league.player)"""
    return {"external player": int(writer.value(sql))}


def unresolved(writer: Writer) -> tuple[dict[str, int], int]:
    """Rows of this import whose player (or game) stayed unknown, and events seen only in lines."""
    counts = writer.rows(
        "SELECT (SELECT count(*) FROM c_prop_line WHERE player_key IS NULL),"
        " (SELECT count(*) FROM c_prop_line WHERE game_id IS NULL),"
        " (SELECT count(*) FROM c_injury WHERE player_key IS NULL),"
        " (SELECT count(*) FROM line_only)"
    )[0]
    names = ("prop_line player", "prop_line game", "injury player")
    return dict(zip(names, counts[:3], strict=True)), int(counts[3])


def _spelling(key: str, name: str) -> tuple[Any, ...]:
    raw = key or player_key(name)
    read = read_name(name, raw)
    person = is_player(name) if name else bool(raw)
    own = read.own if person else None
    return (
        key, name, person, own, list(read.exact), list(read.loose), read.short, read.last
    )  # fmt: skip


def _person(key: str, name: str) -> tuple[str, ...]:
    first, rest = first_and_rest(name)
    return (key, name, player_key(name) or key, first, rest)


def _keep(writer: Writer, name: str, frame: pl.DataFrame) -> None:
    writer.register("python_rows", frame)
    writer.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM python_rows")
    writer.unregister("python_rows")
