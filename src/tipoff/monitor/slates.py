"""Slates: dates that lack a set, sets without predictions, stale sets, nights not graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tipoff import clock
from tipoff.forecast.overtaken import Cause, overtaken
from tipoff.forecast.publish import current_publication
from tipoff.league.games import games_sql
from tipoff.monitor.context import DETAIL_ROWS, CheckContext, check_result, listed
from tipoff.results.health import CheckResult, Level

DUE = timedelta(hours=3)
"""A slate should be published this long before its first tip-off."""

BACK, AHEAD = timedelta(days=7), timedelta(days=1)
"""Without a date, nights this far back and ahead of today are looked at."""

_NIGHTS = f"""
  WITH games AS (
    SELECT game_date, count(*) AS games, min(tipoff) AS first_tipoff
    FROM {games_sql()} WHERE game_date BETWEEN $start AND $through AND known_at < tipoff
    GROUP BY ALL)
  SELECT game_date, g.games, g.first_tipoff, r.run_id, r.snapshot_id, r.expected, r.predicted
  FROM games g LEFT JOIN forecast.current_publication c ON c.slate = game_date
  LEFT JOIN forecast.run r ON r.run_id = c.run_id
  ORDER BY game_date"""

_UNGRADED = """
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


@dataclass(frozen=True)
class Night:
    """A league date with games, and the set it shows: run_id and all after it null without one."""

    day: date
    games: int
    first_tipoff: datetime
    run_id: str | None
    snapshot_id: str | None
    expected: int | None
    predicted: int | None


def nights(context: CheckContext) -> list[Night]:
    """The night of the date looked at, else those around today, oldest first."""
    today = clock.open_night(context.now)
    start, through = (context.day, context.day) if context.day else (today - BACK, today + AHEAD)
    params = {
        "start": start, "through": through, "as_of": context.now, "seq": context.r.newest_seq(),
    }  # fmt: skip
    return [Night(*row) for row in context.r.rows(_NIGHTS, params)]


def staleness_reasons(context: CheckContext, night: Night) -> list[Cause]:
    """Why a run now could make another set: facts stored or known since, models that had to go.

    Before tip-off what is known by now counts; afterwards only corrections of what was read.
    Empty when nothing is published.
    """
    publication = current_publication(context.r, night.day)
    if publication is None:
        return []
    return overtaken(context.r, publication, known_by=context.now, gone_by=context.now)


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
    old = {n: why for n in nights(context) if (why := staleness_reasons(context, n))}
    live = any(context.now < n.first_tipoff for n in old)
    what = "sets are older than facts they may read, or show a model that had to go"
    step = "tipoff run DATE rebuilds or verifies it"
    reasons = {night: "; ".join(cause.text for cause in why) for night, why in old.items()}
    return _of_nights("stale sets", list(old), live, what, step, reasons)


def ungraded(context: CheckContext) -> CheckResult:
    """Predictions of final games that nobody graded."""
    step = "tipoff grade DATE grades them, or says what they wait for"
    return listed(
        context, _UNGRADED, "ungraded finals", "predictions of final games lack a grade", step
    )


def _of_nights(
    name: str, affected: list[Night], problem: bool, what: str, step: str,
    why: Mapping[Night, str] | None = None,
) -> CheckResult:  # fmt: skip
    level: Level = "ok" if not affected else "problem" if problem else "note"
    detail = [
        {"date": night.day, "games": night.games, "first_tipoff": night.first_tipoff,
         "run": night.run_id, **({"why": why[night]} if why else {})}
        for night in affected[-DETAIL_ROWS:]
    ]  # fmt: skip
    return check_result(
        name, level, len(affected), f"{len(affected)} {what}", detail, step if affected else ""
    )
