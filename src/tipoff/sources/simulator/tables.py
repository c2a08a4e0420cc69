"""Facts as frames: schedule, box scores and team games, in the layout and types of the real
folder."""

from datetime import timedelta

import numpy as np
import polars as pl

from tipoff.sources.simulator.availability import Squads
from tipoff.sources.simulator.box import Box
from tipoff.sources.simulator.calendar import Games
from tipoff.sources.simulator.constants import (
    AST,
    BLK,
    DREB,
    FT,
    MID,
    OREB,
    PAINT,
    PF,
    SOURCE,
    STL,
    THREE,
    TOV,
    Ints,
)
from tipoff.sources.simulator.world import World

_COUNTS = ("pts", "reb", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf")
_IDENTITY = (
    *("game_id", "nba_game_id", "game_date", "season", "season_type", "player_id"),
    *("player_name", "player_key", "team", "opponent", "home", "starter", "minutes"),
)
_SHOTS = ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta")


def text(values: list[str] | tuple[str, ...], index: Ints) -> pl.Series:
    """The words at these positions."""
    return pl.Series(values, dtype=pl.String).gather(pl.Series(index))


def game_frame(world: World, games: Games, ids: list[str]) -> pl.DataFrame:
    """One row per fixture: ids, date, teams, tip-off (a moment), ghost."""
    frame = pl.DataFrame(
        {
            "nba_game_id": ids,
            "game_date": [games.opening + timedelta(days=int(d)) for d in games.day],
            "home": text(world.teams, games.home),
            "away": text(world.teams, games.away),
            "minutes": games.tipoff,
            "ghost": games.ghost,
        }
    )
    date = pl.col("game_date")
    return frame.with_columns(
        game_id=pl.format("{}_{}_{}", date.dt.strftime("%Y%m%d"), "away", "home"),
        season=pl.lit(games.season),
        season_type=pl.lit(games.season_type),
        tipoff=date.cast(pl.Datetime("us")) + pl.duration(minutes=pl.col("minutes")),
    ).drop("minutes")


def moment_text(moment: pl.Expr) -> pl.Expr:
    """`2025-01-10T23:30:00Z`."""
    return moment.dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def player_frame(
    world: World, frame: pl.DataFrame, drawn: Squads, box: Box, starter: np.ndarray
) -> pl.DataFrame:
    """One row per player-game played, ghosts left out; team sums still to be joined."""
    ghost = np.repeat(frame["ghost"].to_numpy(), 2)
    row, place = np.nonzero(drawn.plays & ~ghost[:, None])
    who, side = drawn.player[row, place], row % 2
    stats = _counted(box, row, place)
    shooting = {name: stats.pop(name) for name in ("fgm", "fga", "fg3m", "fg3a", "ftm", "fta")}
    identity = {
        "player_id": pl.Series(world.ids, dtype=pl.Int64).gather(pl.Series(who)),
        "player_name": text(world.names, who),
        "player_key": text(world.keys, who),
    }
    shape = {
        "home": side == 0,
        "starter": starter[row, place],
        "minutes": box.minutes[row, place].astype(np.float32),
    }
    games = frame[row // 2].select(
        "game_id", "nba_game_id", "game_date", "season", "season_type", "home", "away"
    )
    sides = pl.DataFrame({"at_home": side == 0}).hstack(games)
    teams = sides.select(
        *("game_id", "nba_game_id", "game_date", "season", "season_type"),
        team=pl.when("at_home").then("home").otherwise("away"),
        opponent=pl.when("at_home").then("away").otherwise("home"),
    )
    numbers = pl.DataFrame({**identity, **shape, **stats, **shooting})
    return teams.hstack(numbers)


def _counted(box: Box, row: Ints, place: Ints) -> dict[str, pl.Series]:
    counts = box.counts[row, place]
    twos = counts[:, PAINT] + counts[:, MID]
    missed_twos, missed_threes = box.missed_twos[row, place], box.missed_threes[row, place]
    values = {
        "pts": box.points[row, place],
        "reb": counts[:, OREB] + counts[:, DREB],
        "oreb": counts[:, OREB],
        "dreb": counts[:, DREB],
        "ast": counts[:, AST],
        "stl": counts[:, STL],
        "blk": counts[:, BLK],
        "tov": counts[:, TOV],
        "pf": counts[:, PF],
        "fgm": twos + counts[:, THREE],
        "fga": twos + counts[:, THREE] + missed_twos + missed_threes,
        "fg3m": counts[:, THREE],
        "fg3a": counts[:, THREE] + missed_threes,
        "ftm": counts[:, FT],
        "fta": counts[:, FT] + box.missed_ft[row, place],
    }
    return {name: pl.Series(value).cast(pl.Int16) for name, value in values.items()}


def team_frame(players: pl.DataFrame) -> pl.DataFrame:
    """Team sums of the box scores, opponent's points and possessions
    (fga + 0.44 fta - oreb + tov, whole)."""
    keys = ["nba_game_id", "game_id", "game_date", "season", "season_type", "team", "opponent"]
    sums = players.group_by([*keys, "home"], maintain_order=True).agg(
        *[pl.col(name).sum() for name in (*_COUNTS, *_SHOTS)]
    )
    rival = sums.select("nba_game_id", opponent="team", opp_pts="pts")
    estimate = pl.col("fga") + 0.44 * pl.col("fta") - pl.col("oreb") + pl.col("tov")
    return sums.join(
        rival, on=["nba_game_id", "opponent"], how="left", maintain_order="left"
    ).with_columns(possessions=estimate.round())


def finish_players(
    rng: np.random.Generator, players: pl.DataFrame, teams: pl.DataFrame
) -> pl.DataFrame:
    """Add usage (share of the team's plays while on the floor, percent) and plus-minus."""
    load = pl.col("fga") + 0.44 * pl.col("fta") + pl.col("tov")
    team = teams.select("nba_game_id", "team", team_load=load, margin=_margin())
    joined = players.join(team, on=["nba_game_id", "team"], how="left", maintain_order="left")
    noise = pl.Series(rng.normal(0, 6.0, len(players)))
    share = load * 48 / (pl.col("minutes") * pl.col("team_load"))
    return joined.select(
        *_IDENTITY,
        *(*_COUNTS, *_SHOTS),
        plus_minus=(pl.col("margin") * pl.col("minutes") / 48 + noise).round().cast(pl.Float32),
        usg_pct=(100 * share).round(1).clip(0, 100).cast(pl.Float32),
        did_not_play=pl.lit(False),
        dnp_reason=pl.lit(None, dtype=pl.String),
        source_repo=pl.lit(SOURCE),
    )


def _margin() -> pl.Expr:
    return pl.col("pts").cast(pl.Int32) - pl.col("opp_pts").cast(pl.Int32)


def schedule_file(frame: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
    """The schedule with final scores."""
    home = teams.filter("home").select("nba_game_id", home_pts="pts", away_pts="opp_pts")
    return (
        frame.filter(~pl.col("ghost"))
        .join(home, on="nba_game_id", how="left", maintain_order="left")
        .select(
            *("nba_game_id", "game_id", "game_date", "season"),
            game_type="season_type",
            home_team="home",
            away_team="away",
            home_pts=pl.col("home_pts").cast(pl.Int16),
            away_pts=pl.col("away_pts").cast(pl.Int16),
            status=pl.lit("final"),
            source_repo=pl.lit(SOURCE),
            tipoff_utc=moment_text(pl.col("tipoff")),
        )
    )


def team_file(teams: pl.DataFrame) -> pl.DataFrame:
    """Team games in the column order of the real file."""
    counts = (*("pts", "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb"),)
    rest = ("ast", "stl", "blk", "tov", "pf", "opp_pts")
    return teams.select(
        *("nba_game_id", "game_date", "season"),
        game_type="season_type",
        neutral_site=pl.lit("False"),
        team="team",
        opponent="opponent",
        home="home",
        **{name: pl.col(name).cast(pl.Int16) for name in (*counts, *rest)},
        possessions="possessions",
        source_repo=pl.lit(SOURCE),
        game_id="game_id",
    )
