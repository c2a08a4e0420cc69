"""Tables of the v3 features: a player's longer form, who is on a roster, and who sits out.

A roster member of a team tonight is a player whose newest known box score is for it, in this
season. Everything reaches a row only when known at its `row_as_of`, through the same SQL for
history and tonight. What is summed over team-mates is summed as whole billionths, so that a sum
depends on no order of rows.
"""

from tipoff.features.absence import p_absent_sql
from tipoff.features.windows import MORE, PLAYED, Totals, last
from tipoff.league.availability import RISK, SILENT_DAYS
from tipoff.league.current import current_sql

COUNTED = 10
"""A roster member who missed as many team games in a row is no longer expected tonight."""

_CALENDAR = """
  -- gno: 1, 2, ... of a team's games in a season, by tip-off
  SELECT game_id, team, game_date, season, game_type, tipoff, result_known_at,
         row_number() OVER season AS gno, lag(game_date) OVER season AS previous_date
  FROM (SELECT *, unnest([home, away]) AS team FROM fx_games
        WHERE nba_game_id IS NOT NULL
          AND season IN (SELECT season FROM fx_box UNION SELECT season FROM fx_spine))
  WINDOW season AS (PARTITION BY team, season ORDER BY tipoff, game_id)"""

_SIDES = """
  -- per game, both teams: tonight's number and that of the newest game whose result is known
  WITH pair AS (
    SELECT game_id, team, row_as_of FROM fx_nights
    UNION SELECT game_id, opponent, row_as_of FROM fx_nights)
  SELECT b.game_id, b.team, b.row_as_of, c.game_date, c.season, c.gno,
         c.game_type IN ('playin', 'playoffs') AS playoff,
         coalesce(c.previous_date = c.game_date - 1, false) AS b2b,
         coalesce(s.gno, 0) AS seen
  FROM pair b JOIN fx_calendar c ON c.game_id = b.game_id AND c.team = b.team
  ASOF LEFT JOIN (FROM fx_calendar WHERE result_known_at IS NOT NULL) s
    ON s.team = b.team AND s.season = c.season AND s.result_known_at <= b.row_as_of"""

_WEIGHED_30 = ", ".join(
    f"sum({x} * w30) OVER career AS run30_{x}" for x in ("reb", "ast", "fg3a", "blk", "millis")
)

_OURS = "player_key IN (SELECT player_key FROM fx_players)"

_MORE = f"""
  -- Running totals that fx_played lacks, by its ids. w8, w4: its weights. w30: weights of half-life
  -- 30 games that never start again, level after 2,250 games so that they always fit.
  WITH placed AS (
    SELECT p.id, p.player_key, p.n, p.w8, p.w4, b.minutes, b.starter::INT AS start, o.oreb, b.reb,
      b.ast, b.fga, b.fg3a, b.blk, c.gno, (b.minutes * 1000)::INT AS millis,
      round(power(2, (least(p.n, 2250) % 30) / 30.0) * 1048576)::HUGEINT
        * power(2, least(p.n, 2250) // 30)::HUGEINT AS w30,
      CASE WHEN lag(p.team) OVER history = p.team AND lag(p.season) OVER history = p.season
           THEN c.gno - lag(c.gno) OVER history > 3 END AS returned
    FROM fx_played p
    JOIN fx_numbered b ON b.first_id + b.n = p.id
    LEFT JOIN {current_sql("league.player_game", "game_id, player_key, oreb", _OURS)} o
      ON o.game_id = b.game_id AND o.player_key = b.player_key
    LEFT JOIN fx_calendar c ON c.game_id = b.game_id AND c.team = b.team
    WINDOW history AS (PARTITION BY p.player_key ORDER BY p.n))
  SELECT id, gno, minutes, start, {_WEIGHED_30},
    sum(start) OVER career::BIGINT AS run_start, sum(oreb) OVER career::BIGINT AS run_oreb,
    sum(millis::BIGINT * millis) OVER career::BIGINT AS run_square,
    sum(fga * w8) OVER career AS run8_fga, sum(fg3a * w8) OVER career AS run8_fg3a,
    sum(start * w4) OVER career AS run4_start,
    min(millis) OVER last_5 / 1000 AS min5, max(millis) OVER last_5 / 1000 AS max5,
    max(CASE WHEN returned THEN n END) OVER career AS returned_n
  FROM placed
  WINDOW career AS (PARTITION BY player_key ORDER BY n ROWS UNBOUNDED PRECEDING),
    last_5 AS (PARTITION BY player_key ORDER BY n ROWS 4 PRECEDING)"""

_RATES = {"pts": "points", "reb": "rebounds", "ast": "assists", "fg3a": "threes", "stl": "steals",
          "blk": "blocks"}  # fmt: skip
