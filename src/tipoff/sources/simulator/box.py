"""Draw the box scores. Every player's marginal is exactly their truth; team-mates are tied
together only through Gaussian copulas, which leave marginals alone.

One game state per game and one minutes node per player are drawn first; given these their stats
are independent Poisson counts, drawn by inverting their cdf at correlated uniforms. Misses and
minutes on display are then fitted to the team's possessions and its 240 minutes (265 after an
overtime).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, pdtr, pdtrik

from tipoff.sources.simulator.availability import Squads
from tipoff.sources.simulator.constants import (
    FT,
    MID,
    NODES,
    OREB,
    OVERTIME_MINUTES,
    PAINT,
    PF,
    REGULATION,
    SCORING,
    STATES,
    STATS,
    THREE,
    TOV,
    Bools,
    Floats,
    Ints,
)
from tipoff.sources.simulator.night import LONGEST, Night, node_quantiles

_SHARED = np.array([0.95, 0.95, 0.85, 0.75, 0.60, 0.80, 0.45, 0.0, 0.0, 0.2, 0.0])
"""How far team-mates take each other's share of each stat (0 not at all, 1 a fixed total)."""
_TOGETHER = np.zeros(len(STATS))
_TOGETHER[[PAINT, MID, THREE, FT]] = [0.06, 0.06, 0.18, 0.17]
"""Correlation of everybody in a game with how freely that kind of shot falls tonight."""
_MINUTES_SHARED = 0.9
_ACCURACY = {"two": 0.545, "three": 0.36, "ft": 0.78}
_POSSESSIONS, _POSSESSIONS_SD = 99.9, 4.0


@dataclass(frozen=True)
class Box:
    """Outcomes, [tg, 15] each; zero where they did not play.

    minutes: tenths of a minute as floats, each team's sum is 240 or 265; counts: [tg, 15, stats];
    missed_twos, missed_threes, missed_ft: counts; points: [tg, 15].
    """

    minutes: Floats
    counts: Ints
    missed_twos: Ints
    missed_threes: Ints
    missed_ft: Ints
    points: Ints


def play(rng: np.random.Generator, drawn: Squads, night: Night) -> Box:
    """Play every game; a tie is played again."""
    minutes, counts = _draw(rng, drawn.plays, night)
    while (tied := _tied(counts)).any():
        rows = np.repeat(tied, 2)
        minutes[rows], counts[rows] = _draw(rng, drawn.plays[rows], night.only(tied))
    points = _points(counts)
    counts[..., PF] = np.minimum(counts[..., PF], 6)
    twos, threes, free = _misses(rng, counts, minutes, night)
    return Box(minutes, counts, twos, threes, free, points)


def _points(counts: Ints) -> Ints:
    twos = counts[..., PAINT] + counts[..., MID]
    return np.asarray(2 * twos + 3 * counts[..., THREE] + counts[..., FT])


def _tied(counts: Ints) -> Bools:
    score = _points(counts).sum(axis=1)
    return np.asarray(score[0::2] == score[1::2])


