"""Which markets of a published set have nobody to show: the champion predicted no one there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tipoff.markets import MARKETS, Markets, checked_markets

if TYPE_CHECKING:
    from tipoff.lake import Reader


@dataclass(frozen=True)
class Leaderless:
    """A market whose champion predicted nobody, with its refusals by reason, most first."""

    market: str
    model: str
    reasons: dict[str, int]


_REFUSED = """
  SELECT reason, count(*) AS n FROM forecast.refusal
  WHERE run_id = $run AND market = $market AND model = $model
  GROUP BY reason ORDER BY n DESC, reason"""


def leaderless(r: Reader, run_id: str, market: Markets = None) -> list[Leaderless]:
    """Markets a run should show a champion in and does not; nobody else takes its seat."""
    asked = checked_markets(market) or tuple(MARKETS)
    mine = {"run": run_id}
    seats = json.loads(r.value("SELECT models FROM forecast.run WHERE run_id = $run", mine))
    sql = """SELECT DISTINCT market FROM forecast.prediction
             WHERE run_id = $run AND role = 'champion'"""
    led = {name for (name,) in r.rows(sql, mine)}
    return [
        _without(r, run_id, of, model_id)
        for model_id, of, role in seats
        if role == "champion" and of not in led and of in asked
    ]


def _without(r: Reader, run_id: str, market: str, model_id: str) -> Leaderless:
    named = "SELECT model FROM models.version WHERE model_id = $model_id"
    model = str(r.value(named, {"model_id": model_id}))
    params = {"run": run_id, "market": market, "model": model}
    return Leaderless(market, model, {reason: int(n) for reason, n in r.rows(_REFUSED, params)})