_LAST_50 = ", ".join(
    f"1000 * {PLAYED.ratio(x, 'millis', last(50))} AS {name}_50" for x, name in _RATES.items()
)
_TEN = f"{PLAYED.total('millis', last(10))}::DOUBLE"
_SD10 = f"(least(p.n, 10) * {MORE.total('square', last(10))} - {_TEN} * {_TEN})"
_R, _A, _T, _B = (f"m.run30_{x}::DOUBLE / m.run30_millis" for x in ("reb", "ast", "fg3a", "blk"))


def _ewma(totals: Totals, x: str, half_life: int, unit: int = 1, digits: int = 9) -> str:
    return f"round({totals.ewma(x, half_life)} / {unit}, {digits})"


_FORM = f"""
    m.minutes::DOUBLE AS last_minutes, m.start AS last_start,
    {PLAYED.mean("millis", last(3))} / 1000 AS m3, {PLAYED.mean("millis", last(20))} / 1000 AS m20,
    {MORE.mean("start", last(5))} AS start5, {MORE.mean("start", last(10))} AS start10,
    m.min5, m.max5, {PLAYED.mean("pts", last(20))} AS p20,
    p.run_pts / p.n AS points_career, p.run_millis / p.n / 1000 AS m_career,
    least(30, p.n - coalesce(m.returned_n, 1) + 1) AS since_return,
    {_LAST_50},
    1000 * {MORE.total("oreb", last(50))} / {PLAYED.total("millis", last(50))} AS offensive_50,
    CASE WHEN p.n > 1
         THEN round(sqrt({_SD10} / (least(p.n, 10) * (least(p.n, 10) - 1))) / 1000, 9) END AS sd10,
    {_ewma(PLAYED, "millis", 8, 1000)} AS m8, {_ewma(PLAYED, "millis", 4, 1000)} AS m4,
    {_ewma(MORE, "start", 4, digits=6)} AS start4,
    {_ewma(PLAYED, "pts", 8)} AS p8, {_ewma(PLAYED, "reb", 8)} AS r8,
    {_ewma(MORE, "fga", 8)} AS fga8, {_ewma(MORE, "fg3a", 8)} AS fg3a8,
    round(1000 * {_R}, 9) AS reb30, round(1000 * {_A}, 9) AS ast30,
    round(ln((36000 * {_R} + 54000 * {_B} + .5) / (36000 * {_A} + 18000 * {_T} + .5)), 9) AS role"""

_FORMS = f"""
  -- One row per game a player played, the form after it, for games that can be somebody's newest.
  -- start4: six decimals, as precise as w4, so that all who always start are level
  WITH firsts AS (
    SELECT player_key, max(n) AS n FROM fx_played
    WHERE known_at <= (SELECT min(row_as_of) FROM fx_spine) GROUP BY ALL)
  SELECT p.id, p.player_key, p.n, p.game_date, p.season, p.team, m.gno, {_FORM}
  FROM fx_played p JOIN fx_more m ON m.id = p.id
  LEFT JOIN firsts ON firsts.player_key = p.player_key {PLAYED.joins(_FORM)} {MORE.joins(_FORM)}
  WHERE p.n >= coalesce(firsts.n, 0)"""

_TEAM_SEASONS = """
  -- which of his team's games he played: the k-th character is its game number k. A row reads it
  -- up to his newest known game only
  SELECT p.player_key, p.team, p.season, min(m.gno) AS first_gno,
         bitstring_agg(m.gno::INT, 1, 200)::VARCHAR AS games
  FROM fx_played p JOIN fx_more m ON m.id = p.id WHERE m.gno <= 200 GROUP BY ALL"""

_SEVERITY = f"CASE status {' '.join(f'''WHEN '{s}' THEN {r}''' for s, r in RISK.items())} END"

_SINCE = """date >= (SELECT min(game_date) - 60 FROM fx_calendar
                    WHERE season IN (SELECT season FROM fx_spine))"""
_INJURIES = f"""
  -- of the seasons asked for: an older report counts for nobody and breaks no silence
  FROM {current_sql(
      "league.injury", "player_key, date, kind, known_at, status, raw_status, detail, fact_id",
      _SINCE,
  )}"""  # fmt: skip

_REPORTS = f"""
  -- of one moment: the later date, then the more severe. Day-to-day is said of men who mostly play
  SELECT player_key, date, kind = 'transaction' AS moved, known_at,
         CASE WHEN lower(raw_status) = 'day-to-day' THEN 'probable' ELSE status END AS status,
         lower(detail) AS detail
  FROM fx_injuries
  WHERE player_key IS NOT NULL
  QUALIFY row_number() OVER (PARTITION BY player_key, kind = 'transaction', known_at
                             ORDER BY date DESC, {_SEVERITY} DESC, fact_id) = 1"""  # fmt: skip


