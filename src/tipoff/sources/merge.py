"""From candidate rows to stored facts: new rows, corrections, and nothing twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from tipoff.lake import KEYS, Writer


@dataclass(frozen=True)
class Fact:
    """How one fact table is stored.

    `content` columns make the fact_id: what the source said. `derived` columns were worked out
    here. On a correction `kept` columns stay as first stored (a correction was knowable when the
    original was), and `settled` ones do when they were not null (identity is resolved once).
    """

    table: str
    source: str
    content: tuple[str, ...]
    kept: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column but fact_id and recorded_seq."""
        return (*self.content, *self.kept, *self.settled, *self.derived)


@dataclass(frozen=True)
class Counts:
    """What one table gained: keys never seen, newer rows of known keys, rows already stored."""

    new: int
    corrections: int
    unchanged: int


def merge(writer: Writer, fact: Fact, candidates: str) -> Counts:
    """Store the rows of the temporary table `candidates` that say something new.

    The table has the fact's columns, `row` (in its file) and `rank` (the lowest of several rows
    of one key is taken, the others are noted as problems).
    """
    if not writer.value(f"SELECT count(*) FROM {candidates}"):
        return Counts(0, 0, 0)
    _identify(writer, fact, candidates)
    _set_aside_doubles(writer, fact)
    _find_stored(writer, fact)
    new, changed, same = writer.rows(
        "SELECT count(*) FILTER (s.key_hash IS NULL),"
        " count(*) FILTER (s.key_hash IS NOT NULL AND s.fact_id <> i.fact_id),"
        " count(*) FILTER (s.fact_id = i.fact_id)"
        " FROM incoming i LEFT JOIN stored s USING (key_hash)"
    )[0]
    if new + changed:
        columns = (*fact.columns, "fact_id")
        writer.insert(fact.table, ", ".join(columns), _insert_sql(fact), new + changed)
    return Counts(new, changed, same)


MOMENTS = {"known_at", "tipoff", "scheduled_tipoff", "commence_time", "snapshot_time"}


def _text(columns: tuple[str, ...]) -> str:
    """SQL for one text of some columns in which equal rows, and only those, are spelled alike."""
    parts = [f"epoch_us({c})" if c in MOMENTS else f"{c}::VARCHAR" for c in columns]
    return f"concat_ws(chr(31), {', '.join(f'coalesce({p}::VARCHAR, chr(30))' for p in parts)})"


def _identify(writer: Writer, fact: Fact, candidates: str) -> None:
    writer.rows(
        f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT *,"
        f" md5_number({_text(KEYS[fact.table])}) AS key_hash,"
        f" left(sha256({_text(fact.content)}), 16) AS fact_id FROM {candidates}"
    )


def _set_aside_doubles(writer: Writer, fact: Fact) -> None:
    """Keep the first row of each key; tell identical rows from conflicting ones."""
    double = writer.value("SELECT count(*) - count(DISTINCT key_hash) FROM incoming")
    if not double:
        return
    writer.rows(
        'CREATE OR REPLACE TEMP TABLE doubled AS SELECT "row",'
        " CASE WHEN fact_id = first_value(fact_id) OVER w THEN 'duplicate row: '"
        " ELSE 'conflicting row: ' END"
        " || 'same key as row ' || first_value(\"row\") OVER w AS reason"
        ' FROM incoming WINDOW w AS (PARTITION BY key_hash ORDER BY rank, "row")'
        " QUALIFY row_number() OVER w > 1"
    )
    writer.rows(f"INSERT INTO problem SELECT '{fact.source}', \"row\", reason FROM doubled")
    writer.rows('DELETE FROM incoming WHERE "row" IN (SELECT "row" FROM doubled)')


def _find_stored(writer: Writer, fact: Fact) -> None:
    """The current rows of the incoming keys."""
    names = ", ".join(("fact_id", *fact.kept, *fact.settled))
    key = ", ".join(KEYS[fact.table])
    hashed = f"SELECT md5_number({_text(KEYS[fact.table])}) AS key_hash, {names} FROM"
    newest = f"row_number() OVER (PARTITION BY {key} ORDER BY recorded_seq DESC) = 1"
    current = (
        f"{hashed} {fact.table} WHERE key_hash IN (SELECT key_hash FROM incoming) QUALIFY {newest}"
    )
    empty = not writer.value(f"SELECT count(*) FROM {fact.table}")
    select = f"{hashed} incoming WHERE false" if empty else current
    writer.rows(f"CREATE OR REPLACE TEMP TABLE stored AS {select}")


def _insert_sql(fact: Fact) -> str:
    picked = [f"i.{c}" for c in fact.content]
    picked += [f"CASE WHEN s.key_hash IS NULL THEN i.{c} ELSE s.{c} END" for c in fact.kept]
    picked += [f"coalesce(s.{c}, i.{c})" for c in fact.settled]
    picked += [f"i.{c}" for c in fact.derived]
    return (
        f"SELECT {', '.join(picked)}, i.fact_id FROM incoming i LEFT JOIN stored s USING (key_hash)"
        " WHERE s.key_hash IS NULL OR s.fact_id <> i.fact_id"
    )


def repoint(writer: Writer, fact: Fact, counts: Counts) -> Counts:
    """Store the lines named by the temporary table `repoint` again with their new game_id."""
    if not writer.value("SELECT count(*) FROM repoint"):
        return counts
    columns = (*fact.columns, "fact_id")
    picked = ", ".join("r.new_id AS game_id" if c == "game_id" else f"l.{c}" for c in columns)
    current = (
        f"SELECT * FROM {fact.table} WHERE game_id IN (SELECT old_id FROM repoint) QUALIFY"
        f" row_number() OVER (PARTITION BY {', '.join(KEYS[fact.table])}"
        " ORDER BY recorded_seq DESC) = 1"
    )
    select = (
        f"SELECT {picked} FROM ({current}) l"
        " JOIN repoint r ON r.old_id = l.game_id AND r.game_date = l.game_date"
    )
    rows = int(writer.value(f"SELECT count(*) FROM ({select})"))
    if rows:
        writer.insert(fact.table, ", ".join(columns), select, rows)
    return Counts(counts.new, counts.corrections + rows, counts.unchanged)


def run_sql(writer: Writer, name: str, params: Mapping[str, datetime] | None = None) -> None:
    """Run the statements of `sql/NAME.sql`; parameters are bound where they are named."""
    text = resources.files("tipoff.sources").joinpath(f"sql/{name}.sql").read_text("utf-8")
    for statement in text.split(";\n"):
        if statement.strip():
            writer.rows(statement, params)
