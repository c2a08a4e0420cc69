"""What is true of a game before it starts: minutes expected, rates per minute, game states.

All of it follows from what is settled by tip-off: skill, role and form, the schedule, and who has
been withdrawn. Which of the others the coach will use is not: it counts by its probability.
"""

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtr, ndtri

from tipoff.sources.simulator.availability import Squads
from tipoff.sources.simulator.calendar import Games
from tipoff.sources.simulator.constants import (
    AST,
    DECIDED,
    FT,
    MARGIN_EDGES,
    MAX_MINUTES,
    MAX_NODE,
    MID,
    MIN_NODE,
    NODES,
    OVERTIME,
    OVERTIME_MINUTES,
    PAINT,
    RATE_PER_MINUTE,
    REGULATION,
    SCORING,
    STATE_SD,
    STATES,
    STATS,
    THREE,
    TOV,
    Bools,
    Floats,
)
from tipoff.sources.simulator.world import World

_POINTS = np.zeros(len(STATS))
_POINTS[[PAINT, MID, THREE, FT]] = [2, 2, 3, 1]
_TEAM_POINTS = 113.5
_HOME, _TIRED = 0.012, 0.020
_USAGE_SHARING = 0.75
_SPREAD_MINUTES = ([0, 4, 8, 14, 20, 26, 31, 36], [0.9, 2.0, 3.5, 5.3, 5.4, 4.6, 3.5, 2.8])
_BENCH = 18.0
"""Overtime belongs to those who expect more minutes than this."""


@dataclass(frozen=True)
class Night:
    """Pre-game truth; the first axis is team-game (2 x game + side, home first).

    expected: minutes given that they play a game without overtime, [tg, 15]; spread: their
    standard deviation within a state; skew: of the minutes nodes; starter: [tg, 15]; rate: per
    minute, [tg, 15, stats]; state_weight: P(state), [tg, states]; lift: multiplier on scoring per
    state, [tg, states]; shift: minutes per state, [tg, 15, states]; margin, total: expected points
    of the game, [games]; pace: [games].
    """

    expected: Floats
    spread: Floats
    skew: Floats
    starter: Bools
    rate: Floats
    state_weight: Floats
    lift: Floats
    shift: Floats
    margin: Floats
    total: Floats
    pace: Floats

    def only(self, chosen: Bools) -> "Night":
        """The same truth for some games, chosen: [games]."""
        rows = np.repeat(chosen, 2)
        return Night(
            **{
                field.name: getattr(self, field.name)[
                    chosen if field.name in {"margin", "total", "pace"} else rows
                ]
                for field in fields(self)
            }
        )

    def minutes(self, quantile: Floats) -> Floats:
        """Minutes [tg, 15, states] at standard normal `quantile` (scalar or [tg, 15, 1])."""
        bent = (quantile + self.skew[..., None] * (quantile**2 - 1)) / np.sqrt(
            1 + 2 * self.skew[..., None] ** 2
        )
        centre = self.expected[..., None] + self.shift
        return np.clip(centre + self.spread[..., None] * bent, MIN_NODE, LONGEST)


LONGEST = MAX_NODE + np.where(np.arange(STATES) == REGULATION, OVERTIME_MINUTES / 5, 0.0)
"""Most minutes of a player in each state."""


def node_quantiles() -> Floats:
    """Means of the standard normal within NODES equal slices, stretched to unit variance."""
    edges = ndtri(np.arange(1, NODES) / NODES)
    density = np.concatenate([[0.0], np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi), [0.0]])
    middle = NODES * (density[:-1] - density[1:])
    return np.asarray(middle / np.sqrt(np.mean(middle**2)))


def prepare(
    rng: np.random.Generator, world: World, games: Games, drawn: Squads, tired: Bools
) -> Night:
    """Draw form and roles around the latent skill, then work out what to expect of the night."""
    role, form = _drift(rng, world, games, drawn)
    expected = _share_minutes(role, drawn.p_floor)
    pace = np.sqrt(world.pace[games.home] * world.pace[games.away])
    rate = world.skill[drawn.player] * form * _context(world, games, drawn, pace, tired)
    rate = _share_usage(rate, expected * drawn.p_floor)
    points = (rate @ _POINTS * expected * drawn.p_floor).sum(axis=1)
    margin, total = points[0::2] - points[1::2], points[0::2] + points[1::2]
    weight, swing = _states(margin)
    starter = _first_five(role, drawn.plays)
    return Night(
        expected=expected,
        spread=np.interp(expected, *_SPREAD_MINUTES),
        skew=np.where(expected > 24, -0.12, 0.12),
        starter=starter,
        rate=rate,
        state_weight=np.repeat(weight, 2, axis=0),
        lift=_lift(swing, points),
        shift=_shift(expected, drawn.p_floor, np.repeat(weight, 2, axis=0)),
        margin=margin,
        total=total,
        pace=pace,
    )


