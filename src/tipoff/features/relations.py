"""The intermediate tables features are made from, each one readable SQL over facts as known.

Every table is built once per build, set-based. A row of the spine is one player-game, played or
still to come, with `row_as_of`, the moment its features must be true of. Facts reach it only
when known by then, so history and tonight run through the same SQL.
"""

from collections.abc import Sequence

from tipoff.features.analysis import PLAYERS, SPINE
from tipoff.features.definition import Relation
from tipoff.features.rosters import ROSTER_RELATIONS
from tipoff.features.windows import ERA_GAMES, PLAYED
from tipoff.league.availability import status_reports_sql, status_sql
from tipoff.league.current import current_sql
from tipoff.league.games import games_sql, team_games_sql
from tipoff.league.lines import chance_sql, line_sql
from tipoff.league.team_form import team_games_played_sql
from tipoff.markets import Market

GAMES = "fx_games"
BOX = "fx_box"
"""Tables a build makes first: the rows asked for, games, the players whose facts can reach a
row (tonight's, and all who played for either team of a game this season), and played box scores."""
TOLD = "fx_told"
FACTS = (GAMES, BOX, TOLD)
"""Tables that hold facts as known, whoever asks; TOLD is what was said of whom's availability."""

HISTORY = "PARTITION BY player_key ORDER BY known_at, tipoff, game_id"
"""A player's games in order. A box score is known three hours after its tip-off, so this is
tip-off order; ordering by known_at makes 'known by then' and 'the last n games' one thing."""

_TOTALLED = ("fga", "fg3a", "ftm")
"""Columns with running totals beside those that markets count."""


def _counted(markets: Sequence[Market]) -> tuple[str, ...]:
    """The columns that markets count, in declared order."""
    return tuple(dict.fromkeys(column for market in markets for column in market.columns))


def _box(markets: Sequence[Market]) -> str:
    counts = ", ".join(dict.fromkeys((*_counted(markets), *_TOTALLED)))
    columns = f"""game_id, player_key, player_name, player_id, game_date, season, team, opponent,
         starter, minutes, {counts}, usg_pct, tipoff, known_at"""
    return f"FROM {current_sql('league.player_game', columns)} WHERE minutes > 0"


_PLAYERS = f"""
  -- first_id: ids of a player's games are first_id + 1, + 2, ...: one number to join on
  SELECT player_key, row_number() OVER () * 65536 AS first_id
  FROM (SELECT player_key FROM {SPINE}
        UNION SELECT player_key FROM fx_box SEMI JOIN (
          SELECT team, season FROM {SPINE} UNION SELECT opponent, season FROM {SPINE})
          USING (team, season))"""

_TEAM_MINUTES = "SELECT game_id, team, sum(minutes) AS minutes FROM fx_box GROUP BY ALL"

_TEAM_COLUMNS = (
    "game_id, team, opponent, game_date, season, pts, opp_pts, possessions, tipoff, known_at"
)
_NEARBY = """game_id IN (
  SELECT game_id FROM league.game
  WHERE game_date >= (SELECT min(game_date) - 400 FROM league.player_game))"""
"""Games a row can reach: named by what no correction changes, the dates of all their versions."""
_REACHES = f"""game_date >= coalesce((SELECT min(game_date) - 400 FROM {BOX}), DATE '1900-01-01')"""
"""Team games can reach a row from a season before the first box score, no further: windows hold
fifteen games or one season. Schedules go back decades."""

_TEAM_GAMES = f"FROM {current_sql('league.team_game', _TEAM_COLUMNS)} WHERE {_REACHES}"

_TEAM_PLAYED = f"FROM {team_games_played_sql('fx_team_games', 'fx_team_minutes')}"


def _running(markets: Sequence[Market]) -> str:
    """Running totals: whole numbers, minutes and usage in thousandths."""
    counted = _counted(markets)
    totals = {
        **{c: c for c in dict.fromkeys((*counted, *_TOTALLED))},
        "millis": "(minutes * 1000)::INT",
        "usage": "(usg_pct * 1000)::INT",
        "n_pts": "n * pts",
    }
    return ",\n    ".join(
        [
            *(f"sum({x}) OVER so_far::BIGINT AS run_{c}" for c, x in totals.items()),
            *(
                f"sum(({m.counts})::BIGINT * ({m.counts})) OVER so_far::BIGINT"
                f" AS run_square_{m.name}"
                for m in markets
            ),
            *(f"sum({c} * w8) OVER so_far AS run8_{c}" for c in counted),
        ]
    )


