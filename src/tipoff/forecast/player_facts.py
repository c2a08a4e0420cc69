"""What was known of one player on a night: their games and minutes, and every line on them.

Form is counted as forecast/plan.py counts it, of one player in one small query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.forecast.plan import HISTORY_DAYS
from tipoff.league.current import current_sql
from tipoff.league.games import games_sql
from tipoff.league.lines import consensus_sql

if TYPE_CHECKING:
    from tipoff.lake import Reader
    from tipoff.settings import Settings

Row = dict[str, Any]

_BOX = f"""
  (FROM {current_sql("league.player_game",
    "game_id, player_key, team, opponent, minutes, tipoff, game_date, known_at")}
   WHERE minutes > 0 AND game_date > $day - {HISTORY_DAYS})"""  # fmt: skip

_FIGURES = f"""
  WITH box AS MATERIALIZED {_BOX},
  theirs AS (SELECT * FROM box WHERE player_key = $player),
  last_game AS (SELECT team, game_date FROM theirs ORDER BY tipoff DESC, game_id DESC LIMIT 1),
  recent AS (SELECT DISTINCT game_id, tipoff FROM box JOIN last_game USING (team)
             ORDER BY tipoff DESC LIMIT $rotation_games)
  SELECT (SELECT team FROM last_game), (SELECT game_date FROM last_game),
         (SELECT count(*) FROM theirs JOIN last_game USING (team) WHERE game_id IN
           (SELECT game_id FROM recent)),
         (SELECT count(*) FROM recent),
         (SELECT avg(minutes) FROM (FROM theirs ORDER BY tipoff DESC, game_id DESC LIMIT 5))"""

_GAMES = f"""
  SELECT game_id, home, away, tipoff FROM {games_sql()}
  WHERE game_date = $day AND known_at < tipoff ORDER BY tipoff, game_id"""


_LINES = """
  SELECT market, bookmaker, line, over_price, under_price, pickem, is_main_line, snapshot_time,
         known_at, estimated, late, game_id, recorded_seq, fact_id, source
  FROM league.prop_line WHERE game_date = $day AND coalesce(player_key, raw_key) = $player
  ORDER BY market, bookmaker, known_at, line, recorded_seq"""


@dataclass(frozen=True)
class Moment:
    """A night as known at a moment: rows known by `as_of` and stored by `seq`."""

    day: date
    as_of: datetime
    seq: int
    settings: Settings

    @property
    def params(self) -> dict[str, Any]:
        """What as-of relations read."""
        return {
            "day": self.day, "as_of": self.as_of, "seq": self.seq,
            "rotation_games": self.settings.rotation_games,
        }  # fmt: skip


@dataclass(frozen=True)
class Form:
    """`team` of the player's last box score, on `last_played`; how many of that team's last `of`
    games they played (`games`); mean `minutes` of their last five games.

    None and 0 without a box score within HISTORY_DAYS.
    """

    team: str | None
    last_played: date | None
    games: int
    of: int
    minutes: float | None

    def in_rotation(self, settings: Settings) -> bool:
        """Whether form alone makes the player expected when their team plays."""
        return self.games > 0 and (self.minutes or 0.0) >= settings.rotation_minutes


def form_of(r: Reader, player: str, moment: Moment) -> Form:
    """The form of a player, from box scores known at a moment."""
    team, played, games, of, minutes = r.rows(_FIGURES, moment.params | {"player": player})[0]
    return Form(team, played, int(games), int(of), None if minutes is None else float(minutes))


def games_of(r: Reader, moment: Moment) -> list[Row]:
    """The night's games: game_id, home, away, tipoff."""
    return r.query(_GAMES, moment.params).to_dicts()


def lines_of(r: Reader, player: str, moment: Moment, game: Row | None, known: bool) -> list[Row]:
    """Every line row of the date on a player, each with `status`: `used`, or why it was not.

    `game`: the player's game (game_id and tipoff), None without one. `known`: the name is that of
    a player, whom lines resolve to.
    """
    rows = r.query(_LINES, {"day": moment.day, "player": player}).to_dicts()
    used = _used(r, player, moment, game) if game and known else set()
    for row in rows:
        row["status"] = "used" if row["fact_id"] in used else _why_not(row, moment, game, known)
    return [{k: v for k, v in row.items() if k != "recorded_seq"} for row in rows]


def _used(r: Reader, player: str, moment: Moment, game: Row) -> set[str]:
    spine = pl.DataFrame([{
        "game_id": game["game_id"], "player_key": player, "game_date": moment.day,
        "tipoff": game["tipoff"], "row_as_of": moment.as_of,
    }])  # fmt: skip
    r.register("asked_player", spine)
    consensus = r.rows(f"SELECT line_ids FROM {consensus_sql('asked_player')}", moment.params)
    r.unregister("asked_player")
    return {fact for (ids,) in consensus for fact in ids}


def _why_not(row: Row, moment: Moment, game: Row | None, known: bool) -> str:
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
