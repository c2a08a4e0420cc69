"""Odds against independent roots and closed forms, and what must hold for every price."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tipoff.league.odds import (
    Method,
    american_to_decimal,
    break_even,
    decimal_to_american,
    expected_value,
    fair_american,
    implied_probability,
    no_vig_over,
    overround,
    valid_price,
)

METHODS: tuple[Method, ...] = ("power", "multiplicative", "shin")
prices = st.one_of(st.floats(100, 20_000), st.floats(-20_000, -100))
probabilities = st.floats(0.005, 0.995)


def by_hand(price: float) -> float:
    """The textbook's two formulas for the implied probability."""
    return 100 / (price + 100) if price > 0 else -price / (-price + 100)


def oracle(method: Method, over: float, under: float) -> float:
    a, b = by_hand(over), by_hand(under)
    if method == "multiplicative":
        return a / (a + b)
    if method == "shin":
        return (1 + a - b) / 2  # of two outcomes, Shin's is the additive method
    k = brentq(lambda k: a**k + b**k - 1, 1e-3, 500, xtol=1e-14, rtol=1e-14)
    return math.pow(a, k)


@given(prices.filter(lambda price: abs(price) < 19_999))  # rounding may leave the valid range
def test_decimal_and_american_odds_are_each_others_inverse(price: float) -> None:
    decimal = float(american_to_decimal(price))
    back = float(decimal_to_american(decimal))
    # Even money has two spellings, -100 and +100: within rounding of it only the odds must agree.
    assert float(american_to_decimal(back)) == pytest.approx(decimal, rel=1e-12)
    assert back == pytest.approx(price, rel=1e-9) or abs(decimal - 2) < 1e-9
    assert float(implied_probability(price)) == pytest.approx(by_hand(price), rel=1e-12)


@given(over=prices, under=prices)
def test_shin_is_the_librarys_to_the_bit(over: float, under: float) -> None:
    library = pytest.importorskip("shin", reason="it has no wheel for this Python")
    decimals = [float(1.0 / implied_probability(price)) for price in (over, under)]
    expected, _ = library.calculate_implied_probabilities(decimals)
    assert float(no_vig_over(over, under, "shin")).hex() == float(expected).hex()


@pytest.mark.parametrize("method", METHODS)
@given(over=prices, under=prices)
def test_no_vig_matches_an_independent_root(method: Method, over: float, under: float) -> None:
    expected = oracle(method, over, under)
    assert float(no_vig_over(over, under, method)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@given(over=prices, under=prices)
def test_both_sides_add_up_to_one_and_keep_their_order(
    method: Method, over: float, under: float
) -> None:
    chance = float(no_vig_over(over, under, method))
    assert 0 < chance < 1
    assert chance + float(no_vig_over(under, over, method)) == pytest.approx(1, abs=1e-9)
    if by_hand(over) > by_hand(under):
        assert chance >= 0.5 - 1e-12


@pytest.mark.parametrize("method", METHODS)
@given(probability=probabilities)
def test_fair_prices_lose_nothing_to_the_method(method: Method, probability: float) -> None:
    over, under = fair_american(probability), fair_american(1 - probability)
    assert float(no_vig_over(over, under, method)) == pytest.approx(probability, abs=1e-9)


def test_power_leaves_a_favourite_more_than_the_multiplicative_method_does() -> None:
    chances = [float(no_vig_over(-150, 120, m)) for m in METHODS]
    assert chances == pytest.approx([0.5747, 0.5690, 0.5727], abs=5e-5)


@pytest.mark.parametrize("method", METHODS)
def test_one_sided_placeholder_and_pickem_prices_give_no_probability(method: Method) -> None:
    over = [-110, None, -110, -110, 99, -100_000, 0, math.nan, -137]
    under = [-110, -110, None, 100_000, -110, -110, -110, -110, -137]
    pickem = [False] * 8 + [True]
    chances = no_vig_over(over, under, method, pickem)
    assert chances[0] == pytest.approx(0.5)
    assert np.isnan(chances[1:]).all()


def test_prices_are_valid_from_100_to_20000_either_way() -> None:
    valid = valid_price([-20_001, -20_000, -100, -99.9, 0, 99.9, 100, 20_000, 20_001, None])
    assert valid.tolist() == [False, True, True, False, False, False, True, True, False, False]


def test_shapes_are_kept_and_scalars_broadcast() -> None:
    assert no_vig_over(-110, [[-110, 100], [105, -120]]).shape == (2, 2)
    assert no_vig_over(-110, -110).shape == ()
    assert no_vig_over([], []).shape == (0,)


def test_break_even_at_a_usual_overround_is_about_53_and_a_half_percent() -> None:
    assert float(break_even(-115)) == pytest.approx(115 / 215)
    assert float(overround(-115, -115)) == pytest.approx(2 * 115 / 215 - 1)
    assert np.isnan(overround(-115, None))


@given(probabilities)
def test_fair_odds_of_a_probability_imply_it_again(probability: float) -> None:
    assert float(implied_probability(fair_american(probability))) == pytest.approx(probability)


def test_fair_odds_do_not_exist_for_the_certain_and_the_impossible() -> None:
    assert np.isnan(fair_american([0.0, 1.0, -0.1, 1.1, math.nan])).all()
    assert float(fair_american(0.5)) == 100


@given(prices, probabilities, st.floats(0, 1))
def test_expected_value_is_what_the_three_outcomes_pay(
    price: float, p_win: float, share: float
) -> None:
    p_push = share * (1 - p_win)
    profit = price / 100 if price > 0 else 100 / -price
    by_outcome = p_win * profit + p_push * 0 + (1 - p_win - p_push) * -1
    assert float(expected_value(p_win, p_push, price)) == pytest.approx(by_outcome, abs=1e-9)


@given(prices)
def test_betting_at_break_even_is_worth_nothing(price: float) -> None:
    assert float(expected_value(break_even(price), 0, price)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_better_over_price_means_a_lower_chance(method: Method) -> None:
    chances = no_vig_over([-200, -150, -110, 100, 130], -110, method).tolist()
    assert all(a > b for a, b in pairwise(chances))
