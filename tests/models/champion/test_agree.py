"""Agreement of lines: sums that hold, parts that stay, and the same answer as an optimiser's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from tipoff.markets import parts_of
from tipoff.models.champion.agree import COMBO_WEIGHT, agreed

P = ("points", "rebounds", "assists")
COMBOS = ("pra", "pr", "pa", "ra")
size = st.floats(0.5, 30.0)
MEANS = st.fixed_dictionaries(dict.fromkeys(P, size))
OFF = st.fixed_dictionaries(dict.fromkeys(COMBOS, st.floats(0.8, 1.25)))
LINED = st.fixed_dictionaries(dict.fromkeys((*P, *COMBOS), st.booleans()))


def one(
    means: dict[str, float], off: dict[str, float], lined: dict[str, bool]
) -> tuple[dict[str, float], dict[str, float]]:
    """(means of every market, agreed means of the parts) of one row; a combo's line is off the
    sum by a factor."""
    every = means | {c: off[c] * sum(means[p] for p in parts_of(c)) for c in COMBOS}
    found = agreed(
        {m: np.array([v]) for m, v in every.items()},
        {m: np.array([v]) for m, v in lined.items()}, COMBOS,
    )  # fmt: skip
    return every, {p: float(v[0]) for p, v in found.items()}


@given(MEANS, OFF, LINED)
def test_parts_with_a_line_and_rows_without_a_combos_line_keep_their_bits(
    means: dict[str, float], off: dict[str, float], lined: dict[str, bool]
) -> None:
    _, found = one(means, off, lined)
    for part in P:
        if lined[part] or not any(lined[c] for c in COMBOS):
            assert found[part] == means[part]


@given(MEANS, OFF, LINED)
def test_the_parts_without_lines_are_where_an_optimiser_puts_them(
    means: dict[str, float], off: dict[str, float], lined: dict[str, bool]
) -> None:
    every, found = one(means, off, lined)
    free = [p for p in P if not lined[p]]

    def loss(x: np.ndarray) -> float:
        at = means | dict(zip(free, x, strict=True))
        own = sum((at[p] - means[p]) ** 2 / means[p] for p in free)
        told = [c for c in COMBOS if lined[c]]
        far = [
            (sum(at[p] for p in parts_of(c)) - every[c]) ** 2 / (COMBO_WEIGHT * every[c])
            for c in told
        ]
        return float(own + sum(far))

    if free:
        start = np.array([means[p] for p in free])
        best = minimize(loss, start, method="BFGS", options={"gtol": 1e-9}).x
        wanted = np.clip(best, start / 2, start * 2)
        assert np.allclose([found[p] for p in free], wanted, rtol=2e-3, atol=2e-3)


def test_a_combos_line_is_met_but_for_a_twentieth_by_one_free_part() -> None:
    means = {"points": 20.0, "rebounds": 6.0, "assists": 4.0}
    lined = dict.fromkeys((*P, *COMBOS), False) | dict.fromkeys(("points", "rebounds", "pra"), True)
    _, found = one(means, dict.fromkeys(COMBOS, 1.0) | {"pra": 31 / 30}, lined)
    assert found["assists"] == pytest.approx(4.0 + 1.0 * 4.0 / (4.0 + COMBO_WEIGHT * 31.0), 1e-4)


def test_no_part_moves_beyond_twice_or_half_its_own_mean() -> None:
    means = {"points": 20.0, "rebounds": 6.0, "assists": 4.0}
    lined = dict.fromkeys((*P, *COMBOS), False) | dict.fromkeys(("points", "rebounds", "pra"), True)
    for factor, wanted in ((1.6, 8.0), (0.6, 2.0)):
        _, found = one(means, dict.fromkeys(COMBOS, 1.0) | {"pra": factor}, lined)
        assert found["assists"] == wanted
