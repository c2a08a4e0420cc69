"""Edge, EV, fair odds and picks against plain arithmetic."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipoff.forecast.recommend import NO_LINE, OVER, PASS, UNDER, recommend
from tipoff.models.pmf import Pmf, negative_binomial
from tipoff.settings import Settings

SETTINGS = Settings(min_edge=1.0, min_edge_share=0.08, min_probability=0.5)


def pmf_of(*rows: list[float]) -> Pmf:
    return Pmf(np.array(rows, dtype=np.float64))


def one(
    pmf: Pmf, line: float, over: float = math.nan, under: float = math.nan
) -> dict[str, object]:
    made = recommend(pmf, np.array([line]), np.array([over]), np.array([under]), SETTINGS)
    return {k: v[0] for k, v in vars(made).items()}


def test_without_a_line_nothing_is_priced_and_the_pick_says_so() -> None:
    row = one(pmf_of([0.5, 0.5]), math.nan, 100.0, -120.0)
    assert row["recommendation"] == NO_LINE
    for name in ("p_over", "p_push", "edge", "ev", "fair_over", "fair_under"):
        assert math.isnan(float(str(row[name])))


def test_an_over_is_picked_and_its_ev_uses_the_over_price() -> None:
    row = one(pmf_of([0.1, 0.1, 0.1, 0.7]), 1.5, over=-110.0, under=-110.0)
    p = 0.8
    assert row["recommendation"] == OVER
    assert row["p_over"] == pytest.approx(p)
    assert row["ev"] == pytest.approx(p * (100 / 110) - (1 - p))
    assert row["fair_over"] == pytest.approx(-400)
    assert row["fair_under"] == pytest.approx(400)


def test_an_under_is_picked_at_its_own_price_and_a_push_returns_the_stake() -> None:
    row = one(pmf_of([0.6, 0.1, 0.2, 0.1]), 2.0, over=120.0, under=-140.0)
    assert row["recommendation"] == UNDER
    assert row["p_push"] == pytest.approx(0.2)
    assert row["ev"] == pytest.approx(0.7 * (100 / 140) - 0.1)


def test_a_pick_without_a_real_price_has_no_ev() -> None:
    row = one(pmf_of([0.1, 0.1, 0.1, 0.7]), 1.5)
    assert row["recommendation"] == OVER
    assert math.isnan(float(str(row["ev"])))


def test_a_small_edge_is_a_pass() -> None:
    mean = np.array([20.0])
    median = float(negative_binomial(mean, 3.0, 90).median()[0])
    assert one(negative_binomial(mean, 3.0, 90), median - 0.4)["recommendation"] == PASS
    assert one(negative_binomial(mean, 3.0, 90), median - 1.4)["recommendation"] == OVER


@given(
    mean=st.floats(0.3, 40),
    spread=st.floats(1.0, 4.0),
    line=st.integers(0, 80).map(lambda k: k / 2),
)
def test_picks_follow_the_sign_of_the_edge_and_probabilities_add_up(
    mean: float, spread: float, line: float
) -> None:
    pmf = negative_binomial(np.array([mean]), spread, 130)
    row = one(pmf, line, -110.0, -110.0)
    edge, pick = float(str(row["edge"])), row["recommendation"]
    assert pick != OVER or edge > 0
    assert pick != UNDER or edge < 0
    under = float(pmf.p_under(np.array([line]))[0])
    assert float(str(row["p_over"])) + float(str(row["p_push"])) + under == pytest.approx(1)
