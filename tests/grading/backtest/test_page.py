"""The page shows everything, in figures with their intervals, and is the same every time."""

import pytest

from tests.grading.backtest.conftest import MODEL
from tipoff.grading.backtest import headline, page
from tipoff.grading.backtest.page import figure, off_flat, table
from tipoff.results.backtest import BacktestBoard
from tipoff.results.grading import Estimate

pytestmark = pytest.mark.xdist_group("backtest")  # one worker makes the board, not both


def test_every_tier_month_and_reason_of_every_model_is_on_the_page(judged: BacktestBoard) -> None:
    text = page(judged, "plots")
    for market in judged.markets:
        for result in market.everyone:
            for month in result.months:
                assert f"{month.tier} |" in text
        for result in market.lined:
            for tier in result.line_tiers:
                assert f"| {tier.tier} " in text
        assert f"![pit, {market.market}](plots/pit-{market.market}.svg)" in text
    for refused in judged.about.refused:
        assert refused.reason in text
    assert "**7**" in text
    assert "SIMULATED" in text
    assert text == page(judged, "plots")


def test_a_warning_stands_above_the_tables(judged: BacktestBoard) -> None:
    text = headline(judged.model_copy(update={"warnings": ("x points: too good",)}))
    assert text.index("too good") < text.index("## points")


def test_without_a_research_log_the_page_says_so(judged: BacktestBoard) -> None:
    assert "not known" in headline(judged.model_copy(update={"trials": None}))
    assert MODEL in headline(judged)


def test_figures_carry_their_interval() -> None:
    estimate = Estimate(n=9, slates=3, value=0.5, low=0.25, high=0.75)
    assert figure(estimate, 2, "+") == "+0.50 [+0.25, +0.75]"
    assert figure(estimate.model_copy(update={"low": None}), 2) == "0.50"
    assert figure(None, 2) == "-"
    assert (
        off_flat([estimate.model_copy(update={"value": share}) for share in (0.1, 0.08)]) == "20%"
    )


def test_columns_line_up() -> None:
    lines = table(["model", "n"], [["line", "7"], ["ewma", "1234"]]).splitlines()
    assert lines == ["| model |    n |", "| ----- | ---: |", "| line  |    7 |", "| ewma  | 1234 |"]
