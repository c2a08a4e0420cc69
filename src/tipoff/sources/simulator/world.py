"""The people and the clubs: latent skill, role and style that no box score shows directly."""

from dataclasses import dataclass

import numpy as np

from tipoff.sources.simulator import names
from tipoff.sources.simulator.constants import (
    BLK,
    DREB,
    FIRST_PLAYER_ID,
    FT,
    MID,
    OREB,
    PAINT,
    RATE_PER_MINUTE,
    ROLE_MINUTES,
    ROSTER,
    SIZE_LOADING,
    SKILL_SD,
    SKILL_SLOPE,
    STATS,
    TEAMS,
    THREE,
    USAGE_LOADING,
    Floats,
    Ints,
)

_CHURN = 0.18
_UNREGISTERED = 61


@dataclass
class World:
    """Everything that lasts from one season to the next.

    role: minutes they are worth, [players]; skill: rates per minute, [players, stats];
    fragile: relative absence rate, [players]; slots: player per team and roster place,
    [teams, 15]; defence: multipliers on the opponent's stats, [teams, stats]; pace: per team,
    1 = league; attack: per team, multiplier on scoring.
    """

    teams: tuple[str, ...]
    names: list[str]
    taken: set[str]
    role: Floats
    skill: Floats
    fragile: Floats
    slots: Ints
    defence: Floats
    pace: Floats
    attack: Floats
    officials: list[str]

    @property
    def keys(self) -> list[str]:
        """player_key of every player."""
        return [names.key(name) for name in self.names]

    @property
    def ids(self) -> list[int | None]:
        """player_id of every player; a few on the fringe have none, as in real files."""
        return [
            None if number % _UNREGISTERED == _UNREGISTERED - 1 else FIRST_PLAYER_ID + number
            for number in range(len(self.names))
        ]


def create(rng: np.random.Generator, teams: int) -> World:
    """A league of `teams` clubs with full rosters."""
    count = teams * ROSTER
    taken: set[str] = set()
    role = _roles(rng, np.tile(ROLE_MINUTES, teams))
    return World(
        teams=TEAMS[:teams],
        names=names.invent(rng, count, taken),
        taken=taken,
        role=role,
        skill=_skills(rng, role),
        fragile=rng.gamma(2.0, 0.5, count),
        slots=np.arange(count).reshape(teams, ROSTER),
        defence=_defence(rng, teams),
        pace=np.exp(rng.normal(0, 0.02, teams)),
        attack=np.exp(rng.normal(0, 0.07, teams)),
        officials=names.invent(rng, max(12, teams * 2), set(taken)),
    )


def next_summer(rng: np.random.Generator, world: World) -> None:
    """Between seasons: some leave, newcomers take their places, everybody changes a little."""
    count = len(world.names)
    world.role = np.clip(world.role * np.exp(rng.normal(0, 0.08, count)), 2.0, 38.0)
    world.skill = world.skill * np.exp(rng.normal(0, 0.08, (count, len(STATS))))
    leaving = np.argwhere(rng.random(world.slots.shape) < _CHURN)
    role = _roles(rng, world.role[world.slots[leaving[:, 0], leaving[:, 1]]])
    world.names += names.invent(rng, len(leaving), world.taken)
    world.slots[leaving[:, 0], leaving[:, 1]] = count + np.arange(len(leaving))
    world.role = np.concatenate([world.role, role])
    world.skill = np.concatenate([world.skill, _skills(rng, role)])
    world.fragile = np.concatenate([world.fragile, rng.gamma(2.0, 0.5, len(leaving))])
    clubs = len(world.teams)
    world.attack = np.exp(0.6 * np.log(world.attack) + rng.normal(0, 0.045, clubs))
    world.defence = world.defence**0.6 * _defence(rng, clubs) ** 0.8


def _roles(rng: np.random.Generator, minutes: Floats) -> Floats:
    return np.clip(minutes * np.exp(rng.normal(0, 0.10, len(minutes))), 2.0, 38.0)


def _skills(rng: np.random.Generator, role: Floats) -> Floats:
    """Log rates = role slope + two traits (size, usage) + own talent; see SKILL_SD."""
    own = np.sqrt(np.maximum(1 - SIZE_LOADING**2 - USAGE_LOADING**2, 0.1))
    size, usage = rng.normal(size=(2, len(role), 1))
    talent = SIZE_LOADING * size + USAGE_LOADING * usage
    talent = talent + own * rng.normal(size=(len(role), len(STATS)))
    talent = np.clip(talent, -2.6, 2.4)
    talent[:, THREE] = np.minimum(talent[:, THREE], 0.5 * talent[:, THREE])
    talent[:, [OREB, DREB, BLK]] *= 1 + 0.15 * np.sign(talent[:, [OREB, DREB, BLK]])
    log_rate = np.log(RATE_PER_MINUTE) + SKILL_SLOPE * ((role - 21.5) / 9)[:, None]
    rates = np.exp(log_rate + SKILL_SD * talent - SKILL_SD**2 / 2)
    rates[:, THREE] = np.maximum(rates[:, THREE] - 0.006, 0.0002)
    return np.asarray(rates)


def _defence(rng: np.random.Generator, teams: int) -> Floats:
    spread = np.full(len(STATS), 0.02)
    spread[[PAINT, MID, THREE, FT]] = [0.04, 0.035, 0.035, 0.04]
    whole = rng.normal(0, 0.042, (teams, 1)) * (spread > 0.02)
    return np.asarray(np.exp(whole + spread * rng.normal(size=(teams, len(STATS)))))
