"""Tiers at their bounds, and in what order they are told."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tipoff.grading.backtest.results import _order
from tipoff.grading.entries import _lower_bound
from tipoff.grading.tiers import with_tiers
from tipoff.markets import MARKETS

POINTS = {9.9: "under 10", 10.0: "10 to 15", 14.9: "10 to 15", 15.0: "15 to 20", 20.0: "20 to 25",
          24.9: "20 to 25", 25.0: "25+", 60.0: "25+"}  # fmt: skip
BOARDS = {2.9: "under 3", 3.0: "3 to 5", 4.9: "3 to 5", 5.0: "5 to 7", 7.0: "7 to 9",
          8.9: "7 to 9", 9.0: "9+"}  # fmt: skip
SMALL = {0.9: "under 1", 1.0: "1 to 2", 1.9: "1 to 2", 2.0: "2 to 3", 2.9: "2 to 3", 3.0: "3+"}
LINES = {
    **dict.fromkeys(("points", "pra", "pr", "pa"), POINTS),
    **dict.fromkeys(("rebounds", "assists", "ra"), BOARDS),
    **dict.fromkeys(("threes", "steals", "blocks"), SMALL),
}
EDGES = {0.0: "under 1", 0.99: "under 1", 1.0: "1 to 2", 2.0: "2 to 3", 2.99: "2 to 3",
         3.0: "3 to 5", 4.99: "3 to 5", 5.0: "5+", 40.0: "5+"}  # fmt: skip


def tiered(market: str, line: float | None, edge: float | None) -> tuple[str | None, ...]:
    schema = {"market": pl.String, "line": pl.Float64, "edge": pl.Float64, "slate": pl.Date}
    row = pl.DataFrame([[market, line, edge, date(2025, 1, 31)]], schema=schema, orient="row")
    return with_tiers(row).select("line_tier", "edge_tier", "month").row(0)


@pytest.mark.parametrize("market", MARKETS)
def test_a_line_on_a_bound_is_in_the_tier_above_it(market: str) -> None:
    for line, tier in LINES[market].items():
        assert tiered(market, line, None) == (tier, None, "2025-01")
    assert tiered(market, None, None)[0] == "no line"


def test_an_edge_on_a_bound_is_in_the_tier_above_it_on_either_side() -> None:
    for edge, tier in EDGES.items():
        assert tiered("points", 20.0, edge)[1] == tiered("points", 20.0, -edge)[1] == tier


def test_tiers_are_told_from_the_lowest_up_and_those_without_a_number_first() -> None:
    ordered = ["no line", "under 10", "3 to 5", "9+", "10 to 15", "25+"]
    mixed = [ordered[i] for i in (3, 1, 5, 0, 4, 2)]
    assert sorted(mixed, key=_order) == ordered
    parts = {(tier,): pl.DataFrame() for tier in mixed}
    assert [tier for (tier,), _ in sorted(parts.items(), key=_lower_bound)] == ordered
    months = ["2024-12", "2025-01", "2025-10"]
    mixed = [months[i] for i in (2, 0, 1)]
    parts = {(month,): pl.DataFrame() for month in mixed}
    assert [month for (month,), _ in sorted(parts.items(), key=_lower_bound)] == months
    assert sorted(mixed, key=_order) == months
