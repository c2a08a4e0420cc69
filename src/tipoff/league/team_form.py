"""Team games with possessions and minutes, and the rates made from their sums."""

FULL_GAME = 240
"""Team minutes of a game without overtime, assumed where box scores do not add up to one."""

LEAST_MINUTES = 239
MOST_MINUTES = 400
"""Player minutes of a team outside these are not a whole box score (six overtimes make 390)."""

PARTITION, ORDER = "team", "known_at, tipoff, game_id"
WINDOW = f"PARTITION BY {PARTITION} ORDER BY {ORDER}"
"""A team's games in order: a result is known three hours after its tip-off."""


def team_games_played_sql(team_games: str, team_minutes: str) -> str:
    """A parenthesised relation: every team's games, numbered in order, with what rates need.

    `team_games`: current rows of league.team_game. `team_minutes`: (game_id, team, minutes), the
    sum of player minutes. Columns: the game's keys, pts, opp_pts, `possessions` (mean of both
    teams' estimates, null when one lacks), `minutes` (team minutes), `minutes_assumed`
    (240 where no whole box score exists), `game_number` (1, 2, ... per team).
    """
    return f"""(
      SELECT t.game_id, t.team, t.opponent, t.game_date, t.season, t.tipoff, t.known_at,
             t.pts, t.opp_pts, ((t.possessions + o.possessions) / 2)::DECIMAL(9,3) AS possessions,
             CASE WHEN m.minutes BETWEEN {LEAST_MINUTES} AND {MOST_MINUTES}
                  THEN m.minutes ELSE {FULL_GAME} END::DECIMAL(9,3) AS minutes,
             coalesce(m.minutes NOT BETWEEN {LEAST_MINUTES} AND {MOST_MINUTES}, true)
               AS minutes_assumed,
             row_number() OVER (PARTITION BY t.team ORDER BY t.known_at, t.tipoff, t.game_id)
               AS game_number
      FROM {team_games} t
      LEFT JOIN {team_games} o ON o.game_id = t.game_id AND o.team = t.opponent
      LEFT JOIN {team_minutes} m ON m.game_id = t.game_id AND m.team = t.team)"""


def pace(window: str) -> str:
    """Possessions per 48 minutes over a window: 48 x possessions / (team minutes / 5)."""
    return f"240 * {_sum('possessions', window)} / nullif({_sum('minutes', window)}, 0)"


def rating(points: str, window: str) -> str:
    """Points per 100 possessions over a window; `points` is pts (scored) or opp_pts (allowed)."""
    return f"100 * {_sum(points, window)} / nullif({_sum('possessions', window)}, 0)"


def _sum(column: str, window: str) -> str:
    return f"sum({column}) FILTER (possessions IS NOT NULL) OVER {window}"
