"""A line's skill without the luck of outcomes: the mean of many nights is what is expected."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tipoff.sources.simulator import simulate
from tools.studies.expected_skill import compared, expected_sums, skill
from tools.studies.fidelity import opened
from tools.studies.league_measures import Measure, baseline_pmf, seen

pytestmark = pytest.mark.long


def test_the_expected_score_is_what_outcomes_drawn_from_the_truth_score_on_average(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "league"
    simulate(folder, seed=3, seasons=1, teams=8, games=40)
    n, line, ewma = expected_sums(folder, ["rebounds"])["rebounds"]
    with opened(folder) as lake:
        rows = seen(lake).rows.drop_nulls(["rebounds_ewma_hl8", "line_rebounds"])
    assert n == rows.height > 500
    truth = pl.read_parquet(folder / "truth.parquet").filter(market="rebounds")
    keys = rows.select("player_key", nba_game_id="game_id")
    pmfs = keys.join(truth, on=["player_key", "nba_game_id"], maintain_order="left")["pmf"]
    rng, nights = np.random.default_rng(4), 60
    cdfs = [np.cumsum(pmf) for pmf in pmfs.to_list()]
    for model, expected in (("line", line), ("ewma_hl8", ewma)):
        pmf = baseline_pmf(rows, model, "rebounds")
        draws = [
            pmf.crps(
                np.array([np.searchsorted(c, u) for c, u in zip(cdfs, us, strict=True)], float)
            )
            for us in rng.random((nights, rows.height)) * 0.999999
        ]
        drawn = np.array([d.sum() for d in draws])
        assert abs(drawn.mean() - expected) < 4 * drawn.std() / np.sqrt(nights)


def test_leagues_are_added_up_row_by_row_not_league_by_league() -> None:
    real = {("steals", "line's skill"): Measure("steals", "line's skill", -0.1, 9, -0.2, 0.0)}
    small, large = np.array([10.0, 12.0, 10.0]), np.array([90.0, 90.0, 90.0])
    (row,) = compared(real, [{"steals": small}, {"steals": large}])
    assert skill(small) == pytest.approx(-0.2)
    assert row.least == pytest.approx(-0.2)
    assert row.greatest == pytest.approx(0.0)
    assert row.expected == pytest.approx(1 - 102 / 100)
    assert row.n == 100
    assert row.ratio == pytest.approx(0.2)
