"""Rows to learn P(plays) from: every roster member of every team game, whether he played or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from tipoff.features.build import FOREVER, _built, known_facts
from tipoff.features.catalogue import current, feature_set
from tipoff.features.compile import Program
from tipoff.features.computed import computed_of, queried, with_computed
from tipoff.features.rosters import COUNTED
from tipoff.league.team_form import LEAST_MINUTES

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader

PLAYS = "plays_1"
"""The feature set a P(plays) model reads."""

_SPINE = """
  -- A game whose result is known is read at its slate's moment, like training rows; one to come at
  -- the moment asked for, never at or after its own tip-off.
  WITH nights AS (
    SELECT game_id, team, if(team = home, away, home) AS opponent, team = home AS home, game_date,
           season, game_type, tipoff,
           CASE WHEN result_known_at IS NOT NULL THEN slate_as_of
                ELSE least($as_of, tipoff - INTERVAL 1 SECOND) END AS row_as_of
    FROM (SELECT *, unnest([home, away]) AS team FROM fx_games
          WHERE nba_game_id IS NOT NULL AND game_date BETWEEN $start AND $through)),
  candidates AS (SELECT DISTINCT player_key, team, season FROM fx_box),
  moments AS (
    SELECT player_key, known_at, arg_max(team, (tipoff, game_id)) AS team,
           arg_max(season, (tipoff, game_id)) AS season
    FROM fx_box GROUP BY ALL)
  SELECT w.game_id, w.player_key, w.team, w.opponent, w.home, w.game_date, w.season, w.game_type,
         w.tipoff, w.row_as_of
  FROM (FROM nights JOIN candidates USING (team, season)) w
  ASOF JOIN moments b ON b.player_key = w.player_key AND b.known_at <= w.row_as_of
  WHERE b.team = w.team AND b.season = w.season"""

_PLAYED = f"""
  SELECT v.*, CASE WHEN b.player_key IS NOT NULL THEN 1
                   WHEN g.result_known_at IS NOT NULL AND t.minutes >= {LEAST_MINUTES} THEN 0
              END::DOUBLE AS y_played
  FROM ({{query}}) v
  LEFT JOIN (SELECT game_id, player_key FROM fx_box) b USING (game_id, player_key)
  LEFT JOIN (SELECT game_id, result_known_at FROM fx_games) g USING (game_id)
  LEFT JOIN (SELECT game_id, team, sum(minutes) AS minutes FROM fx_box GROUP BY ALL) t
    USING (game_id, team)
  WHERE own_missed < $missed"""


def roster_frame(
    r: Reader,
    *,
    start: date | None,
    through: date,
    as_of: datetime | None = None,
    seq: int | None = None,
    names: Sequence[str] | None = None,
    missed: int = COUNTED,
) -> pl.DataFrame:
    """Every roster member of every team game in [start, through] who missed under `missed` games.

    A roster member is a player whose newest known box score is for the team, in this season.
    Columns: game_id, player_key, team, opponent, home, game_date, season, game_type, tipoff, the
    features (`names`, by default the set `plays_1`; own_missed always), and y_played: 1 played, 0
    did not (the game is final and its box score whole), null while that is not known. A final
    game's rows are true of one second before its slate's first tip-off, others of `as_of`.
    Ordered by (tipoff, game_id, team, player_key).
    """
    wanted = dict.fromkeys([*(names or feature_set(PLAYS)), "own_missed"])
    functions = computed_of(current(), tuple(wanted))
    program = Program(current(), queried(tuple(wanted), functions))
    moment, newest = as_of or FOREVER, r.newest_seq() if seq is None else seq
    params = {
        "as_of": moment, "seq": newest, "start": start or date.min, "through": through,
        "missed": missed,
    }  # fmt: skip
    with known_facts(r, moment, newest), _built(r, program, _SPINE, params):
        found = r.query(_PLAYED.format(query=program.query), params)
    rows = with_computed(found, functions)
    return rows.sort("tipoff", "game_id", "team", "player_key")
