"""Which published predictions a source row reaches, over all slates that could read it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tipoff.answers.reach import Scope, scopes_of
from tipoff.answers.rows import Run, find_source, published_runs
from tipoff.answers.sets import names_read
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

_PREDICTIONS = """
  SELECT prediction_id, game_id, player_key, player, team, opponent, market, model, model_id, role,
         tipoff, list_contains(line_ids, $fact) AS by_line
  FROM forecast.prediction WHERE run_id = $run ORDER BY player_key, market, model"""

_REFUSALS = """
  SELECT game_id, player_key, team, NULL AS opponent FROM forecast.refusal WHERE run_id = $run"""


def impact(r: Reader, fact: str, *, superseded: bool = False) -> Impact:
    """Predictions that a fact row reaches, in the sets shown now (`superseded`: in all published).

    Raises NotFound for an id that is no row's, or several rows'.
    """
    source = find_source(r, fact)
    runs = [run for run in published_runs(r) if run.current or superseded]
    slates, rows = [], []
    for run in (run for run in runs if source.in_force(run)):
        scopes = scopes_of(r, source, run)
        reached = _reached(r, source.row["fact_id"], run, scopes) if scopes else []
        slate = _slate(r, run, scopes, reached)
        slates += [slate] * bool(slate["predictions"] or slate["refusals"])
        rows += reached
    return Impact.model_validate({
        "table": source.table, "row": {k: _plain(v) for k, v in source.row.items()},
        "corrected": bool(source.corrected), "runs_looked_at": len(runs),
        "predictions": len(rows), "slates": slates,
        "by_model": dict(Counter(row["model"] for row in rows).most_common()),
        "by_market": dict(Counter(row["market"] for row in rows).most_common()),
        "by_way": dict(Counter(way for row in rows for way in _ways(row["how"])).most_common()),
        "limits": LIMITS, "rows": rows,
    })  # fmt: skip


def _plain(value: Any) -> Any:
    """A column's value; decimals, of at most nine digits, as the float that prints the same."""
    return float(value) if isinstance(value, Decimal) else value


def _reached(r: Reader, fact: str, run: Run, scopes: list[Scope]) -> list[Row]:
    everyone = r.query(_PREDICTIONS, {"run": run.run_id, "fact": fact}).to_dicts()
    touched = [(p, [s for s in scopes if s.holds(p)]) for p in everyone]
    reads = names_read(r, {p["model_id"] for p, held in touched if held})
    found = []
    for p, held in touched:
        names = reads.get(p["model_id"], {}).get(p["market"], ())
        hit = frozenset().union(*(s.features for s in held)) if held else frozenset()
        how = ["line"] * bool(p["by_line"]) + ["plan"] * any(s.plan for s in held)
        how += [name for name in names if name in hit]
        if how:
            kept = ("prediction_id", "player", "team", "market", "model", "role")
            found.append({"slate": run.slate, "run_id": run.run_id,
                          **{k: p[k] for k in kept}, "how": how})  # fmt: skip
    return found


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
