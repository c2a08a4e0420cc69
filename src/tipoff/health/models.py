"""Models that are no longer what they were."""

from __future__ import annotations

from datetime import timedelta

from tipoff import clock
from tipoff.grading.decay import Decay, decay_states
from tipoff.health.context import SHOWN, CheckContext, check_result
from tipoff.installed import BROKEN
from tipoff.results.health import CheckResult, Level


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
              for d in bad[:SHOWN]]  # fmt: skip
    level: Level = "problem" if worse else "note" if bad else "ok"
    step = "tipoff models review shows every figure and blocks what must go; train it again"
    summary = f"{len(bad)} of {judged} graded models and markets are not healthy"
    return check_result("decaying models", level, len(bad), summary, detail, step if bad else "")


def broken_plugins(_context: CheckContext) -> CheckResult:
    """Plug-ins that could not be loaded."""
    detail = [{"plugin": name, "why": error.message} for name, error in BROKEN.items()]
    step = "mend them, or take them off the list; what needs them is refused until then"
    return check_result(
        "broken plug-ins", "problem" if detail else "ok", len(detail),
        f"{len(detail)} plug-ins that cannot be loaded", detail[:SHOWN], step if detail else "",
    )  # fmt: skip
