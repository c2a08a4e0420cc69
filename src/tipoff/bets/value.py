"""What a price is worth: how much of a bankroll to stake on it. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tipoff.league.odds import Numbers, american_to_decimal

Floats = NDArray[np.float64]


def growth_share(p_win: Numbers, p_push: Numbers, price: Numbers) -> Floats:
    """The share of a bankroll that maximises E log(wealth), shape of the broadcast, >= 0.

    With b = decimal - 1 and p_lose = 1 - p_win - p_push, E log = p_win log(1 + f b) +
    p_lose log(1 - f) + p_push log 1, whose maximum is at
    f = (p_win b - p_lose) / (b (p_win + p_lose)) (Kelly 1956, a push being a bet not made).
    0 where the bet is worth nothing, NaN where the price is no price.
    """
    win, push = np.asarray(p_win, np.float64), np.asarray(p_push, np.float64)
    gain = american_to_decimal(price) - 1.0
    lose = 1.0 - win - push
    decided = np.maximum(win + lose, 1e-12)
    return np.asarray(np.maximum((win * gain - lose) / (gain * decided), 0.0))


def stake_share(
    p_win: Numbers, p_push: Numbers, price: Numbers, *, fraction: float, cap: float
) -> Floats:
    """Fractional Kelly with a cap: min(cap, fraction x `growth_share`), a share of bankroll."""
    return np.asarray(np.minimum(fraction * growth_share(p_win, p_push, price), cap))