def _draw(rng: np.random.Generator, plays: Bools, night: Night) -> tuple[Floats, Ints]:
    state = _states(rng, night)
    stay = _tie_together(rng, night.spread * plays, _MINUTES_SHARED)
    node = np.minimum((ndtr(stay) * NODES).astype(np.int64), NODES - 1)
    level = night.minutes(node_quantiles()[node][..., None])
    rows = np.arange(len(state))
    mean = night.rate * level[rows, :, state][..., None]
    mean[..., SCORING] *= night.lift[rows, state][:, None, None]
    mean *= plays[..., None]
    counts = np.empty(mean.shape, dtype=np.int64)
    for stat in range(len(STATS)):
        own = _tie_together(rng, np.sqrt(mean[..., stat]), float(_SHARED[stat]))
        night_out = np.repeat(rng.normal(size=(len(rows) // 2, 1)), 2, axis=0)
        pull = np.sqrt(1 - _TOGETHER[stat] ** 2) * own + _TOGETHER[stat] * night_out
        uniform = ndtr(pull)
        counts[..., stat] = _poisson_quantile(uniform, mean[..., stat])
    minutes = night.minutes(stay[..., None])[rows, :, state]
    return _fit(minutes, night.spread, plays, state), counts


def _states(rng: np.random.Generator, night: Night) -> Ints:
    steps = np.cumsum(night.state_weight[0::2], axis=1)
    draw = rng.random((len(steps), 1))
    return np.repeat(np.minimum((draw > steps).sum(axis=1), STATES - 1), 2)


def _tie_together(rng: np.random.Generator, size: Floats, share: float) -> Floats:
    """Standard normals [tg, 15] whose sum weighted by `size` has lost `share` of its deviation.

    z = g - share s (s.g) / |s|^2, rescaled to unit variance: each z is exactly N(0, 1).
    """
    g = rng.normal(size=size.shape)
    norm = np.maximum((size**2).sum(axis=1, keepdims=True), 1e-12)
    z = g - share * size * ((size * g).sum(axis=1, keepdims=True) / norm)
    return np.asarray(z / np.sqrt(1 - (2 * share - share**2) * size**2 / norm))


def _poisson_quantile(uniform: Floats, mean: Floats) -> Ints:
    """Smallest n with P(N <= n) >= u."""
    safe = np.maximum(mean, 1e-9)
    guess = np.maximum(np.ceil(np.nan_to_num(pdtrik(uniform, safe))), 0.0)
    lower = np.maximum(guess - 1, 0.0)
    smallest = np.where(pdtr(lower, safe) >= uniform, lower, guess)
    return np.asarray(smallest, dtype=np.int64)


def _fit(minutes: Floats, spread: Floats, plays: Bools, state: Ints) -> Floats:
    """Bring each team to its minutes, to the tenth, moving the uncertain ones most."""
    fitted = np.where(plays, minutes, 0.0)
    whole = 240 + np.where(state == REGULATION, OVERTIME_MINUTES, 0.0)[:, None]
    most = LONGEST[state][:, None]
    for _ in range(12):
        gap = whole - fitted.sum(axis=1, keepdims=True)
        room = plays & np.where(gap > 0, fitted < most, fitted > 0.5)
        weight = spread * room
        fitted = fitted + gap * weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
        fitted = np.where(plays, np.clip(fitted, 0.3, most), 0.0)
    tenths = np.round(fitted * 10).astype(np.int64)
    longest = np.argmax(np.where(tenths < 380, tenths, -1), axis=1)
    tenths[np.arange(len(tenths)), longest] += np.round(whole[:, 0] * 10).astype(
        np.int64
    ) - tenths.sum(axis=1)
    return np.asarray(tenths / 10)


def _misses(
    rng: np.random.Generator, counts: Ints, minutes: Floats, night: Night
) -> tuple[Ints, Ints, Ints]:
    """Missed shots: what is left of the team's possessions, dealt out by its shooters' attempts."""
    free = rng.poisson(counts[..., FT] * (1 / _ACCURACY["ft"] - 1))
    possessions = _game_possessions(rng, counts, night)
    team = counts.sum(axis=1)
    attempts = possessions - team[:, TOV] + team[:, OREB] - 0.44 * (free.sum(axis=1) + team[:, FT])
    baskets = team[:, PAINT] + team[:, MID] + team[:, THREE]
    missed = np.maximum(np.round(attempts) - baskets, 20).astype(np.int64)
    twos = (night.rate[..., PAINT] + night.rate[..., MID]) * (1 / _ACCURACY["two"] - 1)
    threes = night.rate[..., THREE] * (1 / _ACCURACY["three"] - 1)
    weight = np.concatenate([twos * minutes, threes * minutes], axis=1)
    dealt = rng.multinomial(missed, weight / weight.sum(axis=1, keepdims=True))
    half = counts.shape[1]
    return dealt[:, :half], dealt[:, half:], free


def _game_possessions(rng: np.random.Generator, counts: Ints, night: Night) -> Floats:
    """Both sides of a game have the same number, give or take one."""
    surprise = _points(counts).sum(axis=1)[0::2] + _points(counts).sum(axis=1)[1::2] - night.total
    game = _POSSESSIONS * night.pace + 0.06 * surprise
    game = game + rng.normal(0, _POSSESSIONS_SD, len(game))
    return np.asarray(np.round(np.repeat(game, 2)) + rng.integers(-1, 2, 2 * len(game)))
