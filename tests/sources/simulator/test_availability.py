"""Absences and moves as they show in the files."""

from pathlib import Path

import polars as pl


def test_nobody_plays_on_the_day_he_is_placed_out(league: Path) -> None:
    wire = pl.read_parquet(league / "injuries.parquet")
    box = pl.read_parquet(league / "player_game.parquet").select("game_date", "player_key")
    placed = wire.filter(pl.col("status") == "placed out/IL")
    clash = placed.join(box, left_on=["date", "player_key"], right_on=["game_date", "player_key"])
    assert len(placed) > 50
    assert clash.is_empty()


def test_absences_are_under_recorded(league: Path) -> None:
    wire = pl.read_parquet(league / "injuries.parquet")
    assert set(wire["status"]) == {"placed out/IL", "activated/returned"}
    assert (wire["kind"] == "transaction").all()
    counts = dict(wire["status"].value_counts().iter_rows())
    assert 0.3 < counts["activated/returned"] / counts["placed out/IL"] < 0.95


def test_players_are_traded_in_mid_season_and_move_once_per_night(league: Path) -> None:
    box = pl.read_parquet(league / "player_game.parquet")
    clubs = box.group_by("season", "player_key").agg(pl.col("team").n_unique())
    assert clubs.filter(pl.col("team") > 1).height >= 2
    assert box.group_by("game_date", "player_key").len()["len"].max() == 1


def test_newcomers_arrive_between_seasons(league: Path) -> None:
    box = pl.read_parquet(league / "player_game.parquet")
    first, second = (set(part["player_key"]) for _, part in sorted(box.group_by("season")))
    assert second - first
    assert len(first & second) > len(first) / 2


def test_a_traded_player_stays_with_his_new_club(league: Path) -> None:
    box = pl.read_parquet(league / "player_game.parquet").sort("game_date")
    ends = box.group_by("season", "player_key", "season_type").agg(
        first=pl.col("team").first(), last=pl.col("team").last(), day=pl.col("game_date").last()
    )
    # Who was hurt from their trade to the playoffs has no regular game with their new club.
    over = pl.col("day").max().over("season") - pl.col("day") < pl.duration(days=14)
    regular = ends.filter(pl.col("season_type") == "regular").filter(over)
    later = ends.filter(pl.col("season_type") == "playoffs")
    both = regular.join(later, on=["season", "player_key"], suffix="_playoffs")
    assert (both["last"] == both["first_playoffs"]).all()
    assert both.filter(pl.col("first") != pl.col("last")).height > 0
