"""What every book offers as of a moment: all lines of its newest snapshot, alternates included."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tipoff.league.current import current_sql

if TYPE_CHECKING:
    import polars as pl

    from tipoff.lake import Reader

_COLUMNS = (
    "game_id, player_key, market, bookmaker, line, over_price, under_price, pickem,"
    " is_main_line, known_at, estimated"
)


def offers(r: Reader, players: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """One row per (game_id, player_key, market, bookmaker, line) on offer at `as_of`.

    `players`: game_id, player_key, game_date, tipoff. Of each book only its newest snapshot of a
    player and market counts: an alternate it no longer lists cannot be had. Lines known at or
    after tip-off never count. Columns: the keys, over_price, under_price (American, null for no
    price), pickem, main, known_at, estimated.
    """
    r.register("offered_players", players.select("game_id", "player_key", "game_date", "tipoff"))
    dated = "game_date IN (SELECT DISTINCT game_date FROM offered_players)"
    sql = f"""
      WITH known AS (
        SELECT l.* FROM {current_sql("league.prop_line", _COLUMNS, dated)} l
        JOIN offered_players p ON p.game_id = l.game_id AND p.player_key = l.player_key
        WHERE l.known_at <= $as_of AND l.known_at < p.tipoff),
      newest AS (
        SELECT * FROM known QUALIFY known_at = max(known_at)
          OVER (PARTITION BY game_id, player_key, market, bookmaker))
      SELECT game_id, player_key, market, bookmaker, line, max(over_price) AS over_price,
             max(under_price) AS under_price, bool_or(pickem) AS pickem,
             bool_or(is_main_line) AS main, max(known_at) AS known_at,
             bool_and(estimated) AS estimated
      FROM newest GROUP BY game_id, player_key, market, bookmaker, line
      ORDER BY game_id, player_key, market, line, bookmaker"""
    try:
        return r.query(sql, {"as_of": as_of, "seq": r.newest_seq()})
    finally:
        r.unregister("offered_players")


def best_prices(quotes: pl.DataFrame) -> pl.DataFrame:
    """Per (game_id, player_key, market, line): the best price of each side and who offers it.

    Pick'em lines are left out: their payouts are fixed, so nothing can be said of their worth.
    Columns: over_price, over_book, under_price, under_book (null where no book prices the side;
    of equal prices the first book by name), main (of any book), books.
    """
    import polars as pl

    def best(side: str) -> list[pl.Expr]:
        price = pl.col(f"{side}_price")
        at_best = pl.col("bookmaker").filter(price == price.max()).sort().first()
        return [price.max().alias(f"{side}_price"), at_best.alias(f"{side}_book")]

    real = quotes.filter(~pl.col("pickem"))
    return real.group_by("game_id", "player_key", "market", "line", maintain_order=True).agg(
        *[expr for side in ("over", "under") for expr in best(side)],
        pl.col("main").any(),
        pl.col("bookmaker").n_unique().alias("books"),
    )
