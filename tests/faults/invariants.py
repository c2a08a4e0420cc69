"""What must hold of a lake at every moment, asked of the tables alone. Each gives complaints.

Most take `since`: then only what was committed after that `recorded_seq`, and what it touches, is
looked at. Without it everything is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from tipoff.hashing import file_sha256
from tipoff.lake import KEYS, Lake, Reader

ALL = -1
"""`since` before which nothing was committed."""

DERIVED_KEYS: dict[str, tuple[str, ...]] = {
    "features.snapshot": ("snapshot_id",),
    "features.value": ("snapshot_id", "game_id", "player_key"),
    "models.version": ("model_id",),
    "forecast.run": ("run_id",),
    "forecast.prediction": ("run_id", "prediction_id"),
    "forecast.refusal": ("run_id", "game_id", "player_key", "market", "model"),
    "forecast.publication": ("slate", "seq"),
    "grading.grade": ("grade_id",),
    "ops.event": ("event_id",),
    "raw.payload": ("sha256", "name"),
    "raw.set_aside": ("fact_id",),
}

_PUBLISHED = """
WITH shown AS (
  SELECT c.slate, c.run_id, r.run_id AS stored, r.snapshot_id, r.expected, r.predicted, r.refused
  FROM forecast.current_publication c LEFT JOIN forecast.run r USING (run_id)),
rows AS (
  SELECT run_id, count(*) AS n, count(DISTINCT snapshot_id) AS snapshots,
         min(snapshot_id) AS snapshot
  FROM forecast.prediction WHERE run_id IN (SELECT run_id FROM shown) GROUP BY run_id),
gone AS (
  SELECT run_id, count(*) AS n FROM forecast.refusal
  WHERE run_id IN (SELECT run_id FROM shown) GROUP BY run_id)
SELECT s.slate, s.stored, s.expected, s.predicted, s.refused, coalesce(rows.n, 0),
       coalesce(gone.n, 0), rows.snapshots, rows.snapshot = s.snapshot_id
FROM shown s LEFT JOIN rows USING (run_id) LEFT JOIN gone USING (run_id) ORDER BY s.slate"""


def published_slates(r: Reader) -> Iterator[str]:
    """No slate empty or mixed after its first publication; expected = predicted + refused."""
    for slate, run, expected, predicted, refused, rows, gone, snapshots, own in r.rows(_PUBLISHED):
        if run is None:
            yield f"{slate}: points to a run that is not stored"
        elif not rows:
            yield f"{slate}: empty"
        elif (rows, gone) != (predicted, refused) or expected != rows + gone:
            counts = f"{expected} expected, {predicted}+{refused} told, {rows}+{gone} stored"
            yield f"{slate}: {counts}"
        elif snapshots != 1 or not own:
            yield f"{slate}: mixes {snapshots} snapshots"


def no_doubles(
    r: Reader, since: int = ALL, tables: Collection[str] = (*DERIVED_KEYS, *KEYS)
) -> Iterator[str]:
    """No key is stored twice; a correction is a newer row that says something else."""
    for table in (name for name in (*DERIVED_KEYS, *KEYS) if name in tables):
        key = DERIVED_KEYS.get(table) or (*KEYS[table], "recorded_seq")
        yield from _doubles(r, table, key, since)
        if table == "forecast.publication":  # and no commit number given out twice
            yield from _doubles(r, table, ("recorded_seq",), since)
    rows = r.value("SELECT count(*) FROM ops.guard")
    if rows != 1:
        yield f"ops.guard holds {rows} rows"


def grown(r: Reader, since: int) -> set[str]:
    """The tables with rows committed after `since`."""
    tables = [*DERIVED_KEYS, *KEYS]
    asked = ", ".join(f"EXISTS (FROM {t} WHERE recorded_seq > $since)" for t in tables)
    counts = r.rows(f"SELECT {asked}", {"since": since})[0]
    return {table for table, there in zip(tables, counts, strict=True) if there}


def _doubles(r: Reader, table: str, key: tuple[str, ...], since: int) -> Iterator[str]:
    names = ", ".join(key)
    new = f"SELECT DISTINCT {names} FROM {table} WHERE recorded_seq > $since"
    rows = f"{table} SEMI JOIN ({new}) USING ({names})" if since != ALL else table
    sql = f"SELECT {names}, count(*) FROM {rows} GROUP BY {names} HAVING count(*) > 1 LIMIT 3"
    doubles = r.rows(sql, {"since": since})
    yield from (f"{table}: {row} is stored more than once" for row in doubles)


_CHAINS = """
SELECT p.slate, p.seq, parent, lag(publication_id) OVER w, row_number() OVER w, r.facts_seq,
       max(r.facts_seq) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
       row_number() OVER (PARTITION BY p.slate, p.run_id ORDER BY p.seq), p.committed_at,
       lag(p.committed_at) OVER w
