"""Careers longer than two eras of running totals, against the same plain loops."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from tests.features import test_oracle, test_oracle_v3
from tests.features.conftest import Built
from tests.features.long_league import (
    AWAY,
    BENCH,
    GAMES,
    HOT,
    INJURED,
    REPORTED,
    STAR,
    make_long_league,
)
from tests.features.oracle import Row
from tipoff.features import training_frame

AFTER = (1, 2, 4, 5, 9, 10, 19, 20, 49, 50, 51, 319, 320, 321, 322, 330, 639, 640, 641, 642, 650)
"""Games into a career: ends of windows, of an era, of two."""


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    with make_long_league().store(tmp_path_factory.mktemp("long") / "lake") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=None, through=date(2030, 1, 1))
        yield Built(lake, frame)


def chosen(frame: pl.DataFrame) -> list[Row]:
    """Rows at the ends of windows and eras, on mornings with reports, and some others."""
    one = pl.col("player_key").is_in([f"aaa{STAR}", f"bbb{BENCH}"])
    at = pl.col("games_career").is_in([float(n) for n in AFTER])
    gone = [2 * GAMES + AWAY[0] + k for k in (1, 9, 10, 11)]
    after = [n + 1 for n in REPORTED]
    reported = pl.col("game_id").is_in([f"d{n:03}" for n in (*REPORTED, *after, *gone)])
    exact = (pl.col("player_key") == f"aaa{INJURED}") & pl.col("game_id").is_in(
        [f"d{GAMES * 2 + n:03}" for n in (21, 27, 40)]
    )
    form = [f"d{GAMES * 3 + n:03}" for n in (*HOT[5:30:4], 34, 35, 36, 39, 69, 70)]
    hot = (pl.col("player_key") == f"bbb{STAR}") & pl.col("game_id").is_in(form)
    back = (pl.col("player_key") == f"aaa{INJURED}") & (pl.col("games_since_return") < 3)
    some = random.Random(2).sample(frame.to_dicts(), 30)
    rows = frame.filter((one & at) | reported | back | hot | exact).to_dicts()
    return list({(row["game_id"], row["player_key"]): row for row in rows + some}.values())


@pytest.mark.long
def test_every_feature_of_a_long_career_is_what_plain_loops_give(long: Built) -> None:
    rows = chosen(long.frame)
    assert max(row["games_career"] or 0 for row in rows) > 645
    assert test_oracle.compare(long, rows) == []
    assert test_oracle_v3.compare(long, rows) == []


def test_the_long_league_is_as_hard_as_it_says(long: Built) -> None:
    """Else the comparison above would prove less than it seems to."""
    frame = long.frame
    assert set(frame["absence_state"].drop_nulls()) == {float(n) for n in range(8)}
    assert frame["own_missed"].max() > 10  # type: ignore[operator]
    assert frame["team_game_number"].max() == 140
    assert set(frame["games_in_last_7_days"]) == {float(n) for n in range(6)}
    assert frame["minutes_last"].min() < 1  # type: ignore[operator]
    assert {-4.0, 4.0} < set(frame["pts_vs_season_zscore"])
    assert {-3.0, 3.0} & set(frame["usage_spike_score"])
