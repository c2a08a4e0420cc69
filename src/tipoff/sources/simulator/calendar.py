"""The fixture list: who meets whom, on which league date, at what time."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tipoff.sources.simulator.constants import WEST, Bools, Ints

_ROUND_DAYS = 2.03
_BREAK_AFTER, _BREAK_DAYS = 113, 6
_EVENING = {
    "east": (["23:00", "23:30", "00:00", "00:30", "01:00"], [0.2, 0.15, 0.35, 0.2, 0.1]),
    "west": (["01:30", "02:00", "02:30", "03:00", "03:30"], [0.1, 0.3, 0.15, 0.3, 0.15]),
}
_MATINEE = ["17:00", "18:00", "19:00", "19:30", "20:00", "20:30", "22:00"]


@dataclass(frozen=True)
class Games:
    """Fixtures in order of date and tip-off; arrays are [games].

    day: days since `opening`; home, away: index into the season's teams; tipoff: minutes since
    midnight UTC of the league date; ghost: announced for this day, then postponed (another row
    holds the game that was played).
    """

    opening: date
    season: str
    season_type: str
    day: Ints
    home: Ints
    away: Ints
    tipoff: Ints
    ghost: Bools

    def __len__(self) -> int:
        return len(self.day)


def season_name(year: int) -> str:
    """`2024-25` for 2024."""
    return f"{year}-{(year + 1) % 100:02d}"


def opening_day(year: int) -> date:
    """The last-but-one Tuesday of October."""
    day = date(year, 10, 24)
    return day - timedelta(days=(day.weekday() - 1) % 7)


def regular_season(
    rng: np.random.Generator, teams: tuple[str, ...], games: int, year: int
) -> Games:
    """`games` fixtures for each team: at most one per team and day, back-to-backs included.

    Two games (one in a short season) are announced for one day and played on a later one.
    """
    pairs = _pairings(rng, len(teams), games)
    days = _days(rng, pairs, len(teams))
    ghosts, days = _postpone(rng, pairs, days, len(teams), 2 if games >= 40 else 1)
    home = np.array([p[0] for p in pairs] + [g[1] for g in ghosts])
    away = np.array([p[1] for p in pairs] + [g[2] for g in ghosts])
    day = np.array(days + [g[0] for g in ghosts])
    ghost = np.arange(len(day)) >= len(pairs)
    return assemble(rng, teams, year, "regular", day, home, away, ghost)


def assemble(
    rng: np.random.Generator,
    teams: tuple[str, ...],
    year: int,
    season_type: str,
    day: Ints,
    home: Ints,
    away: Ints,
    ghost: Bools,
) -> Games:
    """Give every fixture its tip-off and put them in order."""
    opening = opening_day(year)
    tipoff = np.array(
        [
            _tipoff(rng, opening + timedelta(days=int(d)), teams[int(h)])
            for d, h in zip(day, home, strict=True)
        ]
    )
    order = np.lexsort((home, tipoff, day))
    return Games(
        opening=opening,
        season=season_name(year),
        season_type=season_type,
        day=day[order],
        home=home[order],
        away=away[order],
        tipoff=tipoff[order],
        ghost=ghost[order],
    )


def _pairings(rng: np.random.Generator, teams: int, rounds: int) -> list[tuple[int, int]]:
    """Rounds in which everybody plays once (circle method), home court shared evenly."""
    pairs: list[tuple[int, int]] = []
    hosted = np.zeros(teams, dtype=np.int64)
    circle = rng.permutation(teams)
    for number in range(rounds):
        if number % (teams - 1) == 0:
            circle = rng.permutation(teams)
        for i in range(teams // 2):
            one, two = int(circle[i]), int(circle[teams - 1 - i])
            swap = hosted[one] > hosted[two] or (hosted[one] == hosted[two] and rng.random() < 0.5)
            home, away = (two, one) if swap else (one, two)
            hosted[home] += 1
            pairs.append((home, away))
        circle = np.concatenate([circle[:1], np.roll(circle[1:], 1)])
    return pairs


def _days(rng: np.random.Generator, pairs: list[tuple[int, int]], teams: int) -> list[int]:
    busy: list[set[int]] = [set() for _ in range(teams)]
    days: list[int] = []
    for number, (home, away) in enumerate(pairs):
        nominal = int(number // (teams // 2) * _ROUND_DAYS)
        earliest = nominal + int(rng.integers(0, 4))
        day = next(d for d in range(earliest, earliest + 400) if _free(busy, home, away, d))
        busy[home].add(day)
        busy[away].add(day)
        days.append(day)
    return [d + _BREAK_DAYS * (d > _BREAK_AFTER) for d in days]


def _free(busy: list[set[int]], home: int, away: int, day: int) -> bool:
    """Neither plays that day, and neither would play a third day running."""
    for team in (home, away):
        taken = busy[team]
        threes = ({day - 2, day - 1}, {day - 1, day + 1}, {day + 1, day + 2})
        if day in taken or any(pair <= taken for pair in threes):
            return False
    return True


def _postpone(
    rng: np.random.Generator,
    pairs: list[tuple[int, int]],
    days: list[int],
    teams: int,
    count: int,
) -> tuple[list[tuple[int, int, int]], list[int]]:
    busy: list[set[int]] = [set() for _ in range(teams)]
    for (home, away), day in zip(pairs, days, strict=True):
        busy[home].add(day)
        busy[away].add(day)
    ghosts: list[tuple[int, int, int]] = []
    moved = list(days)
    middle = [i for i, day in enumerate(days) if day > 0.35 * max(days)] or list(range(len(days)))
    for index in rng.choice(middle, size=min(count, len(middle)), replace=False):
        home, away = pairs[int(index)]
        later = days[int(index)] + 3
        while not _free(busy, home, away, later):
            later += 1
        busy[home].add(later)
        busy[away].add(later)
        ghosts.append((days[int(index)], home, away))
        moved[int(index)] = later
    return ghosts, moved


def _tipoff(rng: np.random.Generator, day: date, home: str) -> int:
    if day.weekday() in (5, 6) and rng.random() < 0.25:
        return _minutes(_MATINEE[int(rng.integers(len(_MATINEE)))])
    times, weights = _EVENING["west" if home in WEST else "east"]
    return _minutes(times[int(rng.choice(len(times), p=weights))])


def _minutes(clock: str) -> int:
    """Minutes after midnight UTC of the league date; small hours are the next day's."""
    hour, minute = (int(part) for part in clock.split(":"))
    return (hour if hour >= 12 else hour + 24) * 60 + minute