FROM forecast.publication p LEFT JOIN forecast.run r USING (run_id)
WINDOW w AS (PARTITION BY p.slate ORDER BY p.seq) ORDER BY p.slate, p.seq"""


def chains(r: Reader) -> Iterator[str]:
    """seq is 1..n, parents are linked, time does not go back, no set older than what it replaces
    knew (but for one that was shown before)."""
    for slate, seq, parent, before, n, facts, known, times, at, earlier in r.rows(_CHAINS):
        if seq != n or parent != before:
            yield f"{slate}: publication {seq} is the {n}th and its parent {parent}, not {before}"
        if known is not None and facts is not None and facts < known and times == 1:
            yield f"{slate}: publication {seq} was made of facts {facts}, older than {known}"
        if earlier is not None and at < earlier:
            yield f"{slate}: publication {seq} is dated before the one it replaces"


_LOST = {
    "forecast.publication": {
        "superseded run lost rows": """
      SELECT u.run_id FROM (
        SELECT DISTINCT run_id FROM forecast.publication WHERE slate IN (
          SELECT slate FROM forecast.publication WHERE recorded_seq > $since)) u
      LEFT JOIN forecast.run r USING (run_id)
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.prediction GROUP BY 1) p USING (run_id)
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.refusal GROUP BY 1) x USING (run_id)
      WHERE r.run_id IS NULL OR coalesce(p.n, 0) <> r.predicted OR coalesce(x.n, 0) <> r.refused""",
    },
    "forecast.prediction": {
        "prediction without its snapshot's row": """
      SELECT p.prediction_id FROM (FROM forecast.prediction WHERE recorded_seq > $since) p
      ANTI JOIN features.value v USING (snapshot_id, game_id, player_key)""",
        "prediction without its snapshot": """
      SELECT prediction_id FROM (FROM forecast.prediction WHERE recorded_seq > $since)
      ANTI JOIN features.snapshot USING (snapshot_id)""",
        "prediction without its model": """
      SELECT prediction_id FROM (FROM forecast.prediction WHERE recorded_seq > $since)
      ANTI JOIN models.version USING (model_id)""",
        "prediction without its line": """
      SELECT prediction_id FROM (
        SELECT prediction_id, unnest(line_ids) AS fact_id FROM forecast.prediction
        WHERE recorded_seq > $since)
      ANTI JOIN league.prop_line USING (fact_id)""",
        "rows of a run that is not stored": """
      SELECT run_id FROM (
        SELECT DISTINCT run_id FROM forecast.prediction WHERE recorded_seq > $since
        UNION SELECT DISTINCT run_id FROM forecast.refusal WHERE recorded_seq > $since)
      ANTI JOIN forecast.run USING (run_id)""",
    },
    "grading.grade": {
        "grade without its prediction": """
      SELECT grade_id FROM (FROM grading.grade WHERE recorded_seq > $since)
      ANTI JOIN forecast.prediction USING (run_id, prediction_id)""",
        "live grade of a set published after tip-off": """
      SELECT g.grade_id FROM grading.grade g
      JOIN forecast.prediction p USING (run_id, prediction_id)
      JOIN (SELECT run_id, min(committed_at) AS at FROM forecast.publication GROUP BY 1) u
        USING (run_id)
      WHERE g.recorded_seq > $since AND g.live AND (u.at >= p.tipoff OR p.as_of >= p.tipoff)""",
    },
}
"""Table -> what may be lost of or by its new rows -> who has lost it."""


def nothing_lost(
    r: Reader, since: int = ALL, tables: Collection[str] = tuple(_LOST)
) -> Iterator[str]:
    """Each prediction's snapshot, model and lines exist; old runs are whole; live is live."""
    for table, checks in _LOST.items():
        for what, sql in checks.items() if table in tables else []:
            rows = r.rows(f"SELECT * FROM ({sql}) LIMIT 3", {"since": since})
            yield from (f"{what}: {row[0]}" for row in rows)


