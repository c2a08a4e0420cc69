"""Prices and probabilities: American and decimal odds, the overround, and what is left without it.

Every function takes anything numpy can make an array of (None is missing) and answers float64
arrays of the broadcast shape, NaN where the answer does not exist. Prices are American odds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Numbers = ArrayLike | Sequence[float | None] | None
Method = Literal["power", "multiplicative", "shin"]

LOWEST, HIGHEST = 100.0, 20_000.0
"""A price outside 100 <= |p| <= 20,000 is a placeholder, not an offer anyone could take."""

_BISECTIONS = 60


def valid_price(price: Numbers) -> NDArray[np.bool_]:
    """Whether each is an American price: 100 <= |p| <= 20,000."""
    size = np.abs(_floats(price))
    return np.asarray((size >= LOWEST) & (size <= HIGHEST))


def american_to_decimal(price: Numbers) -> Floats:
    """Decimal odds (what one unit returns, stake included); NaN where the price is not valid."""
    p = np.where(valid_price(price), _floats(price), np.nan)
    return np.asarray(1.0 + np.where(p > 0, p / 100.0, -100.0 / p))


def decimal_to_american(decimal: Numbers) -> Floats:
    """American odds of decimal odds above 1, even money as +100; NaN for anything else."""
    profit = _floats(decimal) - 1.0
    profit = np.where((profit > 0) & np.isfinite(profit), profit, np.nan)
    return np.asarray(np.where(profit >= 1.0, 100.0 * profit, -100.0 / profit))


def implied_probability(price: Numbers) -> Floats:
    """1 / decimal odds, the overround still inside."""
    return np.asarray(1.0 / american_to_decimal(price))


def break_even(price: Numbers) -> Floats:
    """The share of decided bets that must win at this price to lose nothing: 1 / decimal odds."""
    return implied_probability(price)


def overround(over: Numbers, under: Numbers) -> Floats:
    """Sum of both implied probabilities minus 1; NaN unless both sides are priced."""
    return np.asarray(implied_probability(over) + implied_probability(under) - 1.0)


def no_vig_over(
    over: Numbers, under: Numbers, method: Method = "power", pickem: ArrayLike = False
) -> Floats:
    """P(over | no push) with the overround taken out of two-sided prices.

    power: k with q_over^k + q_under^k = 1, found to machine precision (Vovk and Zhdanov 2009);
    multiplicative: q_over / (q_over + q_under); shin: Shin 1993, solved for two outcomes.
    NaN where a side is missing or not a price, and for pick'em lines, whose payouts are fixed.
    """
    prices = np.where(np.asarray(pickem, dtype=bool), np.nan, _floats(over))
    # A complex number carries the pair: books quote a few hundred distinct pairs of prices.
    pairs, back = np.unique(prices + 1j * _floats(under), return_inverse=True)
    q_over, q_under = implied_probability(pairs.real), implied_probability(pairs.imag)
    answer = np.full(pairs.shape, np.nan)
    both = ~np.isnan(q_over + q_under)
    answer[both] = _METHODS[method](q_over[both], q_under[both])
    return np.asarray(answer[back]).reshape(np.broadcast(prices, _floats(under)).shape)


def fair_american(probability: Numbers) -> Floats:
    """American odds at which a bet of that probability breaks even; NaN at 0, 1 and beyond."""
    p = _floats(probability)
    return decimal_to_american(1.0 / np.where((p > 0) & (p < 1), p, np.nan))


def expected_value(p_win: Numbers, p_push: Numbers, price: Numbers) -> Floats:
    """Expected profit per unit staked: p_win (decimal - 1) - p_loss; a push returns the stake."""
    win, push = _floats(p_win), _floats(p_push)
    return np.asarray(win * (american_to_decimal(price) - 1.0) - (1.0 - win - push))


def _floats(values: Numbers) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _power(q_over: Floats, q_under: Floats) -> Floats:
    # The larger q alone makes the sum <= 1 at the exponent where its power is a half, the smaller
    # q makes it >= 1: the root lies between, whichever way the book is out.
    top, bottom = np.maximum(q_over, q_under), np.minimum(q_over, q_under)
    low, high = np.log(0.5) / np.log(bottom), np.log(0.5) / np.log(top)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        above = q_over**middle + q_under**middle > 1.0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    over, under = q_over**high, q_under**high
    return np.asarray(over / (over + under))


def _multiplicative(q_over: Floats, q_under: Floats) -> Floats:
    return q_over / (q_over + q_under)


def _shin(q_over: Floats, q_under: Floats) -> Floats:
    # In Python's own arithmetic, step by step as the library `shin` has it: equal to it in every
    # bit, where the short form of two outcomes, (1 + q_over - q_under) / 2, is not.
    chances = []
    for over, under in zip((1.0 / q_over).tolist(), (1.0 / q_under).tolist(), strict=True):
        a, b = 1.0 / over, 1.0 / under
        total, apart = a + b, a - b
        z = (total - 1) * (apart**2 - total) / (total * (apart**2 - 1))
        chances.append((math.sqrt(z**2 + 4 * (1 - z) * a**2 / total) - z) / (2 * (1 - z)))
    return np.array(chances, dtype=np.float64)


_METHODS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "multiplicative": _multiplicative,
    "power": _power,
    "shin": _shin,
}
