"""Out of fold by season: a row's prediction never depends on an outcome of its own fold."""

import numpy as np
import polars as pl

from tests.models.champion.conftest import FEATURES, champion_frame
from tipoff.models.champion.blocked import blocked
from tipoff.models.champion.learner import MEAN, fit_trees
from tipoff.models.champion.table import TRAINED_FROM, Table

FRAME = champion_frame(players=20)


def table(frame: pl.DataFrame = FRAME) -> Table:
    return Table.of(frame, FEATURES)


def test_a_later_season_is_predicted_by_trees_of_the_seasons_before_it() -> None:
    rows = table()
    means = blocked(rows, "points", 15, MEAN)
    old = rows.season == 0
    trees = fit_trees(rows.values[old], rows.y("points")[old], FEATURES, 15, MEAN)
    assert (means[~old] == trees.predict(rows.values[~old])).all()


def test_outcomes_of_a_season_change_no_prediction_of_it_and_of_a_quarter_none_of_it() -> None:
    before = blocked(table(), "points", 15, MEAN)
    rows = table()
    newer = pl.col("season") == "2023-24"
    changed = FRAME.with_columns(y_points=pl.when(newer).then(50.0).otherwise("y_points"))
    assert (blocked(table(changed), "points", 15, MEAN) == before).all()
    first = FRAME.filter(~newer)["game_date"]
    quarter = first[: first.len() // 5].max()
    early = pl.col("game_date") <= quarter
    changed = FRAME.with_columns(y_points=pl.when(early).then(50.0).otherwise("y_points"))
    after = blocked(table(changed), "points", 15, MEAN)
    mine = (rows.frame["game_date"] <= quarter).to_numpy()
    assert (after[mine] == before[mine]).all()
    assert (after[~mine] != before[~mine]).any()


def test_rows_of_short_careers_are_left_out_and_dates_cut_whole() -> None:
    rows = table()
    assert rows.frame["games_career"].min() == TRAINED_FROM
    day = rows.frame["game_date"][rows.frame.height // 2]
    older = rows.before(day)
    assert older.frame["game_date"].max() < day
    assert np.array_equal(older.values, rows.values[: older.frame.height], equal_nan=True)
    assert older.digest != rows.digest