def model_files(r: Reader, folder: Path, since: int = ALL) -> Iterator[str]:
    """Every model version that has an artifact has it on disk, as it was."""
    sql = """SELECT model_id, artifact, artifact_sha256 FROM models.version
             WHERE artifact_sha256 IS NOT NULL AND recorded_seq > $since"""
    for model_id, name, digest in r.rows(sql, {"since": since}):
        path = folder / str(name)
        if not path.is_file():
            yield f"model version {model_id} without its file {name}"
        elif file_sha256(path) != digest:
            yield f"model version {model_id} has another file than it was stored with"


def sound_models(r: Reader, since: int = ALL) -> Iterator[str]:
    """Where nothing damages a model, none is refused for its file or for an error."""
    sql = """SELECT DISTINCT run_id, model, reason, detail FROM forecast.refusal
             WHERE recorded_seq > $since AND reason IN ('artifact', 'contract', 'model_error')"""
    yield from (f"a sound model was refused: {row}" for row in r.rows(sql, {"since": since}))


def live_record(r: Reader, day: date | None = None) -> Iterator[str]:
    """The live record (of a slate) holds only predictions committed before their tip-off."""
    from tipoff.grading.record import Span, published_span, record_rows

    if not r.value("SELECT count(*) FROM forecast.publication"):
        return
    rows = record_rows(r, Span(day, day) if day else published_span(r), "live", "points")
    counted = set(rows.select("run_id", "prediction_id").rows())
    late = r.rows("""
      SELECT p.run_id, p.prediction_id FROM forecast.prediction p
      JOIN (SELECT run_id, min(committed_at) AS at FROM forecast.publication GROUP BY 1) u
        USING (run_id) WHERE u.at >= p.tipoff""")
    yield from (f"live record counts {row}, committed late" for row in late if row in counted)


def touched(r: Reader, folder: Path, since: int) -> Iterator[str]:
    """What was committed after `since`, and the slates it moved, hold all of this file."""
    tables = grown(r, since)
    yield from no_doubles(r, since, tables)
    yield from nothing_lost(r, since, tables)
    if "models.version" in tables:
        yield from model_files(r, folder, since)
    if "forecast.refusal" in tables:
        yield from sound_models(r, since)
    if "forecast.publication" in tables:
        yield from chains(r)
    if tables & {"forecast.publication", "grading.grade"}:
        moved = r.rows(_MOVED, {"since": since})
        yield from (text for (day,) in moved for text in live_record(r, day))


_MOVED = """
SELECT slate FROM forecast.publication WHERE recorded_seq > $since
UNION SELECT slate FROM grading.grade WHERE recorded_seq > $since"""


def deep(lake: Lake) -> list[str]:
    """All of the above, of one version of the lake."""
    with lake.reading() as r:
        checks = (published_slates, no_doubles, chains, nothing_lost, live_record)
        return [complaint for check in checks for complaint in check(r)]
