"""The correlation of legs: recovered where it is known, and blind to the day itself."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import nbinom, norm

from tipoff.bets.correlation import (
    DAYS,
    correlation,
    estimate,
    history,
    normal_scores,
    scored,
)
from tipoff.errors import NotFound
from tipoff.lake import Lake
from tipoff.results.bets import Correlation, Relation

RHO = 0.35


def games(slates: int, within: float, across: float, means: tuple[float, float]) -> pl.DataFrame:
    """Two teams of eight a slate; latent normals correlate `within` a player's two counts and
    `across` players of one team in the first count."""
    rng = np.random.default_rng(3)
    shared = rng.normal(size=(slates, 2, 1))
    own = rng.normal(size=(slates, 2, 8))
    z1 = np.sqrt(across) * shared + np.sqrt(1 - across) * own
    z2 = within * z1 + np.sqrt(1 - within**2) * rng.normal(size=(slates, 2, 8))
    n = z1.size
    rows: dict[str, object] = {
        "game_id": [f"g{i // 16}" for i in range(slates * 16)],
        "game_date": [date(2024, 1, 1) + timedelta(days=i // 16) for i in range(slates * 16)],
        "team": [*"AAAAAAAABBBBBBBB"] * slates,
    }
    for i, (z, m) in enumerate(zip((z1, z2), means, strict=True), 1):
        size = m / 1.5
        rows[f"y{i}"] = nbinom.ppf(norm.cdf(z.ravel()), size, 1 / 2.5).astype(float)
        rows[f"m{i}"] = np.full(n, m)
    return pl.DataFrame(rows)


def known(relation: Relation, frame: pl.DataFrame) -> Correlation:
    return estimate(scored(frame), relation)


@pytest.mark.parametrize("means", [(18.0, 6.0), (18.0, 1.2), (1.2, 0.8)])
def test_a_known_correlation_is_recovered_however_coarse_the_counts(
    means: tuple[float, float],
) -> None:
    relation = known("same player", games(400, RHO, 0.0, means))
    assert relation.rho == pytest.approx(RHO, abs=0.05)
    assert relation.low < RHO < relation.high
    assert relation.pairs == 400 * 16


def test_team_mates_and_opponents_are_told_apart() -> None:
    frame = games(600, 1.0, 0.2, (15.0, 15.0))
    teammates, opponents = known("team-mates", frame), known("opponents", frame)
    assert teammates.rho == pytest.approx(0.2, abs=0.05)
    assert opponents.low < 0 < opponents.high
    assert (teammates.pairs, opponents.pairs) == (600 * 2 * 8 * 7, 600 * 2 * 8 * 8)


def test_pair_sums_are_those_of_every_pair_built() -> None:
    frame = scored(games(5, RHO, 0.2, (15.0, 4.0)))
    pairs = frame.with_row_index().join(frame.with_row_index(), on="game_id", suffix="_o")
    teammates = pairs.filter(
        (pl.col("team") == pl.col("team_o")) & (pl.col("index") != pl.col("index_o"))
    )
    spread = (frame["h1"] ** 2).mean() * (frame["h2"] ** 2).mean()  # type: ignore[operator]
    slow = (teammates["h1"] * teammates["h2_o"]).mean() / spread  # type: ignore[operator]
    assert estimate(frame, "team-mates").rho == pytest.approx(slow, rel=1e-9)


def test_normal_scores_of_a_calibrated_forecast_average_nought() -> None:
    frame = games(400, RHO, 0.0, (12.0, 1.0))
    for i in (1, 2):
        scores = normal_scores(frame[f"y{i}"].to_numpy(), frame[f"m{i}"].to_numpy())
        assert abs(scores.mean()) < 0.03
        assert scores.std() < (1.02, 0.9)[i - 1]


def test_without_earlier_games_there_is_no_correlation(published_lake: Path) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        first = r.value("SELECT min(game_date) FROM league.player_game")
        with pytest.raises(NotFound, match="no same player pairs"):
            correlation(r, first, datetime(2100, 1, 1, tzinfo=UTC), "same player", "points", "pra")


def test_only_games_before_the_day_are_read(published_lake: Path, slate_day: date) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        rows = history(r, slate_day, datetime(2100, 1, 1, tzinfo=UTC), "points", "assists")
    oldest, newest = rows["game_date"].min(), rows["game_date"].max()
    assert isinstance(oldest, date)
    assert isinstance(newest, date)
    assert newest < slate_day
    assert oldest > slate_day - timedelta(days=DAYS)
