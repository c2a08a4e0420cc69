"""Which published predictions a source row reaches, over all slates that could read it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound
from tipoff.forecast.fact_scope import Fact, Run, Scope, scopes_of
from tipoff.forecast.prediction_set import features_read
from tipoff.lake import KEYS
from tipoff.results.impact import Impact

if TYPE_CHECKING:
    from tipoff.lake import Reader

Row = dict[str, Any]

LIMITS = (
    "lines are exact: the ids each prediction stores; features and the plan are what could be read,"
    " by the windows of today's catalogue, whether or not the value hangs on this row",
    "not counted: trained models, whose training rows are named only as a whole (`tipoff models"
    " show`), and that any injury row at all makes statuses known for 14 days",
)
"""What the answer does not claim."""

_FACTS = " UNION ALL ".join(
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

_PREDICTIONS = """
  SELECT prediction_id, game_id, player_key, player, team, opponent, market, model, model_id, role,
         tipoff, list_contains(line_ids, $fact) AS by_line
  FROM forecast.prediction WHERE run_id = $run ORDER BY player_key, market, model"""

_REFUSALS = """
  SELECT game_id, player_key, team, NULL AS opponent FROM forecast.refusal WHERE run_id = $run"""


def impact(r: Reader, name: str, *, superseded: bool = False) -> Impact:
    """Predictions that a fact row reaches, in the sets shown now (`superseded`: in all published).

    `name`: its fact_id or the beginning of it. Raises NotFound for no row's id, or several rows'.
    """
    fact = find_fact(r, name)
    runs = [run for run in published_runs(r) if run.current or superseded]
    slates, rows = [], []
    for run in (run for run in runs if fact.in_force(run)):
        scopes = scopes_of(r, fact, run)
        reached = _reached(r, fact.row["fact_id"], run, scopes) if scopes else []
        slate = _slate(r, run, scopes, reached)
        slates += [slate] * bool(slate["predictions"] or slate["refusals"])
        rows += reached
    return Impact.model_validate({
        "table": fact.table, "row": {k: _plain(v) for k, v in fact.row.items()},
        "corrected": bool(fact.corrected), "runs_looked_at": len(runs),
        "predictions": len(rows), "slates": slates,
        "by_model": dict(Counter(row["model"] for row in rows).most_common()),
        "by_market": dict(Counter(row["market"] for row in rows).most_common()),
        "by_way": dict(Counter(way for row in rows for way in _ways(row["how"])).most_common()),
        "limits": LIMITS, "rows": rows,
    })  # fmt: skip


def find_fact(r: Reader, name: str) -> Fact:
    """The row with that fact_id, or the only one whose id begins so. Raises NotFound."""
    rows = r.rows(_FACTS, {"fact": name})
    ids = {(table, identity) for table, identity, _ in rows}
    if len(ids) != 1:
        what = f"means {len(ids)} rows" if ids else "is no row of a fact table"
        raise NotFound(f"{name!r} {what}", "tipoff explain ID --sources shows the ids of rows")
    table, identity = next(iter(ids))
    seq = max(stored for _, _, stored in rows)
    row = r.query(
        f"SELECT * FROM {table} WHERE fact_id = $fact AND recorded_seq = $seq",
        {"fact": identity, "seq": seq},
    ).to_dicts()[0]
    same = " AND ".join(f"{key} IS NOT DISTINCT FROM ${key}" for key in KEYS[table])
    newer = f"SELECT recorded_seq, known_at FROM {table} WHERE {same} AND recorded_seq > $stored"
    params = {key: row[key] for key in KEYS[table]} | {"stored": seq}
    return Fact(table, row, tuple((int(n), at) for n, at in r.rows(newer, params)))


def published_runs(r: Reader) -> list[Run]:
    """Every run that was ever published, by slate."""
    return [Run(*row) for row in r.rows(_RUNS)]


def _plain(value: Any) -> Any:
    """A column's value; decimals, of at most nine digits, as the float that prints the same."""
    return float(value) if isinstance(value, Decimal) else value


def _reached(r: Reader, fact: str, run: Run, scopes: list[Scope]) -> list[Row]:
    everyone = r.query(_PREDICTIONS, {"run": run.run_id, "fact": fact}).to_dicts()
    touched = [(p, [s for s in scopes if s.holds(p)]) for p in everyone]
    reads = features_read(r, {p["model_id"] for p, held in touched if held})
    reached = []
    for p, held in touched:
        names = reads.get(p["model_id"], {}).get(p["market"], ())
        hit = frozenset().union(*(s.features for s in held)) if held else frozenset()
        how = ["line"] * bool(p["by_line"]) + ["plan"] * any(s.plan for s in held)
        how += [name for name in names if name in hit]
        if how:
            kept = ("prediction_id", "player", "team", "market", "model", "role")
            reached.append({"slate": run.slate, "run_id": run.run_id,
                            **{k: p[k] for k in kept}, "how": how})  # fmt: skip
    return reached


def _slate(r: Reader, run: Run, scopes: list[Scope], reached: list[Row]) -> Row:
    planned = [s for s in scopes if s.plan]
    refused = r.query(_REFUSALS, {"run": run.run_id}).to_dicts() if planned else []
    tip = {"tipoff": run.first_tipoff}
    return {
        "slate": run.slate, "seq": run.seq, "run_id": run.run_id,
        "current": run.current, "predictions": len(reached),
        "refusals": sum(any(s.holds(row | tip) for s in planned) for row in refused),
    }  # fmt: skip


def _ways(how: list[str]) -> set[str]:
    return {word if word in ("line", "plan") else "feature" for word in how}