_NUMBERED = f"""
  SELECT b.*, t.game_number, k.first_id,
    row_number() OVER history AS n,
    lag(b.game_date) OVER history AS previous_date,
    lag(b.team) OVER history IS DISTINCT FROM b.team AS joined,
    row_number() OVER season AS season_n,
    sum(b.pts) OVER season - b.pts AS season_pts_before
  FROM fx_box b
  LEFT JOIN fx_team_played t ON t.game_id = b.game_id AND t.team = b.team
  JOIN {PLAYERS} k ON k.player_key = b.player_key
  WINDOW history AS (PARTITION BY b.player_key ORDER BY b.known_at, b.tipoff, b.game_id),
    season AS (PARTITION BY b.player_key, b.season ORDER BY b.known_at, b.tipoff, b.game_id
               ROWS UNBOUNDED PRECEDING)"""


def _played(markets: Sequence[Market]) -> str:
    return f"""
    -- Running totals: what a window holds is the difference of two of them, the cheapest exact way.
    -- w8, w4: weights of half-life 8 and 4 games as whole numbers, so that weighted sums are exact
    -- and depend neither on row order nor on who else is in the query. They start again with each
    -- era; what an era leaves behind weighs 2^-40 (2^-80) in the next.
    -- broke_out: at least half again the season's mean before the game, of five games or more.
    WITH placed AS (
      SELECT *, (n - 1) % {ERA_GAMES} AS place, (minutes * 1000)::HUGEINT AS thousandths,
        round(power(2, (place % 8) / 8.0) * 1073741824)::HUGEINT
          * power(2, place // 8)::HUGEINT AS w8,
        round(power(2, (place % 4) / 4.0) * 16777216)::HUGEINT
          * power(2, place // 4)::HUGEINT AS w4,
        CASE WHEN season_n > 5 THEN (2 * pts * (season_n - 1) >= 3 * season_pts_before)::INT END
          AS broke_out
      FROM fx_numbered)
    SELECT first_id + n AS id, player_key, game_date, season, team, opponent, pts, starter,
      known_at, game_number, n, season_n, place, w8, w4,
      {_running(markets)},
      sum(thousandths * w8) OVER so_far AS run8_millis,
      sum(thousandths * w4) OVER so_far AS run4_millis,
      count(usg_pct) OVER so_far AS run_usages,
      sum(broke_out) OVER so_far::BIGINT AS run_breakouts,
      count(broke_out) OVER so_far AS run_tries,
      max(pts) OVER last_5 AS max_of_5,
      count(*) FILTER (game_date - previous_date = 1) OVER so_far AS back_to_backs_so_far,
      count(*) FILTER (joined) OVER so_far AS stint,
      max(CASE WHEN joined THEN n END) OVER so_far AS tenure_first_n,
      last_value(CASE WHEN joined THEN game_number END IGNORE NULLS) OVER so_far
        AS tenure_first_game
    FROM placed
    WINDOW so_far AS ({HISTORY} ROWS UNBOUNDED PRECEDING), last_5 AS ({HISTORY} ROWS 4 PRECEDING)"""


_KNOWN = """
  -- of games that became known at one moment, the last: what can be seen is always all of them
  SELECT player_key, known_at, max(n) AS n, max(id) AS id, arg_max(stint, n) AS stint,
         arg_max(team, n) AS team,
         arg_max(season, n) AS season
  FROM fx_played GROUP BY ALL"""

_PLAYER_DAYS = """
  SELECT player_key, game_date, max(season) AS season,
         max(n) AS n, max(run_millis) AS run_millis,
         max(back_to_backs_so_far) AS back_to_backs_so_far
  FROM fx_played GROUP BY ALL"""

_STINTS = """
  SELECT player_key, stint, game_number, max(n) AS n FROM fx_played
  WHERE game_number IS NOT NULL GROUP BY ALL"""

_VERSUS = f"""
  SELECT s.game_id, s.player_key, count(*) AS games, sum(p.pts) AS pts
  FROM {SPINE} s JOIN fx_played p ON p.player_key = s.player_key AND p.opponent = s.opponent
  WHERE p.known_at <= s.row_as_of AND p.game_date BETWEEN s.game_date - 365 AND s.game_date - 1
  GROUP BY ALL"""

_NIGHTS = (
    f"SELECT DISTINCT game_id, team, opponent, game_date, season, tipoff, row_as_of FROM {SPINE}"
)

