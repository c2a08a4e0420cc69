"""Lineage: which fact rows a feature of one player-game was made from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tipoff.features.catalogue import current
from tipoff.features.definition import Column, Rows
from tipoff.features.windows import NEWEST, Window
from tipoff.lake import as_of_sql
from tipoff.league.games import games_sql, team_games_sql

if TYPE_CHECKING:
    from tipoff.lake import Reader

_BOX_TEXT = (
    "concat(player_name, ' ', team, ' v ', opponent, ': ', pts, ' pts in ', minutes, ' min')"
)

_PLAYER = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game", "player_key = $player_key")}
  WHERE minutes > 0 AND known_at <= $moment AND (NOT $season_only OR season = $season)
  ORDER BY known_at DESC, tipoff DESC, game_id DESC LIMIT $size"""

_TEAM = f"""
  SELECT 'league.team_game' AS "table", fact_id, game_date AS date,
         concat(team, ' v ', opponent, ': ', pts, '-', opp_pts, ', ', possessions, ' poss') AS text
  FROM {as_of_sql("league.team_game")}
  WHERE game_id IN (
    SELECT game_id FROM {as_of_sql("league.team_game", "team = $side")}
    WHERE known_at <= $moment AND (NOT $season_only OR season = $season)
    ORDER BY known_at DESC, tipoff DESC, game_id DESC LIMIT $size)
  ORDER BY known_at DESC, game_id, team"""

