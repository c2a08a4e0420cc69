"""Canonical games: the schedule, plus events that only line files know (a postponed game)."""

from tipoff.lake import as_of_sql


def games_sql(where: str = "true") -> str:
    """A parenthesised relation: the games in force at `$as_of`, stored by `$seq`.

    The columns of league.game, and `slate_as_of`: one second before the earliest tip-off of its
    date, the default moment that date's forecasts are true of. An event seen only in lines is
    dropped when the schedule has its date and pair of teams, whichever is at home.
    `where` narrows by what a correction cannot change (see `as_of_sql`).
    """
    return f"""(
      -- an event whose pair the schedule took up later names that game and is no game of its own
      WITH current AS (
        SELECT * FROM {as_of_sql("league.game", where)}
        WHERE nba_game_id IS NULL OR nba_game_id = game_id),
      scheduled AS (
        SELECT game_date, least(home, away) AS one, greatest(home, away) AS two
        FROM current WHERE nba_game_id IS NOT NULL),
      kept AS (
        SELECT * FROM current c WHERE nba_game_id IS NOT NULL OR NOT EXISTS (
          FROM scheduled s WHERE s.game_date = c.game_date
            AND s.one = least(c.home, c.away) AND s.two = greatest(c.home, c.away)))
      SELECT *, min(tipoff) OVER (PARTITION BY game_date) - INTERVAL 1 SECOND AS slate_as_of
      FROM kept)"""


def team_games_sql(games: str) -> str:
    """A parenthesised relation: `games` (a table or relation) as game x team, both sides.

    Columns: game_id, nba_game_id, game_date, season, game_type, tipoff, known_at, team,
    opponent, home. The home flag is the schedule's, whatever a box score says.
    """
    shared = "game_id, nba_game_id, game_date, season, game_type, tipoff, known_at"
    return f"""(
      SELECT {shared}, home AS team, away AS opponent, true AS home FROM {games}
      UNION ALL
      SELECT {shared}, away, home, false FROM {games})"""
