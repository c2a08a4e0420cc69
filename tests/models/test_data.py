"""Training data: the window, the order and the hash."""

from datetime import date

import polars as pl

from tests.models.league_frame import league_frame
from tipoff.models.data import training_data

THROUGH = date(2024, 11, 10)
NAMES = ("points_ewma_hl8", "y_points")


def digest(frame: pl.DataFrame) -> str:
    return training_data(frame, THROUGH).digest(NAMES)


def test_rows_after_the_window_never_touch_the_hash(frame: pl.DataFrame) -> None:
    later = pl.col("game_date") > THROUGH
    changed = frame.with_columns(
        y_points=pl.when(later).then(pl.col("y_points") + 50).otherwise(pl.col("y_points"))
    )
    assert digest(changed) == digest(frame)
    assert digest(frame.filter(~later)) == digest(frame)


def test_row_and_column_order_and_extra_columns_never_touch_the_hash(frame: pl.DataFrame) -> None:
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3).select(reversed(frame.columns))
    assert digest(shuffled.with_columns(extra=pl.lit(7.0))) == digest(frame)


def test_one_changed_value_inside_the_window_changes_the_hash(frame: pl.DataFrame) -> None:
    row = pl.int_range(pl.len()) == 40
    changed = frame.with_columns(
        points_ewma_hl8=pl.when(row).then(pl.lit(99.0)).otherwise(pl.col("points_ewma_hl8"))
    )
    assert digest(changed) != digest(frame)


def test_a_null_and_a_nan_and_both_zeros_hash_alike() -> None:
    frame = league_frame(players=2, days=2)
    first = frame.with_columns(points_ewma_hl8=pl.Series([None, 0.0, 1.0, 2.0]))
    second = frame.with_columns(points_ewma_hl8=pl.Series([float("nan"), -0.0, 1.0, 2.0]))
    assert digest(first) == digest(second)


def test_a_value_moved_to_another_player_changes_the_hash(frame: pl.DataFrame) -> None:
    swapped = frame.with_columns(
        player_key=pl.when(pl.col("player_key") == "player 003")
        .then(pl.lit("player 004"))
        .when(pl.col("player_key") == "player 004")
        .then(pl.lit("player 003"))
        .otherwise(pl.col("player_key"))
    )
    assert digest(swapped) != digest(frame)


def test_the_window_has_both_its_ends(frame: pl.DataFrame) -> None:
    data = training_data(frame, date(2024, 10, 30), date(2024, 10, 25))
    dates = data.frame.get_column("game_date")
    assert (dates.min(), dates.max()) == (date(2024, 10, 25), date(2024, 10, 30))
    assert data.trained_from == date(2024, 10, 25)
