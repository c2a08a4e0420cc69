"""The consensus line of each player and market: median over books, as of a moment."""

from tipoff.league.current import current_sql

_IMPLIED = "CASE WHEN {0} > 0 THEN 100 / ({0} + 100) ELSE -{0} / (100 - {0}) END"
_BALANCE = f"abs({_IMPLIED.format('over_price')} - {_IMPLIED.format('under_price')})"

_COLUMNS = (
    "game_id, player_key, market, bookmaker, line, over_price, under_price, pickem, known_at,"
    " estimated, fact_id"
)


def consensus_sql(spine: str, markets: tuple[str, ...] = ()) -> str:
    """A query: one row per (game_id, player_key, market) of the spine that has a line.

    `spine`: relation of (game_id, player_key, game_date, tipoff, row_as_of). Lines count when
    known by row_as_of and before tip-off. Per book the latest snapshot's main line; several of
    one snapshot: the balanced one (least difference of its sides' implied probabilities), then
    the lower. Columns: `line` (median over books), `books`, `line_ids` (fact_ids, sorted),
    `estimated` (every moment is by rule), `opening` (median of each book's earliest main line),
    `over_price`, `under_price` (best American prices at exactly `line`, pick'em left out),
    `pairs` (list of {{over_price, under_price}}, the two-sided prices at `line`, by book).
    """
    return f"""(
      {_ranked(spine, markets)},
      consensus AS (
        SELECT game_id, player_key, market,
               median(line) FILTER (nth = 1) AS line,
               median(line) FILTER (first = 1) AS opening,
               count(*) FILTER (nth = 1) AS books,
               list_sort(list(fact_id) FILTER (nth = 1)) AS line_ids,
               bool_and(estimated) FILTER (nth = 1) AS estimated
        FROM ranked GROUP BY ALL)
      SELECT c.game_id, c.player_key, c.market, c.line, c.opening, c.books, c.line_ids,
             c.estimated, max(r.over_price) AS over_price, max(r.under_price) AS under_price,
             list({{'over_price': r.over_price, 'under_price': r.under_price}}
                  ORDER BY r.bookmaker, r.fact_id)
               FILTER (r.over_price IS NOT NULL AND r.under_price IS NOT NULL) AS pairs
      FROM consensus c
      LEFT JOIN ranked r ON r.game_id = c.game_id AND r.player_key = c.player_key
        AND r.market = c.market AND r.nth = 1 AND r.line = c.line AND NOT r.pickem
      GROUP BY ALL)"""


def line_sql(spine: str) -> str:
    """A query: (game_id, player_key, market, line, opening, estimated) as in `consensus_sql`.

    The same numbers without prices and row ids: what features read, of every player ever.
    """
    return f"""(
      {_ranked(spine, ())}
      SELECT game_id, player_key, market, median(line) FILTER (nth = 1) AS line,
             median(line) FILTER (first = 1) AS opening,
             bool_and(estimated) FILTER (nth = 1) AS estimated
      FROM ranked GROUP BY ALL)"""


def chance_sql(spine: str) -> str:
    """A query: (game_id, player_key, market, chance), rows without two-sided prices left out.

    `chance`: P(over | no push) by the prices at exactly the consensus line, each book's overround
    taken out in proportion (q_over / (q_over + q_under)), the median over books; no pick'em.
    """
    over, under = _IMPLIED.format("r.over_price"), _IMPLIED.format("r.under_price")
    return f"""(
      {_ranked(spine, ())},
      consensus AS (
        SELECT game_id, player_key, market, median(line) FILTER (nth = 1) AS line
        FROM ranked GROUP BY ALL)
      SELECT c.game_id, c.player_key, c.market,
             median(({over}) / (({over}) + ({under}))) AS chance
      FROM consensus c
      JOIN ranked r ON r.game_id = c.game_id AND r.player_key = c.player_key
        AND r.market = c.market AND r.nth = 1 AND r.line = c.line AND NOT r.pickem
      WHERE r.over_price IS NOT NULL AND r.under_price IS NOT NULL
      GROUP BY ALL)"""


def _ranked(spine: str, markets: tuple[str, ...]) -> str:
    """CTEs up to `ranked`: per book the newest (nth = 1) and the earliest (first = 1) main line."""
    quoted = ", ".join(f"'{m}'" for m in markets)
    only = f"market IN ({quoted})" if markets else "true"
    dated = f"game_date IN (SELECT DISTINCT game_date FROM {spine}) AND is_main_line AND {only}"
    group = "game_id, player_key, market, bookmaker"
    return f"""
      WITH known AS MATERIALIZED (
        SELECT l.* FROM {current_sql("league.prop_line", _COLUMNS, dated)} l
        JOIN {spine} s ON s.game_id = l.game_id AND s.player_key = l.player_key
        WHERE l.known_at <= s.row_as_of AND l.known_at < s.tipoff),
      -- most books have one row: only the others need an order
      several AS MATERIALIZED (
        SELECT {group} FROM known GROUP BY ALL HAVING count(*) > 1),
      ranked AS MATERIALIZED (
        SELECT *, 1 AS nth, 1 AS first FROM known ANTI JOIN several USING ({group})
        UNION ALL
        SELECT *, row_number() OVER (newest) AS nth, row_number() OVER (oldest) AS first
        FROM known SEMI JOIN several USING ({group})
        WINDOW newest AS (PARTITION BY {group}
                          ORDER BY known_at DESC, {_BALANCE} NULLS LAST, line, fact_id),
               oldest AS (PARTITION BY {group}
                          ORDER BY known_at, {_BALANCE} NULLS LAST, line, fact_id)
        QUALIFY nth = 1 OR first = 1)"""
