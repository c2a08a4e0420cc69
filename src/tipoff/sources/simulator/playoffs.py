"""A short post-season: the best eight, then four, then two, in series of three games."""

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl

from tipoff.sources.simulator.calendar import Games, assemble

_SERIES = 3
_FIRST_ID = 30_001

Play = Callable[[np.random.Generator, Games, int], Mapping[str, pl.DataFrame]]


def playoffs(
    rng: np.random.Generator,
    teams: tuple[str, ...],
    regular: Games,
    results: pl.DataFrame,
    play: Play,
) -> None:
    """Play the rounds through `play(rng, fixtures, first id)`; needs at least eight teams.

    All three games of a series are played; more wins, then more points, go through.
    """
    seeds = _ranking(results, teams)[:8]
    day, first = int(regular.day.max()) + 3, _FIRST_ID
    while len(teams) >= 8 and len(seeds) > 1:
        pairs = [(seeds[i], seeds[-1 - i]) for i in range(len(seeds) // 2)]
        fixtures = _round(rng, teams, regular, pairs, day)
        played = play(rng, fixtures, first)
        seeds = [_winner(played["team_game"], teams, pair) for pair in pairs]
        day, first = day + 2 * _SERIES + 1, first + len(fixtures)


def _ranking(results: pl.DataFrame, teams: tuple[str, ...]) -> list[int]:
    wins = (
        results.group_by("team")
        .agg(
            won=(pl.col("pts") > pl.col("opp_pts")).sum(),
            points=(pl.col("pts").cast(pl.Int64) - pl.col("opp_pts")).sum(),
        )
        .sort(["won", "points", "team"], descending=[True, True, False])
    )
    return [teams.index(team) for team in wins["team"]]


def _winner(results: pl.DataFrame, teams: tuple[str, ...], pair: tuple[int, int]) -> int:
    names = [teams[side] for side in pair]
    ours = results.filter(pl.col("team").is_in(names) & pl.col("opponent").is_in(names))
    return _ranking(ours, teams)[0]


def _round(
    rng: np.random.Generator,
    teams: tuple[str, ...],
    regular: Games,
    pairs: list[tuple[int, int]],
    day: int,
) -> Games:
    rows = [
        (day + 2 * number, *(pair if number != 1 else pair[::-1]))
        for number in range(_SERIES)
        for pair in pairs
    ]
    days, home, away = (np.array(column) for column in zip(*rows, strict=True))
    ghost = np.zeros(len(rows), dtype=np.bool_)
    return assemble(rng, teams, regular.opening.year, "playoffs", days, home, away, ghost)
