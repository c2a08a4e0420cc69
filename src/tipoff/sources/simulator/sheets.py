"""The smaller files: transactions, officials and game lines."""

from datetime import timedelta

import numpy as np
import polars as pl

from tipoff.sources.simulator.availability import Transactions
from tipoff.sources.simulator.calendar import Games
from tipoff.sources.simulator.constants import SOURCE, Floats
from tipoff.sources.simulator.prices import american, moneyline
from tipoff.sources.simulator.tables import moment_text, text
from tipoff.sources.simulator.world import World

_OUT = (
    *("sprained ankle (DTD)", "sore knee (DTD)", "illness (DTD)", "strained hamstring (DTD)"),
    *("placed on IL with back spasms", "bruised thigh (DTD)", "placed on IL with sore foot"),
)
_BACK = ("activated from IL", "returned to lineup")
_REFEREES = 3
_FIRST_OFFICIAL_ID = 9_900_001


def injuries_file(
    rng: np.random.Generator, world: World, games: Games, wire: Transactions
) -> pl.DataFrame:
    """Transactions, `placed out/IL` and `activated/returned`, dated on the game day."""
    reason = text(_OUT, rng.integers(0, len(_OUT), len(wire.day)))
    back = text(_BACK, rng.integers(0, len(_BACK), len(wire.day)))
    frame = pl.DataFrame(
        {
            "date": [games.opening + timedelta(days=int(d)) for d in wire.day],
            "team": text(world.teams, wire.team),
            "player_name": text(world.names, wire.player),
            "placed": wire.placed,
            "resting": wire.resting,
            "reason": reason,
            "back": back,
            "player_key": text(world.keys, wire.player),
        },
        schema_overrides={"date": pl.Date},
    )
    return frame.select(
        *("date", "team", "player_name"),
        status=pl.when("placed")
        .then(pl.lit("placed out/IL"))
        .otherwise(pl.lit("activated/returned")),
        detail=pl.when("resting")
        .then(pl.lit("rest (DNP)"))
        .when("placed")
        .then("reason")
        .otherwise("back"),
        kind=pl.lit("transaction"),
        source_repo=pl.lit(SOURCE),
        snapshot_time=pl.lit(None, dtype=pl.String),
        player_key="player_key",
    )


def officials_file(rng: np.random.Generator, world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Three officials for every game played."""
    played = frame.filter(~pl.col("ghost"))
    crews = np.argsort(rng.random((len(played), len(world.officials))), axis=1)[:, :_REFEREES]
    rows = np.repeat(np.arange(len(played)), _REFEREES)
    return played[rows].select(
        *("nba_game_id", "game_date", "home", "away"),
        official=text(world.officials, crews.ravel()),
        official_id=pl.Series([str(_FIRST_OFFICIAL_ID + int(i)) for i in crews.ravel()]),
        slot=pl.Series(np.tile(np.arange(1, _REFEREES + 1), len(played))).cast(pl.Int32),
        source_repo=pl.lit(SOURCE),
    )


def game_lines_file(
    rng: np.random.Generator, frame: pl.DataFrame, margin: Floats, total: Floats
) -> pl.DataFrame:
    """Two sources per game played: spread, total and moneylines near the true expectations."""
    played = ~frame["ghost"].to_numpy()
    games = frame.filter(~pl.col("ghost"))
    parts = []
    for book, sharp in (("odds average (simulated)", True), ("closing sheet (simulated)", False)):
        parts.append(_game_book(rng, games, margin[played], total[played], book, sharp))
    return pl.concat(parts).sort("game_date", "nba_game_id", "bookmaker", maintain_order=True)


def _game_book(
    rng: np.random.Generator,
    games: pl.DataFrame,
    margin: Floats,
    total: Floats,
    book: str,
    sharp: bool,
) -> pl.DataFrame:
    count = len(games)
    seen = margin + rng.normal(0, 1.2 if sharp else 1.6, count)
    sums = total + rng.normal(0, 2.5 if sharp else 3.0, count)
    prices = [american(np.full(count, 0.5) + rng.normal(0, 0.008, count), 0.046) for _ in range(4)]
    blank = np.full(count, np.nan)
    sides = prices if sharp else [blank] * 4
    columns = {
        "home_spread": -np.round(seen * 2) / 2 + 0.0,
        "total": np.round(sums * 2) / 2,
        "home_ml": moneyline(seen, 0.045),
        "away_ml": moneyline(-seen, 0.045),
    }
    names = ("home_spread_price", "away_spread_price", "over_price", "under_price")
    frame = games.select(
        *("game_date", "home", "away"),
        **{name: pl.Series(value) for name, value in columns.items()},
        bookmaker=pl.lit(book),
        source_repo=pl.lit(SOURCE),
        source_path=pl.lit("simulated/game_lines.csv"),
        **{name: pl.Series(v) for name, v in zip(names, sides, strict=True)},
        commence_time=moment_text(pl.col("tipoff")) if sharp else pl.lit(None, dtype=pl.String),
        game_id="game_id",
        nba_game_id="nba_game_id",
        season="season",
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
