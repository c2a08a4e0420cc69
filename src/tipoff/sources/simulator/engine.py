"""Season by season: fixtures, squads, truth, box scores, books; then the files."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from tipoff.errors import UsageError
from tipoff.results.data import SimulationReport
from tipoff.sources.simulator import availability, books, box, night, sheets, tables, truth, world
from tipoff.sources.simulator.calendar import Games, regular_season, season_name
from tipoff.sources.simulator.constants import (
    MARKETS,
    SOURCE,
    TEAMS,
    VERSION,
    Bools,
)
from tipoff.sources.simulator.playoffs import playoffs
from tipoff.sources.simulator.pmf import interpolated_median, moments
from tipoff.sources.simulator.write import check_target, pmf_series, write_folder

Frames = dict[str, pl.DataFrame]


def simulate(
    folder: Path,
    *,
    seed: int,
    seasons: int,
    teams: int = 30,
    games: int = 82,
    start_season: int = 2023,
    progress: Callable[[str], None] | None = None,
) -> SimulationReport:
    """Write a simulated league to `folder`, in the layout that `tipoff import` takes.

    `games` per team and season; `start_season` 2023 is 2023-24; `progress` hears one line per
    step. Beside the seven files lie `truth.parquet` (the exact distribution of every
    player-game and market) and `league.json` (the mark of a simulation). Same arguments and
    VERSION, same rows.

    Raises UsageError for an argument out of range, or a folder that holds anything but an
    earlier simulation.
    """
    _check(seasons, teams, games, start_season, seed)
    check_target(folder)
    say = progress or (lambda _: None)
    years = range(start_season, start_season + seasons)
    files = _league(seed, teams, games, years, say)
    mark: dict[str, object] = {
        "simulated": True,
        "seed": seed,
        "seasons": [season_name(year) for year in years],
        "teams": teams,
        "games": games,
        "version": VERSION,
    }
    say("writing the files")
    write_folder(folder, files, mark)
    rows = {name: len(frame) for name, frame in files.items()}
    return SimulationReport(
        folder=str(folder), seed=seed, seasons=tuple(season_name(year) for year in years),
        teams=teams, games=games, version=VERSION, rows=rows,
    )  # fmt: skip


def _check(seasons: int, teams: int, games: int, start_season: int, seed: int) -> None:
    wrong = [
        (not 1 <= seasons <= 20, f"--seasons {seasons}", "1 to 20"),
        (teams % 2 == 1 or not 4 <= teams <= len(TEAMS), f"--teams {teams}", "even, 4 to 30"),
        (not 4 <= games <= 82, f"--games {games}", "4 to 82"),
        (not 2000 <= start_season <= 2079, f"start season {start_season}", "2000 to 2079"),
        (seed < 0, f"--seed {seed}", "0 or more"),
    ]
    for bad, what, allowed in wrong:
        if bad:
            raise UsageError(f"{what} is out of range", f"allowed: {allowed}")


def _league(seed: int, teams: int, games: int, years: range, say: Callable[[str], None]) -> Frames:
    league = world.create(np.random.default_rng([seed, 0]), teams)
    parts: dict[str, list[pl.DataFrame]] = defaultdict(list)

    def play(rng: np.random.Generator, fixtures: Games, first: int) -> Frames:
        frames = _stage(rng, league, fixtures, first)
        for name, frame in frames.items():
            parts[name].append(frame)
        return frames

    for number, year in enumerate(years):
        rng = np.random.default_rng([seed, 1, number])
        if number:
            world.next_summer(rng, league)
        say(f"simulating {season_name(year)}: regular season")
        fixtures = regular_season(rng, league.teams, games, year)
        regular = play(rng, fixtures, 1)
        say(f"simulating {season_name(year)}: playoffs")
        playoffs(rng, league.teams, fixtures, regular["team_game"], play)
    return {name: pl.concat(frames) for name, frames in parts.items()}


def _stage(rng: np.random.Generator, league: world.World, fixtures: Games, first: int) -> Frames:
    """Play a list of fixtures; ids count from `first`."""
    year = fixtures.opening.year % 100
    ids = [f"009{year:02d}{first + number:05d}" for number in range(len(fixtures))]
    frame = tables.game_frame(league, fixtures, ids)
    tired = _back_to_back(fixtures)
    drawn = availability.squads(rng, league, fixtures, tired)
    prepared = night.prepare(rng, league, fixtures, drawn, tired)
    known = truth.work_out(drawn, prepared)
    played = box.play(rng, drawn, prepared)
    players = tables.player_frame(league, frame, drawn, played, prepared.starter)
    teams = tables.team_frame(players)
    wire = availability.transactions(rng, fixtures, drawn)
    return {
        "player_game": tables.finish_players(rng, players, teams),
        "team_game": tables.team_file(teams),
        "schedule": tables.schedule_file(frame, teams),
        "prop_lines": books.prop_lines_file(rng, league, frame, drawn, known),
        "game_lines": sheets.game_lines_file(rng, frame, prepared.margin, prepared.total),
        "injuries": sheets.injuries_file(rng, league, fixtures, wire),
        "officials": sheets.officials_file(rng, league, frame),
        "truth": _truth_frame(league, frame, drawn, prepared, known),
    }


def _back_to_back(fixtures: Games) -> Bools:
    """Did this team play the day before? [2 games]."""
    team = np.stack([fixtures.home, fixtures.away], axis=1).ravel()
    day = np.repeat(fixtures.day, 2)
    real = np.repeat(~fixtures.ghost, 2)
    played = set(zip(team[real].tolist(), day[real].tolist(), strict=True))
    return np.array(
        [(t, d - 1) in played for t, d in zip(team.tolist(), day.tolist(), strict=True)]
    )


def _truth_frame(
    league: world.World,
    frame: pl.DataFrame,
    drawn: availability.Squads,
    prepared: night.Night,
    known: truth.Truth,
) -> pl.DataFrame:
    """One row per player-game and market; the announced but postponed games are left out."""
    row, place = known.row, known.place
    who = drawn.player[row, place]
    home = row % 2 == 0
    rate = prepared.rate[row, place]
    base = frame[row // 2].select("nba_game_id", "game_id", "game_date", "season", "home", "away")
    base = base.with_columns(
        player_id=pl.Series(league.ids, dtype=pl.Int64).gather(pl.Series(who)),
        player_key=tables.text(league.keys, who),
        at_home=pl.Series(home),
        p_plays=pl.Series(drawn.p_plays[row, place]),
        played=pl.Series(drawn.plays[row, place]),
        minutes_mean=pl.Series(known.minutes_mean),
        minutes_sd=pl.Series(known.minutes_sd),
        paint_rate=pl.Series(rate[:, 0]),
        mid_rate=pl.Series(rate[:, 1]),
        three_rate=pl.Series(rate[:, 2]),
        ghost=frame["ghost"].gather(pl.Series(row // 2)),
    )
    parts = [_truth_market(base, market, known.pmf[market]) for market in MARKETS]
    return pl.concat(parts)


def _truth_market(base: pl.DataFrame, market: str, pmf: np.ndarray) -> pl.DataFrame:
    mean, variance = moments(pmf)
    at_home = pl.col("at_home")
    return (
        base.with_columns(
            market=pl.lit(market),
            mean=pl.Series(mean),
            variance=pl.Series(variance),
            median=pl.Series(interpolated_median(pmf)),
            pmf=pmf_series(pmf),
        )
        .filter(~pl.col("ghost"))
        .select(
            *("nba_game_id", "game_id", "game_date", "season", "player_id", "player_key"),
            team=pl.when(at_home).then("home").otherwise("away"),
            opponent=pl.when(at_home).then("away").otherwise("home"),
            home="at_home",
            market="market",
            p_plays="p_plays",
            played="played",
            minutes_mean="minutes_mean",
            minutes_sd="minutes_sd",
            paint_rate="paint_rate",
            mid_rate="mid_rate",
            three_rate="three_rate",
            mean="mean",
            variance="variance",
            median="median",
            pmf="pmf",
            source_repo=pl.lit(SOURCE),
        )
    )
