"""What changed between two published sets: who came, who left and why, whose pick flipped."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from tipoff.errors import NotFound, UsageError

if TYPE_CHECKING:
    from tipoff.lake import Reader

_KEYS = "game_id, player_key, market, model"

_CHANGED = f"""
  WITH a AS (FROM forecast.prediction WHERE run_id = $a),
       b AS (FROM forecast.prediction WHERE run_id = $b)
  SELECT coalesce(b.player, a.player) AS player, coalesce(b.team, a.team) AS team,
         {_KEYS}, a.prediction_id AS id_a, b.prediction_id AS id_b,
         a.median AS median_a, b.median AS median_b, a.line AS line_a, b.line AS line_b,
         a.recommendation AS pick_a, b.recommendation AS pick_b,
         coalesce(b.role, a.role) AS role
  FROM a FULL JOIN b USING ({_KEYS})
  WHERE a.prediction_id IS DISTINCT FROM b.prediction_id
     OR a.record_hash IS DISTINCT FROM b.record_hash
  ORDER BY player, market, model"""


def find_run(r: Reader, day: date, name: str) -> str:
    """A run of the slate by its id, an unambiguous beginning of it, or a publication's number.

    Raises NotFound or UsageError naming the runs there are.
    """
    sql = """SELECT seq, run_id FROM forecast.publication WHERE slate = $day ORDER BY seq"""
    published = r.rows(sql, {"day": day})
    if re.fullmatch(r"[0-9]{1,9}", name):
        found = {run for seq, run in published if seq == int(name)}
    else:
        found = {run for _, run in published if name and run.startswith(name)}
    known = ", ".join(f"{seq}={run}" for seq, run in published) or "none"
    if not found:
        raise NotFound(f"no run {name!r} of {day}", f"published: {known}")
    if len(found) > 1:
        raise UsageError(f"{name!r} means several runs of {day}", f"published: {known}")
    return str(found.pop())


def diff_runs(r: Reader, day: date, name_a: str, name_b: str) -> dict[str, Any]:
    """Every prediction that differs between two runs, and the reason of those that left.

    Returns counts (added, removed, changed, flipped), the refusal behind each removal, and what
    differs in what the runs were made from (as_of, snapshot, models, settings, code).
    """
    a, b = find_run(r, day, name_a), find_run(r, day, name_b)
    rows = [_classified(row) for row in r.query(_CHANGED, {"a": a, "b": b}).iter_rows(named=True)]
    reasons = _reasons(r, b)
    for row in rows:
        if row["change"] == "removed":
            row["reason"] = reasons.get(_key(row), "not planned any more")
    kinds = [row["change"] for row in rows]
    return {
        "date": day.isoformat(), "run_a": a, "run_b": b,
        "added": kinds.count("added"), "removed": kinds.count("removed"),
        "changed": kinds.count("changed"), "flipped": sum(bool(row["flipped"]) for row in rows),
        "made_from": _made_from(r, a, b), "rows": rows,
    }  # fmt: skip


def _classified(row: dict[str, Any]) -> dict[str, Any]:
    change = "added" if row["id_a"] is None else "removed" if row["id_b"] is None else "changed"
    flipped = change == "changed" and row["pick_a"] != row["pick_b"]
    return row | {"change": change, "flipped": flipped, "reason": None}


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["game_id"], row["player_key"], row["market"], row["model"])


def _reasons(r: Reader, run: str) -> dict[tuple[str, ...], str]:
    sql = f"SELECT {_KEYS}, reason FROM forecast.refusal WHERE run_id = $run"
    return {tuple(row[:4]): f"refused: {row[4]}" for row in r.rows(sql, {"run": run})}


def _made_from(r: Reader, a: str, b: str) -> dict[str, Any]:
    names = ("as_of", "snapshot_id", "facts_seq", "models", "settings", "code_version", "mode")
    sql = f"SELECT {', '.join(names)} FROM forecast.run WHERE run_id = $run"
    old, new = (r.rows(sql, {"run": run})[0] for run in (a, b))
    return {
        name: {"a": str(x), "b": str(y)}
        for name, x, y in zip(names, old, new, strict=True)
        if x != y
    }