_VERSUS = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game", "player_key = $player_key")}
  WHERE minutes > 0 AND known_at <= $moment AND opponent = $opponent
    AND game_date BETWEEN $day::DATE - 365 AND $day::DATE - 1
  ORDER BY known_at DESC"""

_SCHEDULE = f"""
  SELECT 'league.game' AS "table", g.fact_id, g.game_date AS date,
         concat(g.away, ' at ', g.home) AS text
  FROM {games_sql()} g JOIN {team_games_sql(games_sql())} t USING (game_id)
  WHERE t.team IN ($team, $opponent) AND g.nba_game_id IS NOT NULL AND g.tipoff < $tipoff
  QUALIFY row_number() OVER (PARTITION BY t.team ORDER BY g.tipoff DESC, g.game_id DESC) = 1
  ORDER BY t.team"""

_INJURY = f"""
  SELECT 'league.injury' AS "table", fact_id, date,
         concat(player_name, ' ', team, ': ', raw_status, ' ', detail) AS text
  FROM {as_of_sql("league.injury")}
  WHERE known_at <= $moment AND date >= $day::DATE - 60
    AND (player_key = $player_key OR ($mates AND team = $side))
  QUALIFY row_number() OVER (PARTITION BY player_key, kind ORDER BY known_at DESC, fact_id) = 1
  ORDER BY known_at DESC, fact_id"""

_ROSTER = f"""
  SELECT 'league.player_game' AS "table", fact_id, game_date AS date, {_BOX_TEXT} AS text
  FROM {as_of_sql("league.player_game")}
  WHERE minutes > 0 AND known_at <= $moment
  QUALIFY row_number() OVER (PARTITION BY player_key
                             ORDER BY known_at DESC, tipoff DESC, game_id DESC) = 1
    AND team = $side AND season = $season
  ORDER BY known_at DESC, player_key"""

_LINES = f"""
  SELECT 'league.prop_line' AS "table", fact_id, game_date AS date,
         concat(bookmaker, ' ', market, ' ', line) AS text
  FROM {as_of_sql("league.prop_line", "game_date = $day AND market = $market AND is_main_line")}
  WHERE game_id = $game_id AND player_key = $player_key
    AND known_at <= $moment AND known_at < $tipoff
  ORDER BY bookmaker, known_at, line"""

_EXTERNAL = f"""
  SELECT 'league.external' AS "table", fact_id, coalesce(game_date, known_at::DATE) AS date,
         concat(name, ' of ', coalesce(player_key, team), ': ', value) AS text
  FROM {as_of_sql("league.external", "name = $external")}
  WHERE known_at <= $moment AND known_at < $tipoff AND $key IN (player_key, team)
    AND coalesce(game_date = $day::DATE, true)
  ORDER BY known_at DESC LIMIT 1"""

_NO_LIMIT = 100_000
_SEASON = {"season_only": True, "size": _NO_LIMIT}
_OWN, _SIDE = {"mates": False}, {"mates": True}
_ASKED: dict[Rows, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    Rows.OWN_GAMES: ((_PLAYER, "team", {}),),
    Rows.OWN_GAMES_AGAINST: ((_VERSUS, "team", {}),),
    Rows.TEAM_GAMES: ((_TEAM, "team", {}),),
    Rows.OPPONENT_GAMES: ((_TEAM, "opponent", {}),),
    Rows.SCHEDULE: ((_SCHEDULE, "team", {}),),
    Rows.OWN_REPORTS: ((_INJURY, "team", _OWN),),
    Rows.TEAM_REPORTS: ((_INJURY, "team", _SIDE),),
    Rows.OWN_ABSENCE: ((_INJURY, "team", _OWN), (_PLAYER, "team", _SEASON)),
    Rows.TEAM_ROSTER: ((_INJURY, "team", _SIDE), (_ROSTER, "team", {})),
    Rows.OPPONENT_ROSTER: ((_INJURY, "opponent", _SIDE), (_ROSTER, "opponent", {})),
}
"""Kind of rows -> queries that list them: SQL, whose side, what else they are bound to."""


def sources_of(
    r: Reader, name: str, *, game_id: str, player_key: str, team: str, opponent: str,
    tipoff: datetime, as_of: datetime, seq: int,
) -> list[dict[str, Any]]:  # fmt: skip
    """Fact rows behind a feature of one player-game, newest first per table.

    Each has `table`, `fact_id`, `date` (league date) and `text`. Empty for what is read from the
    fixture alone, and for features that need data the lake has not.
    """
    fixture = (
        "SELECT game_date, season FROM league.game WHERE game_id = $game_id"
        " ORDER BY recorded_seq DESC LIMIT 1"
    )
    found = r.rows(fixture, {"game_id": game_id})
    day, season = found[0] if found else (None, None)
    params = {
        "game_id": game_id, "player_key": player_key, "team": team, "opponent": opponent,
        "tipoff": tipoff, "as_of": as_of, "seq": seq, "moment": min(as_of, tipoff),
        "day": day, "season": season,
    }  # fmt: skip
    rows: dict[str, dict[str, Any]] = {}
    for sql, more in _queries(name, params):
        for row in r.query(sql, params | more).iter_rows(named=True):
            rows.setdefault(row["fact_id"], row)
    return list(rows.values())


def reach_of(name: str) -> dict[Rows, Window]:
    """The facts a feature is made from, and how many games back of those that are games."""
    found = _reach(name)
    return {rows: found[rows] for rows in Rows if rows in found}


def markets_of(name: str) -> set[str]:
    """The markets whose lines a feature reads."""
    columns = (current().columns[c] for c in current().closure([name]))
    return {column.market for column in columns if column.market}


def external_of(name: str) -> list[Column]:
    """The columns behind a feature that read values of league.external."""
    columns = (current().columns[c] for c in current().closure([name]))
    return [column for column in columns if column.external]


def _reach(name: str) -> dict[Rows, Window]:
    """The same in no order: its own, and that of the columns it reads."""
    column, family = current().columns[name], current().owner[name]
    window = current().analysis.columns[name].reach or NEWEST
    rows = family.rows if column.rows is None else column.rows
    found = dict.fromkeys(rows, window)
    for read in current().reads(name):
        for kind, further in _reach(read).items():
            found[kind] = found[kind].widened(further) if kind in found else further
    # What a column says of its own reach holds for all it reads: a week is a week.
    return found if column.window is None else dict.fromkeys(found, column.window)


def _queries(name: str, params: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for rows, window in reach_of(name).items():
        if rows is Rows.LINES:
            yield from ((_LINES, {"market": market}) for market in sorted(markets_of(name)))
        if rows is Rows.EXTERNAL:
            for column in external_of(name):
                key = params["player_key" if column.side == "player" else column.side]
                yield _EXTERNAL, {"external": column.external, "key": key}
        for sql, side, more in _ASKED.get(rows, ()):
            span = {"season_only": window.season, "size": window.games or _NO_LIMIT}
            yield sql, span | {"side": params[side]} | more
