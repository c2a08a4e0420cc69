"""Slates: those that should be published, sets that were overtaken, nights not graded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tipoff.health.context import SHOWN, CheckContext, check_result, listed
from tipoff.health.nights import Night, behind, nights
from tipoff.results.health import CheckResult, Level

DUE = timedelta(hours=3)
"""A slate should be published this long before its first tip-off."""

UNGRADED = """
  SELECT p.slate, count(*) AS rows, count(DISTINCT p.game_id) AS games,
         count(DISTINCT p.player_key) AS players, max(g.result_known_at) AS final_since
  FROM forecast.current_prediction p
  JOIN (SELECT game_id, result_known_at FROM league.game WHERE status = 'final'
        QUALIFY row_number() OVER (PARTITION BY game_id ORDER BY recorded_seq DESC) = 1) g
    ON g.game_id = p.game_id
  ANTI JOIN grading.current_grade k ON k.run_id = p.run_id AND k.prediction_id = p.prediction_id
  WHERE g.result_known_at <= $now AND ($day::DATE IS NULL OR p.slate = $day)
  GROUP BY ALL ORDER BY slate DESC"""
"""Published predictions of final games without a grade, by slate."""


def unpublished(context: CheckContext) -> CheckResult:
    """Dates with games and no published set, once it is time for one."""
    missing = [n for n in nights(context) if n.run_id is None]
    due = [n for n in missing if context.now >= n.first_tipoff - DUE]
    what = f"dates with games have no set, {len(due)} of them due"
    return _of_nights("slates without publication", missing, bool(due), what, "tipoff run DATE")


def empty(context: CheckContext) -> CheckResult:
    """Published sets that expected predictions and hold none."""
    none = [n for n in nights(context) if n.run_id and n.expected and not n.predicted]
    step = "tipoff slate DATE --refusals says why"
    return _of_nights("slates without predictions", none, True, "sets hold no prediction", step)


def stale(context: CheckContext) -> CheckResult:
    """Published sets that a run now might replace: a problem while their games are to come."""
    old = {n: why for n in nights(context) if (why := behind(context, n))}
    live = any(context.now < n.first_tipoff for n in old)
    what = "sets are older than facts they may read, or show a model that had to go"
    step = "tipoff run DATE rebuilds or verifies it"
    said = {night: "; ".join(cause.text for cause in why) for night, why in old.items()}
    return _of_nights("stale sets", list(old), live, what, step, said)


def ungraded(context: CheckContext) -> CheckResult:
    """Predictions of final games that nobody graded."""
    step = "tipoff grade DATE grades them, or says what they wait for"
    return listed(
        context, UNGRADED, "ungraded finals", "predictions of final games lack a grade", step
    )


def _of_nights(
    name: str, found: list[Night], problem: bool, what: str, step: str,
    why: Mapping[Night, str] | None = None,
) -> CheckResult:  # fmt: skip
    level: Level = "ok" if not found else "problem" if problem else "note"
    detail = [_shown(night) | ({"why": why[night]} if why else {}) for night in found[-SHOWN:]]
    return check_result(
        name, level, len(found), f"{len(found)} {what}", detail, step if found else ""
    )


def _shown(night: Night) -> dict[str, Any]:
    return {
        "date": night.day, "games": night.games, "first_tipoff": night.first_tipoff,
        "run": night.run_id,
    }  # fmt: skip
