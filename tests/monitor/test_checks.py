"""What doctor looks at: each check finds its problem, and is silent where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.monitor.sets import history, late_injury, publish_copy
from tipoff.cli import app
from tipoff.forecast import reconcile
from tipoff.grading import grade
from tipoff.lake import Lake
from tipoff.monitor import CHECKS, Check, CheckContext
from tipoff.monitor.slates import empty, stale, ungraded, unpublished
from tipoff.monitor.stored import lake_files
from tipoff.monitor.trends import decaying, drift, lines, quality
from tipoff.results.health import CheckResult

HOUR = timedelta(hours=1)


def ask(lake: Lake, check: Check, day: date | None, now: datetime) -> CheckResult:
    with lake.reading() as r:
        return check(CheckContext(r, day, now, lake))


def test_a_date_with_games_and_no_set_is_a_problem_once_it_is_due(
    lake: Lake, slate_day: date, tip: datetime
) -> None:
    due, early = (ask(lake, unpublished, slate_day, tip - h * HOUR) for h in (1, 5))
    assert (due.level, due.count, due.detail[0]["date"]) == ("problem", 1, slate_day)
    assert early.level == "note"


def test_a_published_date_is_not_missing(published: Lake, slate_day: date, tip: datetime) -> None:
    assert ask(published, unpublished, slate_day, tip - HOUR).level == "ok"


def test_without_a_date_only_nights_around_today_are_looked_at(lake: Lake, tip: datetime) -> None:
    result = ask(lake, unpublished, None, tip)
    assert result.level == "problem"
    assert {row["date"] for row in result.detail} <= {
        tip.date() + timedelta(days=d) for d in range(-9, 3)
    }
    assert ask(lake, unpublished, None, tip + timedelta(days=400)).count == 0


def test_a_set_without_a_prediction_is_a_problem(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    assert ask(published, empty, slate_day, tip).level == "ok"
    publish_copy(published, slate_day, slate_day, predicted=0)
    assert ask(published, empty, slate_day, tip).level == "problem"


def test_news_before_tip_off_makes_a_set_stale_and_a_problem_until_the_games_begin(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    late_injury(published, slate_day, tip + HOUR)
    assert ask(published, stale, slate_day, tip - HOUR).level == "ok", "it was not known by then"
    late_injury(published, slate_day, tip - HOUR)
    assert ask(published, stale, slate_day, tip - HOUR).level == "problem"
    assert ask(published, stale, slate_day, tip + HOUR).level == "note"


def test_news_that_became_known_since_makes_an_early_set_stale_though_it_read_right(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    late_injury(published, slate_day, tip - 2 * HOUR)
    early = {"as_of": tip - 5 * HOUR, "models": ["ewma_hl8"], "markets": ["points"]}
    reconcile(published, slate_day, reason="made early", **early)  # type: ignore[arg-type]
    assert ask(published, stale, slate_day, tip - HOUR).level == "problem"
    assert ask(published, stale, slate_day, tip + HOUR).level == "ok", (
        "an early answer is not wrong"
    )


def test_final_games_without_grades_are_a_problem_until_graded(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    result = ask(published, ungraded, slate_day, tip + 24 * HOUR)
    assert result.level == "problem"
    assert result.detail[0]["rows"] == result.count > 0
    assert ask(published, ungraded, slate_day, tip + HOUR).count == 0, "no result is known yet"
    grade(published, slate_day)
    assert ask(published, ungraded, slate_day, tip + 24 * HOUR).level == "ok"


def test_lines_of_far_fewer_players_than_usual_are_a_problem(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    assert "nothing is usual yet" in ask(published, lines, slate_day, tip).summary
    history(published, slate_day)
    publish_copy(published, slate_day, slate_day)
    assert ask(published, lines, slate_day, tip).level == "ok"
    publish_copy(published, slate_day, slate_day, lines=False)
    result = ask(published, lines, slate_day, tip)
    assert (result.level, result.count) == ("problem", 1)
    assert result.summary.startswith("0% of predicted players")


@pytest.mark.parametrize(
    ("now", "before", "level"),
    [(95.0, 96.0, "ok"), (80.0, 96.0, "problem"), (80.0, 85.0, "ok"), (60.0, None, "problem")],
)
def test_quality_collapses_under_the_usual_or_under_what_anything_may_be(
    published: Lake, slate_day: date, tip: datetime, now: float, before: float | None, level: str
) -> None:
    if before is not None:
        history(published, slate_day, 5, quality=before)
    publish_copy(published, slate_day, slate_day, quality=now)
    assert ask(published, quality, slate_day, tip).level == level


def test_a_feature_that_drifted_when_the_snapshot_was_built_is_a_problem(
    published: Lake, slate_day: date, tip: datetime
) -> None:
    assert ask(published, drift, slate_day, tip).level != "problem"
    said = [{"check": "drift", "feature": "fatigue", "detail": "far", "blocks": False}]
    publish_copy(published, slate_day, slate_day, report=json.dumps(said))
    result = ask(published, drift, slate_day, tip)
    assert (result.level, result.detail[0]["feature"]) == ("problem", "fatigue")


@pytest.mark.parametrize("check", [lines, quality, drift, decaying])
def test_a_date_without_a_set_is_no_problem_of_a_sets_contents(
    published: Lake, slate_day: date, tip: datetime, check: Check
) -> None:
    assert ask(published, check, slate_day - timedelta(days=1), tip).level == "ok"


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(("harm", "fault"), [(Path.unlink, "missing"), (_cut, "bytes, recorded")])
def test_a_file_that_is_gone_or_cut_short_is_a_problem(
    published: Lake, tip: datetime, harm: Callable[[Path], None], fault: str
) -> None:
    assert ask(published, lake_files, None, tip).level == "ok"
    harm(sorted((Path(published.location) / "data" / "league" / "official").glob("*.parquet"))[0])
    result = ask(published, lake_files, None, tip)
    assert (result.level, result.count) == ("problem", 1)
    assert fault in str(result.detail[0]["fault"])


def test_a_model_file_that_is_gone_is_a_problem(published: Lake, tip: datetime) -> None:
    next((Path(published.location) / "models").glob("*.cbm")).unlink()
    assert ask(published, lake_files, None, tip).count == 1


def test_doctor_exits_with_1_on_a_problem_only_when_strict(
    published: Lake, slate_day: date
) -> None:
    asked = ["--lake", published.location, "doctor", slate_day.isoformat()]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["problems"] == 1, "the night is over and nobody graded it"
    assert len(report["checks"]) == len(CHECKS)
    assert CliRunner().invoke(app, [*asked, "--strict"]).exit_code == 1
    grade(published, slate_day)
    assert CliRunner().invoke(app, [*asked, "--strict"]).exit_code == 0
