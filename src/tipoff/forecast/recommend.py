"""Edge, fair odds, EV and the recommendation: pure functions of a pmf, a line and prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tipoff.league.odds import expected_value, fair_american

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tipoff.models.pmf import Pmf
    from tipoff.settings import Settings

    Floats = NDArray[np.float64]

OVER, UNDER, PASS, NO_LINE = "OVER", "UNDER", "PASS", "NO_LINE"


@dataclass(frozen=True)
class Picks:
    """Arrays of length n; NaN where there is no line or no real price."""

    p_over: Floats
    p_push: Floats
    fair_over: Floats
    fair_under: Floats
    edge: Floats
    ev: Floats
    recommendation: list[str]


def recommend(
    pmf: Pmf, line: Floats, over_price: Floats, under_price: Floats, settings: Settings
) -> Picks:
    """Price the pmf against a line per row (shape (n,), NaN for none).

    edge = median - line. A pick needs |edge| of at least `min_edge` points or, for small counts,
    `min_edge_share` of the line, whichever is smaller, and P(side | no push) of at least
    `min_probability`. EV is per unit stake at the picked side's price, NaN without one.
    """
    has_line = ~np.isnan(line)
    safe = np.where(has_line, line, 0.0)
    p_over = np.where(has_line, pmf.p_over(safe), np.nan)
    p_push = np.where(has_line, pmf.p_push(safe), np.nan)
    p_under = 1.0 - p_over - p_push
    edge = pmf.median() - line
    decided = np.maximum(1.0 - p_push, 1e-12)
    over, under = p_over / decided, p_under / decided
    enough = np.abs(edge) >= np.minimum(settings.min_edge, settings.min_edge_share * safe)
    over_pick = enough & (edge > 0) & (over >= settings.min_probability)
    under_pick = enough & (edge < 0) & (under >= settings.min_probability)
    names = np.select([~has_line, over_pick, under_pick], [NO_LINE, OVER, UNDER], PASS)
    ev = np.where(
        over_pick,
        expected_value(p_over, p_push, over_price),
        np.where(under_pick, expected_value(p_under, p_push, under_price), np.nan),
    )
    return Picks(
        p_over, p_push, fair_american(over), fair_american(under), edge, ev, names.tolist()
    )