def _drift(
    rng: np.random.Generator, world: World, games: Games, drawn: Squads
) -> tuple[Floats, Floats]:
    """Role in minutes and form per stat tonight: slow walks over the season."""
    count, days = len(world.names), int(games.day.max()) + 1
    row, day = drawn.player, np.repeat(games.day, 2)[:, None]
    role = _walk(rng, count, days, 40.0)[row, day] * 0.09
    scoring = _walk(rng, count, days, 40.0)[row, day] * 0.06
    other = _walk(rng, count, days, 40.0)[row, day] * 0.06
    form = np.repeat(other[..., None], len(STATS), axis=2)
    form[..., SCORING] = scoring[..., None]
    minutes = np.clip(world.role[row] * np.exp(role - 0.01), 1.5, 39.5)
    return minutes, np.exp(form)


def _walk(rng: np.random.Generator, count: int, days: int, memory: float) -> Floats:
    """Stationary unit-variance AR(1) per player, [count, days]."""
    keep = np.exp(-1 / memory)
    steps = rng.normal(size=(days, count))
    walk = np.empty((days, count))
    walk[0] = steps[0]
    for day in range(1, days):
        walk[day] = keep * walk[day - 1] + np.sqrt(1 - keep**2) * steps[day]
    return walk.T


def _share_minutes(role: Floats, p_floor: Floats) -> Floats:
    """m = M (1 - (1 - role / M)^c) with the team's c such that its players expect 240 in all."""
    worth = -np.log1p(-role / MAX_MINUTES)
    low, high = np.zeros(len(role)), np.full(len(role), 60.0)
    for _ in range(50):
        c = (low + high) / 2
        minutes = MAX_MINUTES * (1 - np.exp(-c[:, None] * worth))
        over = (minutes * p_floor).sum(axis=1) > 240
        low, high = np.where(over, low, c), np.where(over, c, high)
    return np.asarray(minutes)


def _context(world: World, games: Games, drawn: Squads, pace: Floats, tired: Bools) -> Floats:
    """Multipliers [tg, 1, stats]: pace, opponent's defence by zone, attack, home, fatigue."""
    rival = np.stack([games.away, games.home], axis=1).ravel()
    context = world.defence[rival] * np.repeat(pace, 2)[:, None]
    side = np.where(np.arange(len(rival)) % 2 == 0, _HOME, -_HOME)
    context[:, SCORING] *= (world.attack[drawn.team] * (1 + side - _TIRED * tired))[:, None]
    return context[:, None, :]


def _share_usage(rate: Floats, minutes: Floats) -> Floats:
    """One ball: a line-up of scorers shares it, a thin one leaves more to each; then the whole
    league is brought to its mean rates."""
    scoring = ((rate @ _POINTS) * minutes).sum(axis=1) / _TEAM_POINTS
    relief = scoring**-_USAGE_SHARING
    rate = rate.copy()
    for stat in (*SCORING, AST, TOV):
        rate[..., stat] *= relief[:, None]
    team = (rate * minutes[..., None]).sum(axis=1).mean(axis=0)
    return np.asarray(rate * (RATE_PER_MINUTE * 240 / team))


def _states(margin: Floats) -> tuple[Floats, Floats]:
    """P(state) and how far each state lies from the expected margin, [games, states]; mean zero.

    The last state is overtime: a share of the middle one, with a margin like it.
    """
    edges = (MARGIN_EDGES - margin[:, None]) / STATE_SD
    zeros, ones = np.zeros((len(margin), 1)), np.ones((len(margin), 1))
    weight = np.diff(np.concatenate([zeros, ndtr(edges), ones], axis=1), axis=1)
    weight = np.maximum(weight, 1e-6)
    weight /= weight.sum(axis=1, keepdims=True)
    density = np.exp(-(edges**2) / 2) / np.sqrt(2 * np.pi)
    bounds = np.concatenate([zeros, density, zeros], axis=1)
    swing = STATE_SD * (bounds[:, :-1] - bounds[:, 1:]) / weight
    swing -= (weight * swing).sum(axis=1, keepdims=True)
    middle = REGULATION // 2
    extra = weight[:, middle] * OVERTIME
    weight[:, middle] -= extra
    return np.column_stack([weight, extra]), np.column_stack([swing, swing[:, middle]])


def _lift(swing: Floats, points: Floats) -> Floats:
    both = np.stack([swing / 2, -swing / 2], axis=1).reshape(-1, STATES)
    return np.asarray(1 + both / points[:, None])


def _shift(expected: Floats, p_floor: Floats, weight: Floats) -> Floats:
    """In a blow-out minutes flow from those above the team's mean to those below it; overtime
    gives the first seven or eight five minutes' worth more. Each has mean zero over blow-outs."""
    mean = 240 / np.maximum(p_floor.sum(axis=1), 1)
    given = DECIDED - (weight * DECIDED).sum(axis=1, keepdims=True)
    taken = mean[:, None] - expected
    longer = np.maximum(expected - _BENCH, 0.0)
    longer *= OVERTIME_MINUTES / np.maximum((longer * p_floor).sum(axis=1, keepdims=True), 1e-9)
    overtime = np.arange(STATES) == REGULATION
    return np.asarray(taken[..., None] * given[:, None, :] + longer[..., None] * overtime)


def _first_five(role: Floats, plays: Bools) -> Bools:
    rank = np.argsort(np.argsort(-np.where(plays, role, -1.0), axis=1), axis=1)
    return plays & (rank < 5)
