"""Probabilities to American odds, with the book's margin inside."""

import numpy as np
from scipy.special import ndtr

from tipoff.sources.simulator.constants import Floats

_MARGIN_SD = 13.5


def american(probability: Floats, vig: float) -> Floats:
    """Whole American odds of outcomes whose implied probability is p (1 + vig)."""
    implied = np.clip(probability * (1 + vig), 0.02, 0.97)
    odds = np.where(implied > 0.5, -100 * implied / (1 - implied), 100 * (1 - implied) / implied)
    whole = np.round(odds)
    return np.where(np.abs(whole) < 100, 100.0, whole)


def moneyline(margin: Floats, vig: float) -> Floats:
    """Odds to win of a side expected to win by `margin` points."""
    return american(ndtr(margin / _MARGIN_SD), vig)
