"""What must hold of a lake at every moment, asked of the tables alone. Each gives complaints."""

from __future__ import annotations

from collections.abc import Iterator

from tipoff.lake import KEYS, Lake, Reader

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

_SHOWN = """
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


def shown_slates(r: Reader) -> Iterator[str]:
    """No slate empty or mixed after its first publication; expected = predicted + refused."""
    for slate, run, expected, predicted, refused, rows, gone, snapshots, own in r.rows(_SHOWN):
        if run is None:
            yield f"{slate}: points to a run that is not stored"
        elif not rows:
            yield f"{slate}: empty"
        elif (rows, gone) != (predicted, refused) or expected != rows + gone:
            counts = f"{expected} expected, {predicted}+{refused} told, {rows}+{gone} stored"
            yield f"{slate}: {counts}"
        elif snapshots != 1 or not own:
            yield f"{slate}: mixes {snapshots} snapshots"


def no_doubles(r: Reader) -> Iterator[str]:
    """No key is stored twice; a correction is a newer row that says something else."""
    for table, key in DERIVED_KEYS.items():
        yield from _doubles(r, table, key)
    for table, key in KEYS.items():
        yield from _doubles(r, table, (*key, "recorded_seq"))
    yield from _doubles(r, "forecast.publication", ("recorded_seq",))
    rows = r.value("SELECT count(*) FROM ops.guard")
    if rows != 1:
        yield f"ops.guard holds {rows} rows"


def _doubles(r: Reader, table: str, key: tuple[str, ...]) -> Iterator[str]:
    names = ", ".join(key)
    sql = f"SELECT {names}, count(*) FROM {table} GROUP BY {names} HAVING count(*) > 1 LIMIT 3"
    yield from (f"{table}: {row} is stored more than once" for row in r.rows(sql))


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
    "superseded run lost rows": """
      SELECT u.run_id FROM (SELECT DISTINCT run_id FROM forecast.publication) u
      LEFT JOIN forecast.run r USING (run_id)
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.prediction GROUP BY 1) p USING (run_id)
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.refusal GROUP BY 1) x USING (run_id)
      WHERE r.run_id IS NULL OR coalesce(p.n, 0) <> r.predicted OR coalesce(x.n, 0) <> r.refused""",
    "prediction without its snapshot's row": """
      SELECT p.prediction_id FROM forecast.prediction p
      ANTI JOIN features.value v USING (snapshot_id, game_id, player_key)""",
    "prediction without its model": """
      SELECT prediction_id FROM forecast.prediction ANTI JOIN models.version USING (model_id)""",
    "prediction without its line": """
      SELECT prediction_id FROM (
        SELECT prediction_id, unnest(line_ids) AS fact_id FROM forecast.prediction)
      ANTI JOIN league.prop_line USING (fact_id)""",
    "rows of a run that is not stored": """
      SELECT run_id FROM (SELECT DISTINCT run_id FROM forecast.prediction
        UNION SELECT DISTINCT run_id FROM forecast.refusal)
      ANTI JOIN forecast.run USING (run_id)""",
    "grade without its prediction": """
      SELECT grade_id FROM grading.grade
      ANTI JOIN forecast.prediction USING (run_id, prediction_id)""",
    "live grade of a set published after tip-off": """
      SELECT g.grade_id FROM grading.grade g
      JOIN forecast.prediction p USING (run_id, prediction_id)
      JOIN (SELECT run_id, min(committed_at) AS at FROM forecast.publication GROUP BY 1) u
        USING (run_id)
      WHERE g.live AND (u.at >= p.tipoff OR p.as_of >= p.tipoff)""",
}


def nothing_lost(r: Reader) -> Iterator[str]:
    """Each prediction's snapshot, model and lines exist; old runs are whole; live is live."""
    for what, sql in _LOST.items():
        rows = r.rows(f"SELECT * FROM ({sql}) LIMIT 3")
        yield from (f"{what}: {row[0]}" for row in rows)


def live_record(r: Reader) -> Iterator[str]:
    """The live record holds only predictions committed before their game's tip-off."""
    from tipoff.grading.record import published_span, record_rows

    if not r.value("SELECT count(*) FROM forecast.publication"):
        return
    rows = record_rows(r, published_span(r), "live", "points")
    counted = set(rows.select("run_id", "prediction_id").rows())
    late = r.rows("""
      SELECT p.run_id, p.prediction_id FROM forecast.prediction p
      JOIN (SELECT run_id, min(committed_at) AS at FROM forecast.publication GROUP BY 1) u
        USING (run_id) WHERE u.at >= p.tipoff""")
    yield from (f"live record counts {row}, committed late" for row in late if row in counted)


def deep(lake: Lake) -> list[str]:
    """All of the above, of one version of the lake."""
    with lake.reading() as r:
        checks = (shown_slates, no_doubles, chains, nothing_lost, live_record)
        return [complaint for check in checks for complaint in check(r)]
