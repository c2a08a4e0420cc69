"""Which lines on a player were there, when each was known, and which of them were used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.league.lines import consensus_sql

if TYPE_CHECKING:
    from tipoff.answers.expectation import Moment
    from tipoff.lake import Reader

_ROWS = """
  SELECT market, bookmaker, line, over_price, under_price, pickem, is_main_line, snapshot_time,
         known_at, estimated, late, game_id, recorded_seq, fact_id, source
  FROM league.prop_line WHERE game_date = $day AND coalesce(player_key, raw_key) = $player
  ORDER BY market, bookmaker, known_at, line, recorded_seq"""


def lines_of(r: Reader, player: str, moment: Moment, game: dict[str, Any] | None,
             known: bool) -> list[dict[str, Any]]:  # fmt: skip
    """Every line row of the date on a player, each with `status`: `used`, or why it was not.

    `game`: his game (game_id and tipoff), None without one. `known`: lines resolve to him.
    """
    rows = r.query(_ROWS, {"day": moment.day, "player": player}).to_dicts()
    used = _used(r, player, moment, game) if game and known else set()
    for row in rows:
        row["status"] = "used" if row["fact_id"] in used else _why_not(row, moment, game, known)
    return [{k: v for k, v in row.items() if k != "recorded_seq"} for row in rows]


def _used(r: Reader, player: str, moment: Moment, game: dict[str, Any]) -> set[str]:
    spine = pl.DataFrame([{
        "game_id": game["game_id"], "player_key": player, "game_date": moment.day,
        "tipoff": game["tipoff"], "row_as_of": moment.as_of,
    }])  # fmt: skip
    r.register("asked_player", spine)
    found = r.rows(f"SELECT line_ids FROM {consensus_sql('asked_player')}", moment.params)
    r.unregister("asked_player")
    return {fact for (ids,) in found for fact in ids}


def _why_not(row: dict[str, Any], moment: Moment, game: dict[str, Any] | None, known: bool) -> str:
    if not known:
        return "no player has this name"
    if row["recorded_seq"] > moment.seq:
        return "stored after the run"
    if row["known_at"] > moment.as_of:
        return "not known at as_of"
    if game is None or row["game_id"] != game["game_id"]:
        return "of no game of his"
    if row["known_at"] >= game["tipoff"]:
        return "not known before tip-off"
    if not row["is_main_line"]:
        return "alternate line"
    return "the book has a newer or better balanced one"
