"""Who is there: trades, injuries, rest days, late withdrawals, and what of it gets recorded."""

from dataclasses import dataclass

import numpy as np

from tipoff.sources.simulator.calendar import Games
from tipoff.sources.simulator.constants import (
    LATE_SCRATCH,
    PLAYS_BY_RANK,
    ROSTER,
    Bools,
    Floats,
    Ints,
)
from tipoff.sources.simulator.world import World

_SPELLS_PER_SEASON = 4.4
_SEASON_DAYS = 175
_TRADE_WINDOW = (0.29, 0.60)
_REST_SHARE = 0.07


@dataclass(frozen=True)
class Squads:
    """Per team-game (2 x game + side, home first) and roster place, [2 games, 15].

    player: index; out: ruled out before noon; fresh: first game of that absence (books may
    have listed them that morning); plays: on the floor tonight; p_plays, p_floor: the probability
    of that as known at noon and at tip-off, when late withdrawals are known; resting: out for a
    day's rest.
    """

    team: Ints
    player: Ints
    out: Bools
    fresh: Bools
    plays: Bools
    p_plays: Floats
    p_floor: Floats
    resting: Bools


def squads(rng: np.random.Generator, world: World, games: Games, back_to_back: Bools) -> Squads:
    """Draw trades, absences and tonight's rotation for every team-game; moves traded players."""
    team = np.stack([games.home, games.away], axis=1).ravel()
    day = np.repeat(games.day, 2)
    player = _slots_by_game(rng, world, games, team, day)
    resting = _resting(rng, world.role[player], back_to_back)
    out = _injured(rng, world, int(day.max()) + 1)[player, day[:, None]] | resting
    out = _keep_nine(out, world.role[player])
    fresh = out & ~_out_before(player, out, np.repeat(games.ghost, 2))
    withdrawn = rng.random(out.shape) < LATE_SCRATCH
    chosen = _rotation(world.role[player], out)
    p_floor = np.where(withdrawn, 0.0, chosen)
    plays = _on_the_floor(rng, p_floor)
    return Squads(
        team, player, out, fresh, plays, chosen * (1 - LATE_SCRATCH), p_floor, resting & out
    )


def _slots_by_game(
    rng: np.random.Generator, world: World, games: Games, team: Ints, day: Ints
) -> Ints:
    """Rosters night by night; trades swap two players for good, in the regular season only."""
    slots = world.slots[team].copy()
    if games.season_type != "regular":
        return slots
    first, last = (max(1, int(part * day.max())) for part in _TRADE_WINDOW)
    for when in np.sort(rng.integers(first, last + 1, max(1, round(0.6 * len(world.teams))))):
        one, two = rng.choice(len(world.teams), size=2, replace=False)
        place = int(rng.integers(1, 11))
        for club, other in ((one, two), (two, one)):
            slots[(day >= when) & (team == club), place] = world.slots[other, place]
        world.slots[[one, two], place] = world.slots[[two, one], place]
    return slots


def _injured(rng: np.random.Generator, world: World, days: int) -> Bools:
    """[players, days]: spells of a few days mostly, of months now and then."""
    out = np.zeros((len(world.names), days), dtype=np.bool_)
    rate = _SPELLS_PER_SEASON * days / _SEASON_DAYS
    spells = rng.poisson(rate * world.fragile)
    player = np.repeat(np.arange(len(spells)), spells)
    start = rng.integers(0, days, len(player))
    kind = rng.choice(3, size=len(player), p=[0.60, 0.30, 0.10])
    low, high = np.array([1, 5, 20])[kind], np.array([5, 21, 80])[kind]
    length = rng.integers(low, high)
    for who, first, count in zip(player, start, length, strict=True):
        out[who, first : first + count] = True
    return out


def _resting(rng: np.random.Generator, role: Floats, back_to_back: Bools) -> Bools:
    tired = (role > 30) & back_to_back[:, None]
    return tired & (rng.random(role.shape) < _REST_SHARE)


def _keep_nine(out: Bools, role: Floats) -> Bools:
    """With fewer than nine fit players the least important absentees play hurt."""
    excess = np.maximum(out.sum(axis=1) - (ROSTER - 9), 0)
    order = np.argsort(np.argsort(np.where(out, role, np.inf), axis=1), axis=1)
    return np.asarray(out & (order >= excess[:, None]))


def _out_before(player: Ints, out: Bools, ghost: Bools) -> Bools:
    """Were they also out in their previous game that was played? [2 games, 15]."""
    before = np.zeros_like(out)
    last: dict[int, bool] = {}
    for row in range(len(player)):
        for place, who in enumerate(player[row].tolist()):
            before[row, place] = last.get(who, False)
            if not ghost[row]:
                last[who] = bool(out[row, place])
    return before


def _rotation(role: Floats, out: Bools) -> Floats:
    """P(the coach uses them), by rank of role among those not ruled out."""
    rank = np.argsort(np.argsort(-np.where(out, -np.inf, role), axis=1), axis=1)
    return np.where(out, 0.0, PLAYS_BY_RANK[rank])


def _on_the_floor(rng: np.random.Generator, p_floor: Floats) -> Bools:
    """Draw who plays, each with their probability, and as many as expected, rounded up or down:
    systematic sampling (Madow 1949). They play if a point of u, 1 + u, 2 + u, ... falls to them."""
    order = np.argsort(-p_floor, axis=1)
    ends = np.cumsum(np.take_along_axis(p_floor, order, axis=1), axis=1)
    points = np.floor(ends - rng.random((len(p_floor), 1)))
    drawn = np.diff(points, axis=1, prepend=-1.0) > 0
    plays = np.zeros_like(drawn)
    np.put_along_axis(plays, order, drawn, axis=1)
    return plays & (p_floor > 0)


@dataclass(frozen=True)
class Transactions:
    """Rows for the injuries file, in order of date; arrays are [rows]."""

    day: Ints
    team: Ints
    player: Ints
    placed: Bools
    resting: Bools


def transactions(rng: np.random.Generator, games: Games, drawn: Squads) -> Transactions:
    """Absences as the league's wire would tell them: a tenth of the openings and three tenths
    of the returns never make it into print."""
    played = np.repeat(~games.ghost, 2)[:, None]
    before = _out_before(drawn.player, drawn.out, np.repeat(games.ghost, 2))
    placed = drawn.out & ~before & played
    back = ~drawn.out & before & played
    printed = np.where(placed, rng.random(placed.shape) < 0.9, rng.random(placed.shape) < 0.7)
    row, place = np.nonzero((placed | back) & printed)
    return Transactions(
        day=games.day[row // 2],
        team=drawn.team[row],
        player=drawn.player[row, place],
        placed=placed[row, place],
        resting=drawn.resting[row, place],
    )
