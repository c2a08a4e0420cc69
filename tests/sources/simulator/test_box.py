"""Box scores add up."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tipoff.sources.simulator import TEAMS
from tipoff.sources.teams import code_on


@pytest.fixture(scope="module")
def players(league: Path) -> pl.DataFrame:
    return pl.read_parquet(league / "player_game.parquet")


@pytest.fixture(scope="module")
def teams(league: Path) -> pl.DataFrame:
    return pl.read_parquet(league / "team_game.parquet")


def test_points_are_the_shots_made(players: pl.DataFrame) -> None:
    points = 2 * (pl.col("fgm") - pl.col("fg3m")) + 3 * pl.col("fg3m") + pl.col("ftm")
    assert players.filter(pl.col("pts") != points).is_empty()
    assert players.filter(pl.col("reb") != pl.col("oreb") + pl.col("dreb")).is_empty()


def test_attempts_are_never_fewer_than_makes(players: pl.DataFrame) -> None:
    for scored, tried in (("fgm", "fga"), ("fg3m", "fg3a"), ("ftm", "fta")):
        assert players.filter(pl.col(scored) > pl.col(tried)).is_empty()
    inside = pl.col("fga") - pl.col("fg3a") >= pl.col("fgm") - pl.col("fg3m")
    assert players.filter(~inside).is_empty()


def test_a_team_plays_240_minutes_and_25_of_overtime_with_five_starters(
    players: pl.DataFrame,
) -> None:
    sums = players.group_by("nba_game_id", "team").agg(
        pl.col("minutes").sum(), pl.col("starter").sum(), pl.col("usg_pct").max()
    )
    longer = sums["minutes"] > 250
    whole = 240 + 25 * longer.cast(pl.Float64)
    assert (sums["minutes"] - whole).abs().max() < 0.01  # type: ignore[operator]
    assert 0 < longer.mean() < 0.15  # type: ignore[operator]
    both = sums.with_columns(longer=longer).group_by("nba_game_id").agg(pl.col("longer").n_unique())
    assert (both["longer"] == 1).all()
    assert (sums["starter"] == 5).all()
    assert players["minutes"].min() > 0  # type: ignore[operator]
    assert players["usg_pct"].is_between(0, 100).all()


def test_team_games_are_the_sums_of_their_players(
    players: pl.DataFrame, teams: pl.DataFrame
) -> None:
    names = ["pts", "reb", "ast", "fga", "fg3a", "fta", "tov", "oreb"]
    sums = players.group_by("nba_game_id", "team").agg(pl.col(names).cast(pl.Int64).sum())
    both = teams.join(sums, on=["nba_game_id", "team"], suffix="_sum")
    assert len(both) == len(teams) == len(sums)
    for name in names:
        assert (both[name] == both[f"{name}_sum"]).all()
    estimate = both["fga"] + 0.44 * both["fta"] - both["oreb"] + both["tov"]
    assert ((estimate - both["possessions"]).abs() <= 0.5).all()


def test_no_game_is_tied_and_the_schedule_has_its_score(league: Path, teams: pl.DataFrame) -> None:
    assert teams.filter(pl.col("pts") == pl.col("opp_pts")).is_empty()
    schedule = pl.read_parquet(league / "schedule.parquet")
    home = teams.filter("home").join(schedule, on="nba_game_id")
    assert len(home) == len(schedule)
    assert (home["pts"] == home["home_pts"]).all()
    assert (home["opp_pts"] == home["away_pts"]).all()
    assert (home["team"] == home["home_team"]).all()


def test_every_team_code_is_a_real_one_and_no_player_id_is(players: pl.DataFrame) -> None:
    assert set(players["team"]) <= set(TEAMS)
    ids = players["player_id"].drop_nulls()
    assert ids.min() >= 9_000_000  # type: ignore[operator]
    assert players["nba_game_id"].str.starts_with("009").all()


def test_blow_outs_rest_the_starters(players: pl.DataFrame, teams: pl.DataFrame) -> None:
    margin = teams.select("nba_game_id", "team", gap=(pl.col("pts") - pl.col("opp_pts")).abs())
    starters = players.filter("starter").join(margin, on=["nba_game_id", "team"])
    early = starters.filter(pl.col("gap") >= 20)["minutes"].mean()
    close = starters.filter(pl.col("gap") <= 6)["minutes"].mean()
    assert early < close - 2.5  # type: ignore[operator]


def test_the_thirty_codes_are_known_to_the_import() -> None:
    assert len(TEAMS) == 30
    assert all(code_on(code, date(2024, 1, 1)) == code for code in TEAMS)
