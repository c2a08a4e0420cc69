"""The oracle agrees with what was then drawn, and with itself."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2

from tipoff.sources.simulator import MARKETS

ACTUAL = {
    "points": pl.col("pts"),
    "rebounds": pl.col("reb"),
    "assists": pl.col("ast"),
    "threes": pl.col("fg3m"),
    "steals": pl.col("stl"),
    "blocks": pl.col("blk"),
    "pra": pl.col("pts") + pl.col("reb") + pl.col("ast"),
    "pr": pl.col("pts") + pl.col("reb"),
    "pa": pl.col("pts") + pl.col("ast"),
    "ra": pl.col("reb") + pl.col("ast"),
}


@pytest.fixture(scope="module")
def outcomes(league: Path) -> pl.DataFrame:
    """Truth rows of those who played, with what they did in every market."""
    box = pl.read_parquet(league / "player_game.parquet").select(
        "nba_game_id", "player_key", **{m: c.cast(pl.Int64) for m, c in ACTUAL.items()}
    )
    truth = pl.read_parquet(league / "truth.parquet")
    return truth.join(box, on=["nba_game_id", "player_key"], how="inner")


def _pit(rows: pl.DataFrame, market: str) -> np.ndarray:
    uniform = np.random.default_rng(5).random(len(rows))
    pairs = zip(rows["pmf"].to_list(), rows[market].to_list(), uniform, strict=True)
    return np.array([sum(p[:y]) + u * (p[y] if y < len(p) else 0.0) for p, y, u in pairs])


@pytest.mark.parametrize("market", MARKETS)
def test_outcomes_are_draws_from_the_recorded_distribution(
    outcomes: pl.DataFrame, market: str
) -> None:
    rows = outcomes.filter(pl.col("market") == market)
    counts = np.histogram(_pit(rows, market), bins=10, range=(0, 1))[0]
    expected = len(rows) / 10
    assert ((counts - expected) ** 2 / expected).sum() < chi2.ppf(0.9999, 9)


@pytest.mark.parametrize("market", MARKETS)
def test_outcomes_have_the_recorded_mean_and_variance(outcomes: pl.DataFrame, market: str) -> None:
    rows = outcomes.filter(pl.col("market") == market)
    off = (rows[market] - rows["mean"]).to_numpy()
    variance = rows["variance"].to_numpy()
    assert abs(off.sum()) / np.sqrt(variance.sum()) < 3
    assert (off**2).sum() / variance.sum() == pytest.approx(1.0, abs=0.08)


def test_every_player_game_has_a_truth_in_every_market(
    league: Path, outcomes: pl.DataFrame
) -> None:
    played = pl.read_parquet(league / "player_game.parquet")
    assert len(outcomes) == len(played) * len(MARKETS)
    assert outcomes["played"].all()


def test_a_pmf_sums_to_one_and_carries_its_own_mean(league: Path) -> None:
    truth = pl.read_parquet(league / "truth.parquet")
    pmf = truth["pmf"]
    assert (pmf.list.sum() - 1).abs().max() < 1e-8  # type: ignore[operator]
    assert (pmf.list.min() >= 0).all()
    some = truth.sample(300, seed=1)
    means = [float(np.dot(p, np.arange(len(p)))) for p in some["pmf"].to_list()]
    np.testing.assert_allclose(means, some["mean"], atol=1e-6)


def test_the_mean_of_a_combination_is_the_sum_of_its_parts(league: Path) -> None:
    truth = pl.read_parquet(league / "truth.parquet")
    wide = truth.pivot("market", index=["nba_game_id", "player_key"], values="mean")
    parts = wide["points"] + wide["rebounds"] + wide["assists"]
    np.testing.assert_allclose(wide["pra"], parts, atol=1e-5)
    np.testing.assert_allclose(wide["ra"], wide["rebounds"] + wide["assists"], atol=1e-5)


def test_those_expected_to_play_do_so_as_often_as_recorded(league: Path) -> None:
    truth = pl.read_parquet(league / "truth.parquet").filter(pl.col("market") == "points")
    banded = truth.group_by(pl.col("p_plays").round(2)).agg(
        p=pl.col("p_plays").mean(), share=pl.col("played").mean(), n=pl.len()
    )
    error = (banded["share"] - banded["p"]).abs()
    bound = 4 * (banded["p"] * (1 - banded["p"]) / banded["n"]).sqrt() + 1e-9
    assert (error <= bound).all()
    assert truth.filter(pl.col("p_plays") == 0).height > 0
