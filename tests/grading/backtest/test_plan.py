"""When models are fitted again, and what a plan may ask for."""

from datetime import date, timedelta

import pytest

from tipoff.errors import UsageError
from tipoff.grading.backtest import make_plan
from tipoff.grading.backtest.plan import REFITS, windows

START, END = date(2024, 11, 27), date(2025, 1, 3)


@pytest.mark.parametrize("refit", REFITS)
def test_windows_hold_every_date_once_in_order(refit: str) -> None:
    spans = make_plan(START, END, refit=refit).windows
    held = [w.first + timedelta(days=i) for w in spans for i in range((w.last - w.first).days + 1)]
    assert held == [START + timedelta(days=i) for i in range((END - START).days + 1)]


def test_refit_days_are_mondays_or_firsts_of_a_month_or_every_day() -> None:
    assert {w.first.weekday() for w in windows(START, END, "weekly")[1:]} == {0}
    monthly = [w.first for w in windows(START, END, "monthly")]
    assert monthly == [START, date(2024, 12, 1), date(2025, 1, 1)]
    assert all(w.first == w.last for w in windows(START, END, "daily"))


def test_the_line_and_the_ewma_always_take_part() -> None:
    assert [s.model for s in make_plan(START, END).specs] == ["ewma_hl8", "line"]
    asked = make_plan(START, END, models=["line", "season_mean"])
    assert [s.model for s in asked.specs] == ["ewma_hl8", "line", "season_mean"]


def test_a_plan_reads_the_line_of_every_market_even_if_no_model_covers_it() -> None:
    plan = make_plan(START, END, ["rebounds"], ["catboost_v9"])
    assert "line_rebounds" in plan.names
    assert plan.covered(next(s for s in plan.specs if s.model == "catboost_v9")) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end": START - timedelta(days=1)}, "before it starts"),
        ({"markets": ["goals"]}, "no market is called"),
        ({"models": ["oracle"]}, "no model is called"),
        ({"models": ["plays"]}, "plays predicts no market"),
        ({"refit": "hourly"}, "refit"),
    ],
)
def test_what_cannot_be_asked_is_said(changes: dict[str, object], words: str) -> None:
    asked: dict[str, object] = {"start": START, "end": END} | changes
    with pytest.raises(UsageError, match=words):
        make_plan(**asked)  # type: ignore[arg-type]
