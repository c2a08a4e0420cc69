"""A small made-up league: frames as `features.training_frame` returns them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from tipoff.markets import MARKETS
from tipoff.models.families.baseline import base_names

V2_33 = (
    "points_avg_last_5", "points_avg_last_10", "points_avg_season", "points_std_last_10",
    "games_in_last_7_days", "fatigue_score", "shot_zone_mismatch_score", "pace_score",
    "usage_spike_score", "rest_advantage", "injury_risk", "recent_trend", "minutes_change",
    "opponent_def_rating", "opponent_pace", "home_away", "back_to_back", "playoff_game",
    "pct_paint", "pct_mid_range", "pct_three", "pct_free_throw", "team_pace", "team_off_rating",
    "team_win_pct", "vegas_points_line", "vegas_opening_line", "vegas_line_move",
    "has_vegas_line", "avg_points_vs_opponent", "games_vs_opponent", "minutes_avg_last_10",
    "ppm_avg_last_10",
)  # fmt: skip
OPTIONAL = (
    "shot_zone_mismatch_score", "usage_spike_score", "injury_risk", "pct_paint", "pct_mid_range",
    "pct_three", "vegas_points_line", "vegas_opening_line", "vegas_line_move",
    "avg_points_vs_opponent",
)  # fmt: skip
FIRST = date(2024, 10, 22)
ABSENT = ("shot_zone_mismatch_score", "pct_paint", "pct_mid_range")
_SKILL = {"points": 14.0, "rebounds": 5.0, "assists": 3.0, "threes": 1.5, "steals": 0.8}


def league_frame(players: int = 30, days: int = 50, seed: int = 5) -> pl.DataFrame:
    """players x days rows: outcomes, base features of every market, and the 33 v2 names."""
    rng = np.random.default_rng(seed)
    n = players * days
    day = np.repeat(np.arange(days), players)
    who = np.tile(np.arange(players), days)
    data: dict[str, object] = {
        "game_id": [f"g{d:03d}{p % 5}" for d, p in zip(day, who, strict=True)],
        "player_key": [f"player {p:03d}" for p in who],
        "game_date": [FIRST + timedelta(days=int(d)) for d in day],
        "season": ["2024-25"] * n,
        "tipoff": [datetime(2024, 10, 22, 23, tzinfo=UTC) + timedelta(days=int(d)) for d in day],
    }
    for market in MARKETS:
        skill = _SKILL.get(market, 9.0) * (0.3 + 1.4 * who / players)
        data[f"y_{market}"] = rng.negative_binomial(skill / 1.5, 1 / 2.5)
        data |= _form(market, skill, day, rng)
    for name in V2_33:
        data.setdefault(name, [None] * n if name in ABSENT else rng.normal(0, 1, n))
    frame = pl.DataFrame(data)
    return frame.with_columns(
        points_avg_last_10="points_ewma_hl8",
        vegas_points_line="line_points",
    ).with_columns(pl.col(*V2_33).cast(pl.Float64))


def _form(
    market: str, skill: np.ndarray, day: np.ndarray, rng: np.random.Generator
) -> dict[str, object]:
    seen = np.where(day < 1, np.nan, 1.0)
    noisy = {
        name: np.round(np.maximum(skill + rng.normal(0, wide, len(skill)), 0.0) * seen, 6)
        for name, wide in (("avg_last_5", 1.5), ("avg_last_10", 1.2), ("avg_season", 1.0),
                           ("ewma_hl8", 0.8), ("std_last_20", 0.5))
    }  # fmt: skip
    line = np.where((day + len(market)) % 3 == 0, np.floor(skill) + 0.5, np.nan)
    columns = {f"{market}_{name}": values for name, values in noisy.items()}
    columns[f"line_{market}"] = line
    return {k: pl.Series(v).fill_nan(None) for k, v in columns.items()}


def definitions() -> dict[str, str]:
    """A definition hash for every name a model may read."""
    return {name: f"def_{name}" for name in (*base_names(), *V2_33)}
