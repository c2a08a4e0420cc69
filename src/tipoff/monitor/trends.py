"""The newest sets and grades against those before them: lines, feature quality, drift, decay."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tipoff import clock
from tipoff.grading.decay import Decay, decay_states
from tipoff.installed import BROKEN
from tipoff.monitor.context import DETAIL_ROWS, CheckContext, check_result
from tipoff.results.health import CheckResult, Level

if TYPE_CHECKING:
    from tipoff.lake import Reader

HISTORY, LEAST_HISTORY = 10, 5
"""Slates a newest one is compared with; with fewer than the least nothing is usual yet."""
USUAL_SHARE = 0.5
"""Line coverage under this share of the usual has collapsed."""
LEAST_QUALITY, QUALITY_DROP = 70.0, 10.0
"""Mean quality under the least, or this far under the usual, has collapsed."""

_NEWEST = """
  (SELECT slate, c.run_id, snapshot_id FROM forecast.current_publication c
   JOIN (SELECT run_id, snapshot_id FROM forecast.run) USING (run_id)
   WHERE $day::DATE IS NULL OR slate <= $day ORDER BY slate DESC LIMIT $limit)"""

_LINES = f"""
  SELECT slate, count(DISTINCT (game_id, player_key)) FILTER (line IS NOT NULL)
         / count(DISTINCT (game_id, player_key)) AS value
  FROM forecast.prediction JOIN {_NEWEST} USING (run_id) GROUP BY slate ORDER BY slate DESC"""

_QUALITY = f"""
  SELECT slate, avg(coalesce(quality, 0)) AS value
  FROM features.value JOIN {_NEWEST} USING (snapshot_id) GROUP BY slate ORDER BY slate DESC"""

_REPORT = f"""
  SELECT slate, report FROM features.snapshot s
  JOIN (SELECT snapshot_id FROM {_NEWEST}) USING (snapshot_id)"""


@dataclass(frozen=True)
class Compared:
    """A figure of a slate's published set, and its usual: the median of the slates before.

    `usual` is None with too little history; `slate` and `value` when nothing is published.
    """

    slate: date | None
    value: float | None
    usual: float | None
    history: int


def line_coverage(r: Reader, day: date | None) -> Compared:
    """The share of predicted players who have a line in any market, 0 to 1."""
    return _compared(r, _LINES, day)


def mean_quality(r: Reader, day: date | None) -> Compared:
    """The mean quality of a snapshot's rows, 0 to 100; a row without one counts as 0."""
    return _compared(r, _QUALITY, day)


def coverage_collapsed(share: Compared) -> bool:
    """Whether players with a line are far fewer than usual."""
    return _known(share) and share.value < USUAL_SHARE * share.usual  # type: ignore[operator]


def quality_collapsed(mean: Compared) -> bool:
    """Whether features are far worse than usual, or than anything may be."""
    if mean.slate is None:
        return False
    if mean.value is None or not mean.value >= LEAST_QUALITY:
        return True
    return _known(mean) and mean.value < mean.usual - QUALITY_DROP  # type: ignore[operator]


def drifted(r: Reader, day: date | None) -> tuple[date | None, list[dict[str, Any]]]:
    """The slate looked at and the verdicts of the batch checks of its snapshot, drift first.

    The checks compared it with the 20 snapshots before it when it was built (features/checks.py).
    """
    newest = r.rows(_REPORT, {"day": day, "limit": 1})
    if not newest or newest[0][0] != (day or newest[0][0]):
        return None, []
    slate, report = newest[0]
    return slate, sorted(
        json.loads(report or "[]"), key=lambda c: (c["check"] != "drift", c["feature"])
    )


def lines(context: CheckContext) -> CheckResult:
    """Line coverage of the newest set against the slates before it."""
    share = line_coverage(context.r, context.day)
    what, step = "of predicted players have a line", "look at what the books' import brought"
    return _comparison("line coverage", share, coverage_collapsed(share), "{:.0%}", what, step)


def quality(context: CheckContext) -> CheckResult:
    """Mean feature quality of the newest set against the slates before it."""
    mean = mean_quality(context.r, context.day)
    what, step = "is the mean quality", "tipoff slate DATE --refusals names what is missing"
    return _comparison("feature quality", mean, quality_collapsed(mean), "{:.1f}", what, step)


def drift(context: CheckContext) -> CheckResult:
    """Features whose mean has left the range of the snapshots before."""
    slate, verdicts = drifted(context.r, context.day)
    count = sum(c["check"] == "drift" for c in verdicts)
    level: Level = "problem" if count else "note" if verdicts else "ok"
    detail = [{k: c[k] for k in ("check", "feature", "detail")} for c in verdicts]
    what = f"{count} features of {slate} drifted from the snapshots before it"
    if slate is None:
        what = "no published set to look at"
    step = "tipoff explain ID shows a feature's source rows" if verdicts else ""
    return check_result("feature drift", level, len(verdicts), what, detail, step)


def unhealthy(context: CheckContext) -> tuple[list[Decay], int]:
    """Models and markets that are not healthy, the worst first, and how many were judged."""
    day = context.day or clock.open_night(context.now) + timedelta(days=1)
    states = decay_states(context.r, day)
    order = {"blocked": 0, "degrading": 1, "watch": 2}
    bad = sorted((d for d in states if d.state in order), key=lambda d: order[d.state])
    return bad, len(states)


def decaying(context: CheckContext) -> CheckResult:
    """Models whose newest graded slates are not what they should be."""
    bad, judged = unhealthy(context)
    worse = any(d.state != "watch" for d in bad)
    detail = [{"market": d.market, "model": d.model, "state": d.state, "why": d.reason}
              for d in bad[:DETAIL_ROWS]]  # fmt: skip
    level: Level = "problem" if worse else "note" if bad else "ok"
    step = "tipoff models review shows every figure and blocks what must go; train it again"
    summary = f"{len(bad)} of {judged} graded models and markets are not healthy"
    return check_result("decaying models", level, len(bad), summary, detail, step if bad else "")


def _compared(r: Reader, sql: str, day: date | None) -> Compared:
    rows = r.rows(sql, {"day": day, "limit": HISTORY + 1})
    if not rows or rows[0][0] != (day or rows[0][0]):
        return Compared(None, None, None, 0)
    (slate, value), before = rows[0], [v for _, v in rows[1:] if v is not None]
    usual = statistics.median(before) if len(before) >= LEAST_HISTORY else None
    return Compared(slate, value, usual, len(before))


def _known(figure: Compared) -> bool:
    return figure.value is not None and figure.usual is not None


def _comparison(
    name: str, figure: Compared, bad: bool, form: str, what: str, step: str
) -> CheckResult:
    if figure.slate is None or figure.value is None:
        return check_result(name, "problem" if bad else "ok", 0, "no published set to look at")
    usual = (
        f"usual is {form.format(figure.usual)}"
        if figure.usual is not None
        else (f"nothing is usual yet: {figure.history} slates before it")
    )
    text = f"{form.format(figure.value)} {what} on {figure.slate}; {usual}"
    return check_result(name, "problem" if bad else "ok", int(bad), text, [], step if bad else "")


def broken_plugins(_context: CheckContext) -> CheckResult:
    """Plug-ins that could not be loaded."""
    detail = [{"plugin": name, "why": error.message} for name, error in BROKEN.items()]
    step = "mend them, or take them off the list; what needs them is refused until then"
    return check_result(
        "broken plug-ins", "problem" if detail else "ok", len(detail),
        f"{len(detail)} plug-ins that cannot be loaded", detail[:DETAIL_ROWS],
        step if detail else "",
    )  # fmt: skip