def _played_of(games: int) -> str:
    """How many of the team's last games a player was in, read up to the newest known one."""
    first = f"greatest(1, behind - {games - 1})"
    return f"length(replace(substr(games, {first}, greatest(0, newest - {first} + 1)), '0', ''))"


_NIGHT_STATES = f"""
  -- A report counts while he has not played since: a transaction dated after his last game, or an
  -- out of its date; a daily status dated after it, of tonight or the day before. Of the two the
  -- later known. Silence about everybody for {SILENT_DAYS} days: no state can be known.
  WITH found AS (
    SELECT w.*, k.id
    FROM (FROM fx_sides JOIN fx_team_seasons USING (team, season)) w
    ASOF JOIN fx_known k ON k.player_key = w.player_key AND k.known_at <= w.row_as_of
    WHERE k.team = w.team AND k.season = w.season),
  heard AS (
    SELECT f.* EXCLUDE (seen), m.* EXCLUDE (id, player_key, game_date, season, team, gno),
      m.gno AS newest,
      -- A box score can be known before its game's result: his team has that game behind it too.
      greatest(f.seen, max(m.gno) OVER side) AS behind, behind - m.gno AS missed,
      coalesce(h.known_at >= f.row_as_of - INTERVAL {SILENT_DAYS} DAY, false) AS covered,
      t.status AS t_status, t.date AS t_date, t.detail AS t_detail,
      d.status AS d_status, d.date AS d_date,
      t.date > m.game_date OR (t.date = m.game_date AND t.status = 'out') AS moved,
      d.date > m.game_date AND d.date BETWEEN f.game_date - 1 AND f.game_date
        AND coalesce(d.known_at >= t.known_at, true) AS daily
    FROM found f JOIN fx_forms m ON m.id = f.id
    ASOF LEFT JOIN (FROM fx_reports WHERE moved) t
      ON t.player_key = f.player_key AND t.known_at <= f.row_as_of
    ASOF LEFT JOIN (FROM fx_reports WHERE NOT moved) d
      ON d.player_key = f.player_key AND d.known_at <= f.row_as_of
    ASOF LEFT JOIN (SELECT DISTINCT known_at FROM fx_injuries) h ON h.known_at <= f.row_as_of
    WHERE m.gno IS NOT NULL
    WINDOW side AS (PARTITION BY f.game_id, f.team)),
  reported AS (
    SELECT * EXCLUDE (t_status, t_date, d_status, d_date),
      CASE WHEN covered THEN CASE WHEN daily THEN d_status WHEN moved THEN t_status END END AS said,
      CASE WHEN covered THEN CASE WHEN daily THEN d_date WHEN moved THEN t_date END END AS dated,
      CASE WHEN covered AND moved AND NOT coalesce(daily, false) THEN t_detail END AS why
    FROM heard),
  dates AS (SELECT team, season, game_date, max(gno) AS gno FROM fx_calendar GROUP BY ALL)
  SELECT r.* EXCLUDE (said, dated, covered, moved, daily, t_detail, why),
    CASE WHEN said IS NULL THEN 'none'
         WHEN said = 'out' THEN CASE WHEN dated = r.game_date THEN 'out_today' ELSE 'out_older' END
         WHEN said = 'available'
         THEN CASE WHEN dated = r.game_date THEN 'act_today' ELSE 'act_older' END
         ELSE said END AS state,
    -- A team's game whose box score is late is before the report, yet not among those seen.
    CASE WHEN dated IS NOT NULL THEN greatest(behind - coalesce(b.gno, 0), 0) END
      AS games_since_report,
    {_played_of(5)} AS g5, {_played_of(10)} AS g10, {_played_of(20)} AS g20,
    {_played_of(10)} / least(10, behind - first_gno + 1) AS share10,
    coalesce(contains(why, '(dtd)'), false) AS day_to_day,
    coalesce(contains(why, 'indefinite'), false) AS indefinite,
    coalesce(contains(why, 'season'), false) AS for_season
  FROM reported r
  ASOF LEFT JOIN dates b ON b.team = r.team AND b.season = r.season AND b.game_date < r.dated"""

