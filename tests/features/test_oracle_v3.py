"""Each feature of v3 and later against a plain-Python oracle, on real and on awkward rows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.oracle import Row
from tests.features.oracle_v3 import MoreFacts, NewOracle
from tests.features.small_league import LAST, League, tip
from tests.features.test_oracle import LATER, as_of, close
from tipoff.features import catalogue, training_frame

NEW = [name for name, feature in catalogue().items() if feature.since in LATER]
pytestmark = pytest.mark.xdist_group("real features")  # one worker builds them, not both


def compare(built: Built, rows: list[Row], moment: datetime | None = None) -> list[str]:
    """Names, rows and values where the build and the oracle differ, by default at slates' own
    moments."""
    with built.lake.reading() as r:
        facts = MoreFacts(r, set())
    wrong = []
    for row in rows:
        expected = NewOracle(facts, row, moment or as_of(facts, row)).values()
        for name in NEW:
            if not close(row[name], expected.get(name)):
                key = f"{name} of {row['player_key']} in {row['game_id']} {row['game_date']}"
                wrong.append(f"{key}: built {row[name]}, oracle {expected.get(name)}")
    return wrong


def test_every_v3_feature_of_small_rows_is_what_plain_loops_give(small: Built) -> None:
    rows = random.Random(4).sample(small.frame.to_dicts(), 60)
    twice = small.frame.filter(pl.col("game_id").str.starts_with("twice")).to_dicts()
    assert len(twice) > 10
    assert compare(small, rows + twice) == []


def test_box_scores_that_come_before_the_results_of_their_games_count_as_games_played(
    small_league: League, tmp_path: Path
) -> None:
    """A soak found it: ln(1 + missed) of a negative number lost a whole slate."""
    late = LAST - timedelta(days=9)

    def unsettled(game: Row) -> Row:
        return game | ({"result_known_at": tip(LAST, 999)} if game["game_date"] >= late else {})

    with small_league.changed("game", unsettled).store(tmp_path / "lake") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=late, through=LAST)
        assert compare(Built(lake, frame), frame.to_dicts()) == []
        newest = frame.filter(pl.col("game_date") == LAST)
        assert newest["own_missed"].min() == 0
        assert newest["p_absent"].null_count() == 0


def sample(frame: pl.DataFrame) -> list[Row]:
    """Some of each awkward kind: first games, openings, long gaps, trades, every state."""
    state = pl.col("absence_state")
    kinds = [
        (pl.col("games_career").is_null(), 4),
        (pl.col("act_players").is_null(), 4),
        (pl.col("own_missed").is_null() & pl.col("act_players").is_not_null(), 8),
        (pl.col("own_missed").is_between(1, 9), 8),
        (pl.col("own_missed") >= 10, 6),
        (pl.col("games_since_return") < 3, 6),
        (pl.col("games_career") > 250, 6),
        *((state == k, 4) for k in (0, 1, 6, 7)),
        (pl.col("game_type") == "playin", 4),
        (pl.col("game_type").str.starts_with("cup"), 4),
        ((pl.col("back_to_back") == 1) & (pl.col("minutes_ewma_hl8") >= 28), 4),
        (pl.col("report_day_to_day") == 1, 2),
        (pl.lit(True), 8),
    ]
    picked: list[Row] = []
    for kind, n in kinds:
        rows = frame.filter(kind)
        assert rows.height, f"no real row with {kind}"
        picked += rows.sample(min(n, rows.height), seed=6).to_dicts()
    return picked


def test_every_v3_feature_of_real_rows_is_what_plain_loops_give(real: Built) -> None:
    rows = sample(real.frame)
    assert len(rows) >= 70
    assert compare(real, rows) == []


@pytest.mark.parametrize("name", NEW)
def test_no_v3_feature_is_constant_in_real_rows(real: Built, name: str) -> None:
    assert real.frame[name].drop_nulls().n_unique() > 1
