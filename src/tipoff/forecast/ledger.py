"""The one ledger: what was published when, and what a run was made with. Derived from commits."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound
from tipoff.forecast.builds import other_code, other_libraries, read_build
from tipoff.forecast.prediction_set import lowest_quality
from tipoff.forecast.view import refusal_counts
from tipoff.results.runs import Ledger, RunRecord

if TYPE_CHECKING:
    from tipoff.lake import Reader

_LEDGER = """
  SELECT p.slate, p.seq, p.kind, p.reason, p.committed_at, p.publication_id, p.run_id, r.mode,
         r.expected, r.predicted, r.refused, p.committed_at >= r.first_tipoff AS backfill
  FROM forecast.publication p JOIN forecast.run r USING (run_id)
  WHERE $day::DATE IS NULL OR p.slate = $day ORDER BY p.recorded_seq, p.seq"""

_MODELS = """
  SELECT model_id, model, family, trained_from, trained_through, artifact_sha256
  FROM models.version WHERE list_contains($ids::VARCHAR[], model_id)"""

_REFUSED = """
  SELECT DISTINCT model, reason, detail FROM forecast.refusal
  WHERE run_id = $run AND reason IN ('contract', 'artifact', 'model_error') ORDER BY ALL"""


def ledger(r: Reader, day: date | None) -> Ledger:
    """Publications, oldest first, of one slate or of all."""
    rows = r.query(_LEDGER, {"day": day}).to_dicts()
    return Ledger.model_validate({"date": day, "publications": rows})


def run_record(r: Reader, name: str) -> RunRecord:
    """Code, settings, gates, models, snapshot and facts of a run, and where it was published.

    `name`: a run's or publication's id, or an unambiguous beginning. Raises NotFound.
    """
    head = _head(r, name)
    run = {"run": head["run_id"]}
    build = read_build(r, head["build_id"])
    snapshot = r.query(
        "SELECT snapshot_id, as_of, rows, definitions, report FROM features.snapshot"
        " WHERE snapshot_id = $snapshot", {"snapshot": head["snapshot_id"]},
    ).to_dicts()[0]  # fmt: skip
    published = ledger(r, head["slate"]).publications
    return RunRecord.model_validate(head | {
        "settings": json.loads(head["settings"]),
        "gate": {"mode": head["mode"], "lowest_quality": lowest_quality(head)},
        "build": {"version": build.version, "libraries": dict(build.libraries)} if build else None,
        "other_build": [*other_code(build, head["code_version"]), *other_libraries(build)],
        "models": _models(r, json.loads(head["models"])),
        "models_refused": [dict(zip(("model", "reason", "detail"), row, strict=True))
                           for row in r.rows(_REFUSED, run)],
        "refusals": refusal_counts(r, head["run_id"]),
        "snapshot": {"snapshot_id": snapshot["snapshot_id"], "rows": snapshot["rows"],
                     "features": len(json.loads(snapshot["definitions"])),
                     "checks": json.loads(snapshot["report"] or "[]")},
        "publications": [row for row in published if row.run_id == head["run_id"]],
    })  # fmt: skip


def _head(r: Reader, name: str) -> dict[str, Any]:
    sql = """SELECT * EXCLUDE (recorded_seq) FROM forecast.run
             WHERE starts_with(run_id, $name) OR run_id IN (
               SELECT run_id FROM forecast.publication WHERE starts_with(publication_id, $name))"""
    runs = r.query(sql, {"name": name}).to_dicts()
    if len(runs) != 1:
        what = "means several runs" if runs else "is no run or publication"
        raise NotFound(f"{name!r} {what}", "tipoff runs lists them")
    return runs[0]


def _models(r: Reader, assigned: list[list[str]]) -> list[dict[str, Any]]:
    roles: dict[str, dict[str, list[str]]] = {}
    for model, market, role in assigned:
        roles.setdefault(model, {}).setdefault(role, []).append(market)
    rows = r.query(_MODELS, {"ids": list(roles)}).iter_rows(named=True)
    known = {row["model_id"]: row for row in rows}
    return [known.get(model, {"model_id": model}) | {"roles": by} for model, by in roles.items()]
