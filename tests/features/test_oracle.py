"""Each feature against an independent plain-Python oracle, on real and on awkward small rows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.oracle import Facts, Oracle, Row
from tipoff.features import catalogue

LATER = ("v3", "plays_1", "v4")
EARLIER = [n for n, feature in catalogue().items() if feature.since not in LATER]
"""The later features have an oracle of their own (test_oracle_v3.py)."""

TOLERANCE = 2e-5
"""Six decimals are stored; values made of rounded values differ a little more."""
pytestmark = pytest.mark.xdist_group("real features")  # one worker builds them, not both


def compare(built: Built, rows: list[Row], moment: datetime | None = None) -> list[str]:
    """Names, rows and values where the build and the oracle differ, by default at slates' own
    moments."""
    with built.lake.reading() as r:
        facts = Facts(r, {row["game_date"] for row in rows})
    wrong = []
    for row in rows:
        expected = Oracle(facts, row, moment or as_of(facts, row)).values()
        missing = set(EARLIER) - expected.keys()
        assert not missing, f"the oracle lacks {sorted(missing)}"
        for name in EARLIER:
            if not close(row[name], expected[name]):
                key = f"{name} of {row['player_key']} in {row['game_id']} {row['game_date']}"
                wrong.append(f"{key}: built {row[name]}, oracle {expected[name]}")
    return wrong


def as_of(facts: Facts, row: Row) -> datetime:
    """One second before the slate's first tip-off."""
    tips = [g["tipoff"] for team in facts.games.values() for g in team
            if g["game_date"] == row["game_date"]]  # fmt: skip
    first: datetime = min(tips)
    return first - timedelta(seconds=1)


def close(built: float | None, expected: float | None) -> bool:
    if built is None or expected is None:
        return built is None and expected is None
    return abs(built - expected) <= TOLERANCE * max(1.0, abs(expected))


def test_every_feature_of_every_small_row_is_what_plain_loops_give(small: Built) -> None:
    rows = random.Random(3).sample(small.frame.to_dicts(), 150)
    twice = small.frame.filter(pl.col("game_id").str.starts_with("twice")).to_dicts()
    assert len(twice) > 10
    assert compare(small, rows + twice) == []


def sample(frame: pl.DataFrame) -> list[Row]:
    """Some of each awkward kind: first games, openings, gaps, new teams, neutral sites, lines."""
    opened = (pl.col("game_date").dt.year() == 2024) & (pl.col("game_date").dt.month() == 10)
    kinds = [
        (pl.col("points_avg_last_5").is_null(), 6),
        (pl.col("points_avg_season").is_null() & pl.col("points_avg_last_5").is_not_null(), 10),
        (opened, 10),
        ((pl.col("games_in_last_7_days") == 0) & ~opened, 12),
        (pl.col("dnp_rate").is_null() & pl.col("points_avg_season").is_not_null(), 16),
        (pl.col("dnp_rate") > 0, 10),
        (pl.col("injury_risk") > 0, 12),
        (pl.col("game_type").str.starts_with("cup"), 8),
        ((pl.col("has_vegas_line") == 0), 10),
        (pl.col("vegas_line_move") != 0, 12),
        (pl.col("line_pra").is_not_null(), 8),
        (pl.col("breakout_risk_score").is_not_null(), 20),
        (pl.col("usage_spike_score") > 0.8, 12),
        (pl.lit(True), 14),
    ]
    picked: list[Row] = []
    for kind, n in kinds:
        rows = frame.filter(kind)
        assert rows.height, f"no real row with {kind}"
        picked += rows.sample(min(n, rows.height), seed=5).to_dicts()
    return picked


def test_every_feature_of_real_rows_is_what_plain_loops_give(real: Built) -> None:
    rows = sample(real.frame)
    assert len(rows) >= 140
    assert compare(real, rows) == []


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_small_league_gives_every_feature_some_value(small: Built, name: str) -> None:
    never = {"pct_paint", "pct_mid_range", "shot_zone_mismatch_score"}
    lined = {"line_points", "line_rebounds"}
    if (
        name.startswith(("line_", "over_chance_"))
        and name.replace("over_chance", "line") not in lined
    ):
        pytest.skip("the small league's books quote points and rebounds only")
    assert (small.frame[name].null_count() == small.frame.height) == (name in never)
