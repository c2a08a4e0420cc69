"""Stakes against what they are defined by: the largest expected logarithm of the bankroll."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from tipoff.bets.value import growth_share, stake_share

CASES = [(0.55, 0.0, -110.0), (0.48, 0.1, 120.0), (0.3, 0.2, 250.0), (0.9, 0.05, -300.0)]


@pytest.mark.parametrize(("win", "push", "price"), CASES)
def test_the_stake_maximises_the_expected_logarithm_with_pushes(
    win: float, push: float, price: float
) -> None:
    gain = price / 100 if price > 0 else 100 / -price

    def loss(f: float) -> float:
        return -float(win * np.log1p(f * gain) + (1 - win - push) * np.log1p(-f))

    best = minimize_scalar(loss, bounds=(0, 0.999), method="bounded", options={"xatol": 1e-9}).x
    assert float(growth_share(win, push, price)) == pytest.approx(max(best, 0.0), abs=1e-5)


def test_a_bet_without_an_edge_is_not_staked() -> None:
    assert growth_share([0.5, 0.52], [0.0, 0.0], [-110, -110]).tolist() == [0.0, 0.0]
    assert float(growth_share(110 / 210, 0.0, -110)) == pytest.approx(0.0, abs=1e-12)


def test_a_push_moves_a_stake_only_by_what_is_left_to_decide() -> None:
    assert float(growth_share(0.55 * 0.9, 0.1, -110)) == pytest.approx(
        float(growth_share(0.55, 0.0, -110))
    )


def test_the_fraction_scales_the_stake_and_the_cap_bounds_it() -> None:
    full = float(growth_share(0.55, 0.0, -110))
    assert float(stake_share(0.55, 0.0, -110, fraction=0.25, cap=1.0)) == pytest.approx(full / 4)
    assert float(stake_share(0.99, 0.0, 300, fraction=0.25, cap=0.02)) == 0.02


def test_no_price_gives_no_stake() -> None:
    assert np.isnan(growth_share([0.6, 0.6, 0.6], 0.0, [None, 50, -100_000])).all()
