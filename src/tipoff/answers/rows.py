"""A source row by its fact_id, and the published runs that could have read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound
from tipoff.lake import KEYS

if TYPE_CHECKING:
    from tipoff.lake import Reader

_FIND = " UNION ALL ".join(
    f"SELECT '{table}', fact_id, recorded_seq FROM {table} WHERE starts_with(fact_id, $fact)"
    for table in KEYS
)

_RUNS = """
  SELECT p.slate, p.seq, p.run_id, p.seq = max(p.seq) OVER (PARTITION BY p.slate) AS current,
         r.as_of, r.facts_seq, r.first_tipoff, r.settings,
         (SELECT max(season) FROM league.game g WHERE g.game_date = p.slate) AS season
  FROM forecast.publication p JOIN forecast.run r USING (run_id)
  QUALIFY row_number() OVER (PARTITION BY p.run_id ORDER BY p.seq DESC) = 1
  ORDER BY p.slate, p.seq"""


@dataclass(frozen=True)
class Source:
    """A row of a fact table; `corrected`: (recorded_seq, known_at) of newer rows of its key."""

    table: str
    row: dict[str, Any]
    corrected: tuple[tuple[int, datetime], ...]

    def in_force(self, run: Run) -> bool:
        """Whether a run could read it: stored and known by then, and not corrected yet."""
        if self.row["recorded_seq"] > run.facts_seq or self.row["known_at"] > run.as_of:
            return False
        return not any(seq <= run.facts_seq and at <= run.as_of for seq, at in self.corrected)


@dataclass(frozen=True)
class Run:
    """A published run; `current` when its slate shows it."""

    slate: date
    seq: int
    run_id: str
    current: bool
    as_of: datetime
    facts_seq: int
    first_tipoff: datetime
    settings: str
    season: str


def find_source(r: Reader, fact: str) -> Source:
    """The row with that fact_id, or the only one whose id begins so. Raises NotFound."""
    found = r.rows(_FIND, {"fact": fact})
    ids = {(table, identity) for table, identity, _ in found}
    if len(ids) != 1:
        what = f"means {len(ids)} rows" if ids else "is no row of a fact table"
        raise NotFound(f"{fact!r} {what}", "tipoff explain ID --sources shows the ids of rows")
    table, identity = next(iter(ids))
    seq = max(stored for _, _, stored in found)
    row = r.query(
        f"SELECT * FROM {table} WHERE fact_id = $fact AND recorded_seq = $seq",
        {"fact": identity, "seq": seq},
    ).to_dicts()[0]
    same = " AND ".join(f"{key} IS NOT DISTINCT FROM ${key}" for key in KEYS[table])
    newer = f"SELECT recorded_seq, known_at FROM {table} WHERE {same} AND recorded_seq > $stored"
    params = {key: row[key] for key in KEYS[table]} | {"stored": seq}
    return Source(table, row, tuple((int(n), at) for n, at in r.rows(newer, params)))


def published_runs(r: Reader) -> list[Run]:
    """Every run that was ever published, by slate."""
    return [Run(*row) for row in r.rows(_RUNS)]
