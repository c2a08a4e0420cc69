"""Which markets of a published set have nobody to show: the champion predicted no one there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tipoff.markets import MARKETS, Markets, checked_markets
from tipoff.results.slate import MarketWithoutChampion

if TYPE_CHECKING:
    from tipoff.lake import Reader


_REFUSED = """
  SELECT reason, count(*) AS n FROM forecast.refusal
  WHERE run_id = $run AND market = $market AND model = $model
  GROUP BY reason ORDER BY n DESC, reason"""


def markets_without_champion(
    r: Reader, run_id: str, market: Markets = None
) -> tuple[MarketWithoutChampion, ...]:
    """Markets (of these, or of all) in which a run's champion predicts nobody, and why; no other
    model takes its place."""
    asked = checked_markets(market) or tuple(MARKETS)
    mine = {"run": run_id}
    assigned = json.loads(r.value("SELECT models FROM forecast.run WHERE run_id = $run", mine))
    sql = """SELECT DISTINCT market FROM forecast.prediction
             WHERE run_id = $run AND role = 'champion'"""
    led = {name for (name,) in r.rows(sql, mine)}
    return tuple(
        _without(r, run_id, name, model_id)
        for model_id, name, role in assigned
        if role == "champion" and name not in led and name in asked
    )


def _without(r: Reader, run_id: str, market: str, model_id: str) -> MarketWithoutChampion:
    named = "SELECT model FROM models.version WHERE model_id = $model_id"
    model = str(r.value(named, {"model_id": model_id}))
    params = {"run": run_id, "market": market, "model": model}
    reasons = {reason: int(n) for reason, n in r.rows(_REFUSED, params)}
    return MarketWithoutChampion(market=market, model=model, reasons=reasons)