_ROSTERS = f"""
  -- One row per game, team and player whose newest known game was for it this season, with his
  -- state. `counted`: he is expected to be in the squad at all.
  WITH marked AS (
    SELECT *, missed < {COUNTED} AS counted,
      coalesce(bool_or(state = 'act_today' AND missed < {COUNTED}) OVER side, false)
        AS mate_back_today,
      count(*) FILTER (state IN ('act_today', 'out_today')) OVER side AS moves_today,
      (sum((m8 * 1e9)::BIGINT) FILTER (missed < {COUNTED}) OVER side)::DOUBLE / 1e9
        AS roster_minutes,
      rank() OVER (PARTITION BY game_id, team, missed < {COUNTED} ORDER BY m8 DESC) AS place
    FROM fx_night_states WINDOW side AS (PARTITION BY game_id, team))
  SELECT *, {p_absent_sql()} AS p_absent,
    least(1, g10 / least(10, greatest(1, behind))) AS usual
  FROM marked"""


def _whole(x: str) -> str:
    return f"(({x}) * 1e9)::BIGINT"


def _sum(x: str, name: str) -> str:
    return f"sum({_whole(x)})::DOUBLE / 1e9 AS {name}"


_BEYOND = "(p_absent - (1 - usual))"
"""Out tonight beyond what was out over the team's last ten games."""

_ALIKE = "exp(-.5 * power((j.role - coalesce(i.role, 0)) / .5, 2))"

_CROWD = f"""
  -- per player-game, sums over the counted roster of his team without himself
  WITH mine AS (
    SELECT s.game_id, s.player_key, s.team, f.p8, f.m8, f.m4, f.start4, f.ast30, f.reb30, f.role
    FROM (SELECT game_id, player_key, team, row_as_of FROM fx_spine) s
    ASOF LEFT JOIN fx_known k ON k.player_key = s.player_key AND k.known_at <= s.row_as_of
    LEFT JOIN fx_forms f ON f.id = k.id),
  mates AS (
    SELECT game_id, team, player_key, p8, m8, r8, start4, ast30, reb30, role, p_absent,
           1 - p_absent AS here, {_BEYOND} AS beyond
    FROM fx_rosters WHERE counted)
  SELECT i.game_id, i.player_key, any_value(i.m8) AS m8, any_value(i.m4) AS m4,
    {", ".join(
        _sum(f"here * (j.{x} > i.{x})::INT", f"above_{x}")
        for x in ("p8", "m8", "start4", "ast30", "reb30")
    )},
    {_sum("here * j.p8", "here_points")}, {_sum("here * j.m8", "here_minutes")},
    {_sum("here", "here_players")}, max(here * j.r8) AS top_reb,
    {_sum("beyond * j.m8", "out_minutes")}, {_sum("beyond * j.p8", "out_points")},
    {_sum("beyond * j.start4", "out_starters")},
    {_sum(f"beyond * j.m8 * {_ALIKE}", "alike_out_minutes")},
    {_sum(f"beyond * j.start4 * {_ALIKE}", "alike_out_starters")},
    {_sum(f"here * j.m8 * {_ALIKE}", "alike_minutes")},
    max(p_absent * j.p8) AS out_star_points
  FROM mine i JOIN mates j
    ON j.game_id = i.game_id AND j.team = i.team AND j.player_key <> i.player_key
  GROUP BY i.game_id, i.player_key"""  # fmt: skip

_SIDE_OUT = f"""
  SELECT game_id, team, {_sum(f"{_BEYOND} * p8", "out_points")}
  FROM fx_rosters WHERE counted GROUP BY ALL"""

_TEAM_COLUMNS = """game_id, team, opponent, season, game_date, tipoff, known_at, reb, ast, fg3a,
         fgm, fga, tov"""
_ALLOWED = f"""
  -- what a team's opponents did against it, as far back as twenty games can lie; shares as whole
  -- billionths, so that sums are exact
  WITH played AS (
    FROM {current_sql("league.team_game", _TEAM_COLUMNS)}
    WHERE game_date >= (SELECT min(game_date) - 800 FROM fx_spine))
  SELECT t.team, t.season, t.game_id, t.tipoff, t.known_at, t.tov, o.ast, o.reb, o.fg3a,
         (o.fgm * 1e9 / nullif(o.fga, 0))::BIGINT AS share
  FROM played t LEFT JOIN played o ON o.game_id = t.game_id AND o.team = t.opponent"""

ROSTER_RELATIONS = {
    "fx_calendar": _CALENDAR,
    "fx_sides": _SIDES,
    "fx_more": _MORE,
    "fx_forms": _FORMS,
    "fx_team_seasons": _TEAM_SEASONS,
    "fx_against": _ALLOWED,
    "fx_injuries": _INJURIES,
    "fx_reports": _REPORTS,
    "fx_night_states": _NIGHT_STATES,
    "fx_rosters": _ROSTERS,
    "fx_crowd": _CROWD,
    "fx_side_out": _SIDE_OUT,
}
"""SQL by name, in an order in which each can be made."""
