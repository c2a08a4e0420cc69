"""Lines as books post them: fair but for noise and the vig, with all the usual untidiness."""

from pathlib import Path

import polars as pl
import pytest

from tipoff.sources.simulator import MARKETS

PICKEM = ["prizepicks", "underdog"]


@pytest.fixture(scope="module")
def lines(league: Path) -> pl.DataFrame:
    return pl.read_parquet(league / "prop_lines.parquet")


def _implied(name: str) -> pl.Expr:
    price = pl.col(name)
    return pl.when(price > 0).then(100 / (100 + price)).otherwise(-price / (100 - price))


def test_books_keep_about_seven_percent(lines: pl.DataFrame) -> None:
    two_sided = lines.filter(~pl.col("bookmaker").is_in(PICKEM)).drop_nulls(
        ["over_price", "under_price"]
    )
    overround = two_sided.select(_implied("over_price") + _implied("under_price")).to_series()
    assert overround.mean() == pytest.approx(1.068, abs=0.01)
    assert overround.min() > 1.03  # type: ignore[operator]
    assert two_sided["over_price"].abs().min() >= 100  # type: ignore[operator]


def test_overs_win_a_little_less_than_half(league: Path, lines: pl.DataFrame) -> None:
    box = pl.read_parquet(league / "player_game.parquet").select("game_date", "player_key", "pts")
    main = lines.filter(pl.col("is_main_line") & (pl.col("market") == "points"))
    graded = main.join(box, on=["game_date", "player_key"])
    assert (graded["pts"] > graded["line"]).mean() == pytest.approx(0.485, abs=0.03)


def test_a_main_line_is_within_noise_of_the_true_median(league: Path, lines: pl.DataFrame) -> None:
    truth = pl.read_parquet(league / "truth.parquet").select(
        "game_date", "player_key", "market", "median", "variance"
    )
    main = lines.filter("is_main_line").join(truth, on=["game_date", "player_key", "market"])
    off = (main["line"] - main["median"]) / main["variance"].sqrt()
    assert abs(off.mean()) < 0.15  # type: ignore[arg-type, operator]
    big = main.filter(pl.col("market").is_in(["points", "pra"]))
    gap = (big["line"] - big["median"]) / big["variance"].sqrt()
    assert 0.1 < gap.std() < 0.5  # type: ignore[operator]


def test_every_market_is_offered_at_half_points(lines: pl.DataFrame) -> None:
    assert set(lines["market"]) == set(MARKETS)
    assert (lines["line"] % 1 == 0.5).all()


def test_pickem_books_name_no_real_price(lines: pl.DataFrame) -> None:
    pickem = lines.filter(pl.col("bookmaker").is_in(PICKEM))
    assert set(pickem["over_price"].unique()) == {None, -137.0}
    assert pickem["snapshot_time"].null_count() == len(pickem)


def test_books_list_alternates_one_sided_late_and_unplaced_rows(
    league: Path, lines: pl.DataFrame
) -> None:
    assert lines.filter(~pl.col("is_main_line")).height > 0
    real = lines.filter(~pl.col("bookmaker").is_in(PICKEM))
    one_sided = real["over_price"].is_null() ^ real["under_price"].is_null()
    assert 0 < one_sided.mean() < 0.05  # type: ignore[operator]
    assert lines["event_home"].null_count() > 0
    schedule = pl.read_parquet(league / "schedule.parquet").select("nba_game_id", "tipoff_utc")
    timed = lines.drop_nulls("event_id").with_columns(
        nba_game_id=pl.col("event_id").str.strip_prefix("sim-")
    )
    placed = timed.join(schedule, on="nba_game_id")
    late = (placed["snapshot_time"] > placed["tipoff_utc"]).mean()
    assert 0 < late < 0.01  # type: ignore[operator]


def test_a_postponed_game_lives_only_in_the_lines(league: Path, lines: pl.DataFrame) -> None:
    schedule = pl.read_parquet(league / "schedule.parquet")
    listed = lines.drop_nulls("event_home").select("game_date", "event_home", "event_away").unique()
    held = schedule.select("game_date", event_home="home_team", event_away="away_team")
    ghosts = listed.join(held, on=["game_date", "event_home", "event_away"], how="anti")
    assert len(ghosts) == 2
    later = ghosts.join(held, on=["event_home", "event_away"], suffix="_held")
    assert later.filter(pl.col("game_date_held") > pl.col("game_date"))["game_date"].n_unique() == 2
    box = pl.read_parquet(league / "player_game.parquet")
    clash = box.join(ghosts, left_on=["game_date", "team"], right_on=["game_date", "event_home"])
    assert clash.is_empty()


def test_some_who_had_a_line_did_not_play(league: Path, lines: pl.DataFrame) -> None:
    truth = pl.read_parquet(league / "truth.parquet").select(
        "game_date", "player_key", "market", "played", "p_plays"
    )
    listed = lines.join(truth, on=["game_date", "player_key", "market"])
    absent = listed.filter(~pl.col("played"))
    assert 0 < len(absent) < 0.2 * len(listed)
    ruled_out = absent.filter(pl.col("p_plays") == 0)
    assert len(ruled_out) > 0
    assert ruled_out["source_path"].str.ends_with("_opening.csv").all()


def test_a_few_names_are_printed_with_the_initial_only(league: Path, lines: pl.DataFrame) -> None:
    known = set(pl.read_parquet(league / "truth.parquet")["player_key"])
    strange = lines.filter(~pl.col("player_key").is_in(list(known)))
    assert 0 < len(strange) < 0.01 * len(lines)
    assert strange["player_name"].str.contains(r"^[A-Z]\. ").all()
