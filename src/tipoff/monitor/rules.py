"""The rules: each looks at the lake and gives the alerts that hold now. None remembers anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from tipoff.monitor.alert import Alert
from tipoff.monitor.slates import Night, nights, staleness_reasons
from tipoff.monitor.trends import (
    coverage_collapsed,
    drifted,
    line_coverage,
    mean_quality,
    quality_collapsed,
    unhealthy,
)

if TYPE_CHECKING:
    from tipoff.monitor.context import CheckContext
    from tipoff.settings import Settings

Rule = Callable[["CheckContext", "Settings"], Iterator[Alert]]

_GAP = """
  SELECT p.slate, list_sort(list(DISTINCT p.game_id)) AS games, count(*) AS rows
  FROM forecast.current_prediction p
  ANTI JOIN grading.current_grade k ON k.run_id = p.run_id AND k.prediction_id = p.prediction_id
  WHERE p.tipoff < $late AND p.slate >= $first AND ($day::DATE IS NULL OR p.slate = $day)
  GROUP BY p.slate ORDER BY p.slate"""
_GAP_DAYS = timedelta(days=30)
"""Older gaps are no news: `tipoff doctor` lists them."""


def missing_slate(context: CheckContext, settings: Settings) -> Iterator[Alert]:
    """Games are soon to begin, or have begun, and nothing is published."""
    for night in nights(context):
        if night.run_id is None and _near(context, night, settings):
            text = f"{night.games} games from {night.first_tipoff:%H:%M} UTC, nothing published"
            yield Alert("missing_slate", night.day, text, f"tipoff run {night.day}")


def zero_predictions(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
    """A published set expected predictions and holds none."""
    for night in nights(context):
        if night.run_id and night.expected and not night.predicted:
            text = f"all of {night.expected} expected predictions were refused"
            step = f"tipoff slate {night.day} --refusals"
            yield Alert("zero_predictions", night.day, text, step, {"run": night.run_id})


def stale_slate(context: CheckContext, settings: Settings) -> Iterator[Alert]:
    """Tip-off is near, and the published set was overtaken by facts or shows a withdrawn model."""
    for night in nights(context):
        soon = _near(context, night, settings) and context.now < night.first_tipoff
        why = staleness_reasons(context, night) if soon and night.run_id else []
        if why:
            reasons = "; ".join(cause.text for cause in why)
            text = f"{reasons}; first tip-off {night.first_tipoff:%H:%M} UTC"
            step = f"tipoff run {night.day}"
            gone = sorted(f"{c.model} {c.event}" for c in why if c.model)
            state = {"run": night.run_id} | ({"gone": gone} if gone else {})
            yield Alert("stale_slate", night.day, text, step, state)


def quality_collapse(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
    """The newest set's features are far worse than usual, or than anything may be."""
    mean = mean_quality(context.r, context.day)
    if quality_collapsed(mean):
        usual = "" if mean.usual is None else f", usual is {mean.usual:.1f}"
        text = f"mean feature quality {mean.value or 0:.1f}{usual}"
        yield Alert("quality_collapse", mean.slate, text, f"tipoff slate {mean.slate} --refusals")


def low_line_coverage(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
    """Far fewer of the newest set's players have a line than usual."""
    share = line_coverage(context.r, context.day)
    if coverage_collapsed(share):
        text = f"{share.value:.0%} of predicted players have a line, usual is {share.usual:.0%}"
        yield Alert("line_coverage", share.slate, text, "look at what the books' import brought")


def drift(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
    """Features of the newest set are far from the snapshots before it."""
    slate, verdicts = drifted(context.r, context.day)
    names = [c["feature"] for c in verdicts if c["check"] == "drift"]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        text = f"{', '.join(names[:3])}{more} drifted from the snapshots before"
        yield Alert("drift", slate, text, f"tipoff doctor {slate}", {"features": names})


def decay(context: CheckContext, _settings: Settings) -> Iterator[Alert]:
    """A model's newest graded slates say that it is degrading, or must go."""
    for bad in unhealthy(context)[0]:
        if bad.state != "watch":
            text = f"{bad.model} in {bad.market} is {bad.state}: {bad.reason}"
            state = {"model": bad.model, "market": bad.market, "state": bad.state}
            yield Alert("decay", None, text, "tipoff models review", state)


def grading_gap(context: CheckContext, settings: Settings) -> Iterator[Alert]:
    """Games that began long ago have predictions nobody graded."""
    late = context.now - timedelta(hours=settings.alert_grading_hours)
    first = context.day or (context.now - _GAP_DAYS).date()
    for slate, games, rows in context.r.rows(_GAP, context.params | {"late": late, "first": first}):
        text = f"{rows} predictions of {len(games)} games lack a grade"
        yield Alert("grading_gap", slate, text, f"tipoff grade {slate}", {"games": games})


RULES: dict[str, Rule] = {
    "missing_slate": missing_slate,
    "zero_predictions": zero_predictions,
    "stale_slate": stale_slate,
    "quality_collapse": quality_collapse,
    "line_coverage": low_line_coverage,
    "drift": drift,
    "decay": decay,
    "grading_gap": grading_gap,
}
"""Rule name -> rule; where its alerts go is the setting `alert_<name>`."""


def _near(context: CheckContext, night: Night, settings: Settings) -> bool:
    return context.now >= night.first_tipoff - timedelta(minutes=settings.alert_lead_minutes)
