"""Who is out, as far as the world knew at a moment: transactions and daily statuses."""

from tipoff.lake import as_of_sql
from tipoff.league.current import current_sql

ABSENCE_DAYS = 60
"""An absence that nothing closes is forgotten after this many days."""

SILENT_DAYS = 14
"""With no row about anybody for this many days, nobody's status is known."""

RISK = {"available": 0, "probable": 1, "questionable": 2, "doubtful": 3, "out": 3}
"""Status -> injury risk."""

_RISK_CASE = " ".join(f"WHEN '{status}' THEN {risk}" for status, risk in RISK.items())
_SEVERITY = f"CASE status {_RISK_CASE} END"

_JUDGED = f"""judged AS (
        SELECT *,
          t_status = 'out' AND coalesce(last_played <= t_date, true)
            AND game_date - t_date <= {ABSENCE_DAYS} AS absent,
          d_date BETWEEN game_date - 1 AND game_date
            AND coalesce(d_known >= t_known, true) AS daily
        FROM found)
      SELECT game_id, player_key,
        CASE WHEN covered THEN CASE status {_RISK_CASE} END END AS risk,
        CASE WHEN covered THEN status END AS status,
        since, fact_id, decided_on = game_date AS same_day, estimated
      FROM (SELECT *,
        CASE WHEN daily THEN d_status WHEN absent THEN 'out' ELSE 'available' END AS status,
        CASE WHEN daily THEN d_known WHEN absent THEN t_known END AS since,
        CASE WHEN daily THEN d_fact WHEN absent THEN t_fact END AS fact_id,
        CASE WHEN daily THEN d_date WHEN absent THEN t_date END AS decided_on,
        CASE WHEN daily THEN d_estimated WHEN absent THEN t_estimated END AS estimated
        FROM judged))"""


def played_sql() -> str:
    """A parenthesised relation: (player_key, game_date, known_at) of box scores with minutes."""
    return f"(SELECT * FROM {as_of_sql('league.player_game')} WHERE minutes > 0)"


def status_reports_sql() -> str:
    """A query: what was said of whom, per player, kind and moment the most severe row.

    Columns: player_key (null where nobody is known by the name), date, status, `moved` (it is a
    transaction, not a daily status), known_at, fact_id, estimated.
    """
    columns = "player_key, date, status, kind, known_at, fact_id, estimated"
    return f"""(
      SELECT player_key, date, status, kind = 'transaction' AS moved, known_at, fact_id, estimated
      FROM {current_sql("league.injury", columns)}
      QUALIFY row_number() OVER (PARTITION BY player_key, kind, known_at
                                 ORDER BY {_SEVERITY} DESC, date DESC, fact_id) = 1)"""


def status_sql(spine: str, played: str | None = None, reports: str | None = None) -> str:
    """A query: each player's status at each row's own moment.

    `spine`: relation of (game_id, player_key, team, game_date, tipoff, row_as_of), one row per
    (game_id, player_key). `played`: relation as of `played_sql`, its default; `reports`: as of
    `status_reports_sql`. Columns: game_id, player_key, `risk` (available 0, probable 1,
    questionable 2, doubtful or out 3; null when no row about anybody was known in the 14 days
    before), `status`, `since` (known_at of the row that decides), `fact_id` of that row,
    `same_day` (it is dated the game's date), `estimated`.

    A transaction opens an absence that ends at the earliest of an activation, a later game
    played (on a later date than the transaction, box score known) and 60 days. A daily status
    counts when dated the slate's date or the day before; between the two the later known_at
    decides, then the daily status. Two rows of one moment: the more severe counts.
    """
    return f"""(
      WITH wanted AS (SELECT game_id, player_key, game_date, row_as_of FROM {spine}),
      told AS MATERIALIZED (FROM {reports or status_reports_sql()}),
      reports AS (FROM told SEMI JOIN wanted USING (player_key)),
      heard AS (SELECT DISTINCT known_at FROM told),
      last_played AS (SELECT player_key, known_at, max(game_date) AS game_date
                      FROM {played or played_sql()} SEMI JOIN wanted USING (player_key)
                      GROUP BY ALL),
      found AS (
        SELECT w.*, t.status AS t_status, t.date AS t_date, t.known_at AS t_known,
               t.fact_id AS t_fact, t.estimated AS t_estimated,
               d.status AS d_status, d.date AS d_date, d.known_at AS d_known,
               d.fact_id AS d_fact, d.estimated AS d_estimated,
               p.game_date AS last_played,
               h.known_at >= w.row_as_of - INTERVAL {SILENT_DAYS} DAY AS covered
        FROM wanted w
        ASOF LEFT JOIN (FROM reports WHERE moved) t
          ON t.player_key = w.player_key AND t.known_at <= w.row_as_of
        ASOF LEFT JOIN (FROM reports WHERE NOT moved) d
          ON d.player_key = w.player_key AND d.known_at <= w.row_as_of
        ASOF LEFT JOIN last_played p
          ON p.player_key = w.player_key AND p.known_at <= w.row_as_of
        ASOF LEFT JOIN heard h ON h.known_at <= w.row_as_of),
      {_JUDGED}"""
