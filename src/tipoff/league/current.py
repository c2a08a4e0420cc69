"""Current rows of a big table, without sorting what nothing corrects."""

from tipoff.lake import KEYS, as_of_sql


def current_sql(table: str, columns: str, where: str = "true") -> str:
    """A parenthesised relation: `columns` of the rows `as_of_sql(table, where)` gives.

    Nearly every key is stored once; only keys whose hash is seen twice go through the window that
    picks the newest row. Not for league.game, whose results `as_of_sql` masks.
    """
    keys = ", ".join(KEYS[table])
    return f"""(
      WITH stored AS MATERIALIZED (
        SELECT {columns}, hash({keys}) AS key_hash FROM {table}
        WHERE known_at <= $as_of AND recorded_seq <= $seq AND ({where})),
      twice AS MATERIALIZED (
        SELECT key_hash FROM stored GROUP BY key_hash HAVING count(*) > 1)
      SELECT * EXCLUDE (key_hash) FROM stored ANTI JOIN twice USING (key_hash)
      UNION ALL
      SELECT {columns}
      FROM {as_of_sql(table, f"({where}) AND hash({keys}) IN (FROM twice)")})"""
