"""What widths depend on: brought to about [-1, 1], typical where unknown."""

import math

import polars as pl
import pytest

from tests.models.champion.conftest import champion_frame
from tipoff.errors import ContractError
from tipoff.models.champion.covariates import (
    CAREER,
    MATES,
    POINTS,
    SPREAD,
    THREES,
    covariates,
)

ROW = {
    "minutes_std_10": 9.0, "games_career": 120.0, "act_players": 11.0,
    "threes_per_minute_career": 0.08, "points_per_minute_career": 0.4,
}  # fmt: skip


def test_each_covariate_of_a_row_is_as_its_docstring_says() -> None:
    (values,) = covariates(pl.DataFrame([ROW]), pl.Series([30.0]).to_numpy()).tolist()
    share = 3 * 0.08 / 0.4
    assert values == pytest.approx(
        [math.log(1.5), 0.5, math.log(121) - 4, 1.0, 3 * (share - 1 / 3)]
    )


def test_extremes_are_cut_and_what_is_unknown_is_typical() -> None:
    wild = ROW | {"minutes_std_10": 30.0, "games_career": 900.0}
    unknown = dict.fromkeys(ROW)
    rows = pl.DataFrame([wild, unknown], schema=dict.fromkeys(ROW, pl.Float64))
    values = covariates(rows, pl.Series([0.5, float("nan")]).to_numpy()).tolist()
    assert values[0][:3] == pytest.approx([math.log(0.1), 1.0, math.log(201) - 4])
    assert values[1] == pytest.approx([math.log(0.75), 0.0, -4.0, 0.0, 0.0])


@pytest.mark.parametrize("name", [SPREAD, CAREER, MATES, THREES, POINTS])
def test_a_frame_without_one_of_them_is_refused_by_name(name: str) -> None:
    frame = champion_frame(players=3, days=4)
    with pytest.raises(ContractError, match=name):
        covariates(frame.drop(name), frame["minutes_std_10"].to_numpy())
