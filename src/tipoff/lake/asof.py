"""Facts as of a moment: of each key the greatest recorded_seq among rows known by then."""

from tipoff.lake.tables import KEYS


def as_of_sql(table: str, where: str = "true") -> str:
    """A parenthesised subquery: the rows of `table` in force at `$as_of`, stored by `$seq`.

    `where` narrows the rows before the newest of each key is taken, so it must only name
    key columns or columns that a correction cannot change. Results of games are masked until
    they are known: a fixture is known long before.
    """
    columns = "*"
    if table == "league.game":
        hidden = "CASE WHEN result_known_at <= $as_of THEN {0} END AS {0}"
        masked = ", ".join(hidden.format(c) for c in ("home_pts", "away_pts", "result_known_at"))
        status = "CASE WHEN result_known_at <= $as_of THEN status ELSE 'scheduled' END AS status"
        columns = f"* REPLACE ({masked}, {status})"
    return (
        f"(SELECT {columns} FROM {table} WHERE known_at <= $as_of AND recorded_seq <= $seq"
        f" AND ({where}) QUALIFY row_number() OVER"
        f" (PARTITION BY {', '.join(KEYS[table])} ORDER BY recorded_seq DESC) = 1)"
    )