_TEAM_NIGHTS = """
  -- per game and team, not per player: which rows of team form it can see, and both sides' rest
  SELECT w.game_id, w.team, team.known_at AS team_at, team.game_number AS team_game_number,
         foe.known_at AS foe_at,
         CASE WHEN own.season = w.season THEN w.game_date - own.game_date END AS own_days,
         CASE WHEN other.season = w.season THEN w.game_date - other.game_date END AS foe_days
  FROM fx_nights w
  ASOF LEFT JOIN fx_team_played team ON team.team = w.team AND team.known_at <= w.row_as_of
  ASOF LEFT JOIN fx_team_played foe ON foe.team = w.opponent AND foe.known_at <= w.row_as_of
  ASOF LEFT JOIN fx_schedule own ON own.team = w.team AND own.tipoff < w.tipoff
  ASOF LEFT JOIN fx_schedule other ON other.team = w.opponent AND other.tipoff < w.tipoff"""

_ROSTER = """
  WITH candidates AS (SELECT DISTINCT player_key, team, season FROM fx_played),
  found AS (
    SELECT w.game_id, w.team, w.game_date, w.tipoff, w.row_as_of, w.player_key, k.id
    FROM (FROM fx_nights JOIN candidates USING (team, season)) w
    ASOF JOIN fx_known k ON k.player_key = w.player_key AND k.known_at <= w.row_as_of
    WHERE k.team = w.team AND k.season = w.season)
  SELECT f.* EXCLUDE (id), round({points}, 6) AS points
  FROM found f LEFT JOIN fx_played p ON p.id = f.id {backs}""".format(
    points=PLAYED.ewma("pts", 8), backs=PLAYED.joins(PLAYED.ewma("pts", 8), "f.id")
)

_WATCHED = f"""
  SELECT game_id, player_key, any_value(game_date) AS game_date, any_value(tipoff) AS tipoff,
         max(row_as_of) AS row_as_of
  FROM (SELECT game_id, player_key, game_date, tipoff, row_as_of FROM {SPINE}
        UNION ALL SELECT game_id, player_key, game_date, tipoff, row_as_of FROM fx_roster)
  GROUP BY ALL"""

_MATES = """
  -- points as whole millionths, so that their sum does not depend on the order of the rows
  SELECT game_id, team, player_key, risk,
         coalesce(risk >= 3, false)::INT AS is_out,
         (points >= 18 AND row_number() OVER (PARTITION BY game_id, team
           ORDER BY points DESC, player_key) <= 2)::INT AS is_star,
         (points * 1000000)::BIGINT AS millionths
  FROM fx_roster LEFT JOIN fx_status USING (game_id, player_key)"""

_OUT = """
  SELECT game_id, team, sum(is_out * is_star) AS stars_out, sum(is_out * millionths) AS out_points
  FROM fx_mates GROUP BY ALL"""


def _lines(markets: Sequence[Market]) -> str:
    values = ", ".join(
        f"any_value({x}) FILTER (market = '{m.name}') AS {x}_{m.name}"
        for m in markets
        for x in ("line", "opening", "estimated")
    )
    # a row per player-game: one join instead of one per market
    return f"SELECT game_id, player_key, {values} FROM fx_quotes GROUP BY ALL"


def _prices(markets: Sequence[Market]) -> str:
    values = ", ".join(
        f"any_value(chance) FILTER (market = '{m.name}') AS chance_{m.name}" for m in markets
    )
    return f"SELECT game_id, player_key, {values} FROM {chance_sql(SPINE)} GROUP BY ALL"


def relations(markets: Sequence[Market]) -> dict[str, Relation]:
    """Every relation by name, in an order in which each can be made."""
    schedule = f"FROM {team_games_sql(GAMES)} WHERE nba_game_id IS NOT NULL AND {_REACHES}"
    made = {
        GAMES: f"FROM {games_sql(_NEARBY)}",
        BOX: _box(markets),
        TOLD: f"FROM {status_reports_sql()}",
        PLAYERS: _PLAYERS,
        "fx_team_minutes": _TEAM_MINUTES,
        "fx_team_games": _TEAM_GAMES,
        "fx_team_played": _TEAM_PLAYED,
        "fx_numbered": _NUMBERED,
        "fx_played": _played(markets),
        "fx_known": _KNOWN,
        "fx_player_days": _PLAYER_DAYS,
        "fx_stints": _STINTS,
        "fx_versus": _VERSUS,
        "fx_schedule": schedule,
        "fx_nights": _NIGHTS,
        "fx_team_nights": _TEAM_NIGHTS,
        "fx_roster": _ROSTER,
        "fx_watched": _WATCHED,
        "fx_status": f"FROM {status_sql('fx_watched', 'fx_played', TOLD)}",
        "fx_mates": _MATES,
        "fx_out": _OUT,
        "fx_quotes": f"FROM {line_sql(SPINE)}",
        "fx_lines": _lines(markets),
        "fx_prices": _prices(markets),
        **ROSTER_RELATIONS,
    }
    return {name: Relation(name, sql) for name, sql in made.items()}
