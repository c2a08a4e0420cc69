"""Every rule fires when its problem is there, and is silent when it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta

import pytest

from tests.grading.graded import graded
from tests.monitor.sets import history, late_injury, publish_copy
from tipoff.features import batch_checks, load_snapshot
from tipoff.grading import grade
from tipoff.lake import Lake
from tipoff.monitor import RULES, Alert, CheckContext
from tipoff.settings import ALERT_RULES, Settings

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
Case = Callable[[Lake, date, datetime], datetime]
"""Makes a lake with a problem or without, and answers what time it is."""


def nothing_published(lake: Lake, day: date, tip: datetime) -> datetime:
    lake.write(lambda w: w.rows("DELETE FROM forecast.publication"))
    return tip - 30 * MINUTE


def nothing_published_and_hours_to_go(lake: Lake, day: date, tip: datetime) -> datetime:
    return nothing_published(lake, day, tip) - 3 * HOUR


def as_it_should_be(lake: Lake, day: date, tip: datetime) -> datetime:
    return tip - 30 * MINUTE


def all_refused(lake: Lake, day: date, tip: datetime) -> datetime:
    publish_copy(lake, day, day, predicted=0)
    return tip - HOUR


def news_came_in(lake: Lake, day: date, tip: datetime) -> datetime:
    late_injury(lake, day, tip - HOUR)
    return tip - 30 * MINUTE


def news_came_in_and_games_have_begun(lake: Lake, day: date, tip: datetime) -> datetime:
    return news_came_in(lake, day, tip) + HOUR


def poor_quality(lake: Lake, day: date, tip: datetime) -> datetime:
    publish_copy(lake, day, day, quality=65.0)
    return tip - HOUR


def no_lines(lake: Lake, day: date, tip: datetime) -> datetime:
    history(lake, day, 5)
    publish_copy(lake, day, day, lines=False)
    return tip - HOUR


def no_lines_ever(lake: Lake, day: date, tip: datetime) -> datetime:
    history(lake, day, 5, lines=False)
    publish_copy(lake, day, day, lines=False)
    return tip - HOUR


def far_from_before(lake: Lake, day: date, tip: datetime) -> datetime:
    return _checked_against(lake, day, tip, 60.0)


def near_to_before(lake: Lake, day: date, tip: datetime) -> datetime:
    return _checked_against(lake, day, tip, 0.0)


def _checked_against(lake: Lake, day: date, tip: datetime, off: float) -> datetime:
    with lake.reading() as r:
        snapshot = load_snapshot(r, r.value("SELECT snapshot_id FROM forecast.run"))
    mean = float(snapshot.frame["points_avg_last_5"].mean())  # type: ignore[arg-type]
    means = [mean + off + wobble for wobble in (-0.5, -0.2, 0.0, 0.2, 0.5)]
    said = [asdict(c) for c in batch_checks(snapshot, {"points_avg_last_5": means})]
    publish_copy(lake, day, day, report=json.dumps(said))
    return tip - HOUR


def _past(day: date) -> list[date]:
    return [day - timedelta(days=back) for back in range(14, 0, -1)]


def a_model_is_far_off(lake: Lake, day: date, tip: datetime) -> datetime:
    graded(lake, "catboost_v9", _past(day), 3.0)
    return tip - HOUR


def a_model_is_right(lake: Lake, day: date, tip: datetime) -> datetime:
    graded(lake, "catboost_v9", _past(day), 0.0)
    return tip - HOUR


def not_graded(lake: Lake, day: date, tip: datetime) -> datetime:
    return tip + 30 * HOUR


def not_graded_yet(lake: Lake, day: date, tip: datetime) -> datetime:
    return tip + 17 * HOUR


def all_graded(lake: Lake, day: date, tip: datetime) -> datetime:
    grade(lake, day)
    return tip + 30 * HOUR


FIRES: dict[str, Case] = {
    "missing_slate": nothing_published, "zero_predictions": all_refused,
    "stale_slate": news_came_in, "quality_collapse": poor_quality, "line_coverage": no_lines,
    "drift": far_from_before, "decay": a_model_is_far_off, "grading_gap": not_graded,
}  # fmt: skip
SILENT: list[tuple[str, Case]] = [
    ("missing_slate", nothing_published_and_hours_to_go), ("missing_slate", as_it_should_be),
    ("zero_predictions", as_it_should_be), ("stale_slate", as_it_should_be),
    ("stale_slate", news_came_in_and_games_have_begun), ("quality_collapse", as_it_should_be),
    ("line_coverage", no_lines_ever), ("drift", near_to_before), ("decay", a_model_is_right),
    ("grading_gap", not_graded_yet), ("grading_gap", all_graded),
]  # fmt: skip


def asked(lake: Lake, rule: str, day: date, now: datetime) -> list[Alert]:
    with lake.reading() as r:
        return list(RULES[rule](CheckContext(r, day, now, lake), Settings()))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_fires(rule: str, published: Lake, slate_day: date, tip: datetime) -> None:
    alerts = asked(published, rule, slate_day, FIRES[rule](published, slate_day, tip))
    assert [alert.rule for alert in alerts] == [rule]
    assert alerts[0].slate == (None if rule == "decay" else slate_day)
    assert alerts[0].summary
    assert alerts[0].next_step


@pytest.mark.parametrize(
    ("rule", "case"), SILENT, ids=[f"{rule}-{case.__name__}" for rule, case in SILENT]
)
def test_a_rule_is_silent(
    rule: str, case: Case, published: Lake, slate_day: date, tip: datetime
) -> None:
    assert asked(published, rule, slate_day, case(published, slate_day, tip)) == []


def test_every_rule_has_a_setting_and_a_silent_case() -> None:
    assert tuple(f"alert_{rule}" for rule in RULES) == ALERT_RULES
    assert {rule for rule, _ in SILENT} == set(RULES)
