"""What rows name and the lake does not hold: a set is more than the rows of its own table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipoff.lake.reader import Reader

_DANGLING = {
    "no such run is stored": """
      SELECT publication_id, run_id FROM forecast.publication
      ANTI JOIN forecast.run USING (run_id)""",
    "rows of the set are not those it counted": """
      SELECT r.run_id, concat(coalesce(p.n, 0), ' + ', coalesce(x.n, 0), ' of ',
                              coalesce(r.predicted::VARCHAR, '?'), ' + ',
                              coalesce(r.refused::VARCHAR, '?'))
      FROM forecast.run r
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.prediction GROUP BY 1) p USING (run_id)
      LEFT JOIN (SELECT run_id, count(*) AS n FROM forecast.refusal GROUP BY 1) x USING (run_id)
      WHERE (coalesce(p.n, 0) = r.predicted AND coalesce(x.n, 0) = r.refused) IS NOT TRUE""",
    "no such snapshot is stored": """
      SELECT run_id, snapshot_id FROM (SELECT DISTINCT run_id, snapshot_id FROM forecast.prediction)
      ANTI JOIN features.snapshot USING (snapshot_id)""",
    "no such model version is stored": """
      SELECT run_id, model_id FROM (SELECT DISTINCT run_id, model_id FROM forecast.prediction)
      ANTI JOIN models.version USING (model_id)""",
    "no such prediction is stored": """
      SELECT grade_id, prediction_id FROM grading.grade
      ANTI JOIN forecast.prediction USING (run_id, prediction_id)""",
}
MOST = 20
"""Of each kind so many are named: one lost file can leave thousands of rows without theirs."""


def dangling(r: Reader) -> Iterator[tuple[str, str]]:
    """(whose, detail) of every row that names what is not stored: publications, runs, grades."""
    for missing, sql in _DANGLING.items():
        rows = r.rows(f"SELECT *, count(*) OVER () FROM ({sql}) ORDER BY ALL LIMIT {MOST}")
        for whose, named, n in rows:
            more = f" (and {n - MOST:,} more)" if n > MOST and whose == rows[-1][0] else ""
            yield str(whose), f"{named}: {missing}{more}"
