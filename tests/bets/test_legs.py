"""Two legs: limits every joint probability must respect, and simulated truth."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipoff.bets import joint, parse_leg
from tipoff.bets.legs import Leg, p_both
from tipoff.bets.published import champions
from tipoff.errors import UsageError
from tipoff.lake import Lake

SHARE = st.floats(0.001, 0.999)


@given(SHARE, SHARE, st.floats(-0.95, 0.95))
@settings(max_examples=60, deadline=None)
def test_both_lies_within_the_frechet_bounds_and_grows_with_rho(
    a: float, b: float, rho: float
) -> None:
    one, two = np.array([a]), np.array([b])
    both = float(p_both(one, two, rho)[0])
    assert max(a + b - 1, 0) - 1e-9 <= both <= min(a, b) + 1e-9
    assert both <= float(p_both(one, two, min(rho + 0.04, 0.99))[0]) + 1e-9


def test_rho_nought_is_the_product_and_a_half_each_has_its_closed_form() -> None:
    half = np.array([0.5])
    assert p_both(np.array([0.3]), np.array([0.6]), 0.0)[0] == pytest.approx(0.18)
    for rho in (-0.7, 0.2, 0.9):
        expected = 0.25 + np.arcsin(rho) / (2 * np.pi)
        assert p_both(half, half, rho)[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "said"),
    [("Brunson", "is not a leg"), ("B:ppg:over:3.5", "no market is called"),
     ("B:points:above:3.5", "is not a side"), ("B:points:over:many", "is not a line"),
     ("B:points:over:nan", "is not a line")],
)  # fmt: skip
def test_a_bad_leg_names_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_leg(text)


def test_a_leg_is_read_from_its_text() -> None:
    assert parse_leg("Jalen Brunson: points:over:27.5") == Leg(
        "Jalen Brunson", "points", "over", 27.5
    )


def test_legs_of_one_count_are_exact_and_add_up(published_lake: Path, slate_day: date) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        row = champions(r, slate_day).rows.filter(market="points").row(0, named=True)
        name = row["player"]
        inside = joint(
            r, slate_day, Leg(name, "points", "over", 5.5), Leg(name, "points", "under", 20.5)
        )
        never = joint(
            r, slate_day, Leg(name, "points", "over", 20.5), Leg(name, "points", "under", 5.5)
        )
    assert inside.both == pytest.approx(sum(row["pmf"][6:21]))
    assert (never.both, never.fair) == (0.0, None)


def test_the_four_ways_two_legs_can_end_add_up_to_one(
    published_lake: Path, slate_day: date
) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        rows = champions(r, slate_day).rows
        name = rows.filter(market="assists")["player"][0]
        sides = [(a, b) for a in ("over", "under") for b in ("over", "under")]
        ends = [
            joint(r, slate_day, Leg(name, "points", a, 11.5), Leg(name, "assists", b, 2.5))
            for a, b in sides
        ]
    assert sum(f.both for f in ends) == pytest.approx(1.0)
    assert {f.relation for f in ends} == {"same player"}
    assert all(f.low <= f.both <= f.high for f in ends)


def test_relations_follow_from_game_and_team(published_lake: Path, slate_day: date) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        rows = champions(r, slate_day).rows.filter(market="points")
        first = rows.row(0, named=True)
        others = {
            "team-mates": rows.filter((rows["team"] == first["team"])
                                      & (rows["player"] != first["player"])),
            "opponents": rows.filter((rows["game_id"] == first["game_id"])
                                     & (rows["team"] != first["team"])),
            None: rows.filter(rows["game_id"] != first["game_id"]),
        }  # fmt: skip
        for relation, rivals in others.items():
            other = rivals["player"][0]
            priced = joint(r, slate_day, Leg(first["player"], "points", "over", 9.5),
                         Leg(other, "points", "over", 9.5), price=300)  # fmt: skip
            assert priced.relation == relation
            assert priced.ev == pytest.approx(priced.both * 4 - 1)
    assert priced.both == pytest.approx(priced.independent)


def test_a_leg_that_can_push_has_no_ev_and_strangers_are_not_found(
    published_lake: Path, slate_day: date
) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        name = champions(r, slate_day).rows.filter(market="points")["player"][0]
        legs = Leg(name, "points", "over", 10.0), Leg(name, "rebounds", "over", 3.5)
        legs_price = joint(r, slate_day, *legs, price=300)
        assert legs_price.push > 0
        assert legs_price.ev is None
        with pytest.raises(UsageError, match="nobody is called"):
            joint(r, slate_day, Leg("Nobody Atall", "points", "over", 1.5), legs[1])
        with pytest.raises(UsageError, match="means"):
            joint(r, slate_day, Leg("a", "points", "over", 1.5), legs[1])
        with pytest.raises(UsageError, match="not an American price"):
            joint(r, slate_day, *legs, price=3.5)
