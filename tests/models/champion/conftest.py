"""A small league whose true means are a feature, and champions of few rounds fitted on it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion import Champion, Recipe, Rounds, fit_champion
from tipoff.models.data import TrainingData, training_data

FEATURES = (
    "truth", "noise", "games_career", "minutes_std_10", "act_players", "pts_slope_10g",
    "threes_per_minute_career", "points_per_minute_career",
)  # fmt: skip
FEW = Rounds(40, 80)
THROUGH = date(2024, 1, 31)
LINED = ("points", "rebounds", "assists", "pra")
_SKILL = {"points": 12.0, "rebounds": 5.0, "assists": 3.5, "threes": 1.6, "steals": 0.8,
          "blocks": 0.5}  # fmt: skip


def champion_frame(players: int = 40, days: int = 120, seed: int = 8) -> pl.DataFrame:
    """players x days rows, the days in two seasons; `truth` says how good a player's night is."""
    rng = np.random.default_rng(seed)
    n = players * days
    day, who = np.repeat(np.arange(days), players), np.tile(np.arange(players), days)
    second = day >= days // 2
    dates = [date(2022, 11, 1) + timedelta(days=int(d) + 365 * int(s))
             for d, s in zip(day, second, strict=True)]  # fmt: skip
    truth = (0.3 + 1.4 * who / players) * rng.uniform(0.7, 1.3, n)
    data: dict[str, object] = {
        "game_id": [f"g{d:03d}{p % 5}" for d, p in zip(day, who, strict=True)],
        "player_key": [f"player {p:03d}" for p in who],
        "game_date": dates,
        "season": np.where(second, "2023-24", "2022-23").tolist(),
        "tipoff": [datetime(d.year, d.month, d.day, 23, tzinfo=UTC) for d in dates],
        "truth": truth, "noise": rng.normal(0, 1, n), "games_career": day.astype(float),
        "minutes_std_10": rng.uniform(2, 9, n), "act_players": rng.uniform(6, 10, n),
        "pts_slope_10g": np.where(day < 5, np.nan, rng.normal(0, 1, n)),
        "threes_per_minute_career": 0.01 + 0.1 * (who % 7) / 7,
        "points_per_minute_career": np.full(n, 0.4),
        "y_minutes": np.clip(24 * truth + rng.normal(0, 4, n), 1, 48),
    }  # fmt: skip
    for market, skill in _SKILL.items():
        data[f"y_{market}"] = rng.negative_binomial(skill * truth, 0.5).astype(float)
    for market in MARKETS:
        parts = parts_of(market)
        data[f"y_{market}"] = sum(np.asarray(data[f"y_{p}"]) for p in parts)
        middle = truth * sum(_SKILL[p] for p in parts)
        line = np.where((day % 3 == 0) & (market in LINED), np.floor(middle) + 0.5, np.nan)
        data[f"line_{market}"] = line
        data[f"over_chance_{market}"] = (
            np.where(day % 2, rng.uniform(0.45, 0.55, n), np.nan) + line * 0
        )
    frame = pl.DataFrame(data)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).sort(
        "tipoff", "game_id", "player_key"
    )


def recipe(lines: bool, markets: tuple[str, ...] = tuple(MARKETS)) -> Recipe:
    name = "champion_line" if lines else "champion_noline"
    return Recipe(name, lines, markets, FEATURES, ("pts_slope_10g",), FEW)


def definitions() -> dict[str, str]:
    names = (*FEATURES, *(f"{x}_{m}" for m in MARKETS for x in ("line", "over_chance")))
    return {name: f"def_{name}" for name in names}


@pytest.fixture(scope="session")
def league() -> pl.DataFrame:
    return champion_frame()


@pytest.fixture(scope="session")
def league_data(league: pl.DataFrame) -> TrainingData:
    return training_data(league, THROUGH)


@pytest.fixture(scope="session")
def upcoming(league: pl.DataFrame, league_data: TrainingData) -> pl.DataFrame:
    return league.filter(pl.col("game_date") > league_data.through)


@pytest.fixture(scope="session")
def noline(league_data: TrainingData) -> Champion:
    return fit_champion(recipe(lines=False), league_data, definitions())


@pytest.fixture(scope="session")
def line(league_data: TrainingData) -> Champion:
    return fit_champion(recipe(lines=True), league_data, definitions())
