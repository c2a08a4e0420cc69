"""Windows over games, each an object that yields its SQL, its joins and how far back it reaches.

A player's windows are differences of running totals: `PLAYED.total("pts", last(5))` sums the last
five games. `p` is the newest known game (a row of fx_played), `back_5` the game five before it,
`back_season` the last one before its season, `back_era` and `back_era_2` the last ones before its
era and the era before; running totals are null there when there are not as many games. Whole
numbers and decimals, so sums are exact and depend on no other row of the query. Any length works:
the joins follow from the aliases an expression names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

ERA_GAMES = 320
"""Weights of half-lives start again after so many games; what an era leaves behind weighs 2^-40."""


@dataclass(frozen=True)
class Window:
    """The newest `games` games (None: all there are), of one `season` alone or of any."""

    games: int | None = None
    season: bool = False

    @property
    def name(self) -> str:
        """Its name in SQL, as in `OVER last_10`."""
        return f"last_{self.games}" if self.games else "season" if self.season else "career"

    def over(self, partition: str, order: str) -> str:
        """The inside of a SQL window clause: its games of a partition, the row's own the newest.

        `order`: columns that put games in order, oldest first.
        """
        within = f"{partition}, season" if self.season else partition
        frame = "UNBOUNDED" if self.games is None else str(self.games - 1)
        return f"PARTITION BY {within} ORDER BY {order} ROWS {frame} PRECEDING"

    def widened(self, other: Window) -> Window:
        """The smallest window that holds both."""
        games = (
            None if None in (self.games, other.games) else max(self.games or 0, other.games or 0)
        )
        if games is None and self.season != other.season:
            return EVERYTHING
        return Window(games, self.season and other.season)

    def holds(self, nth: int, *, same_season: bool) -> bool:
        """Whether the nth newest game lies in it, `same_season`: it is of the row's season."""
        return (self.games is None or nth <= self.games) and (same_season or not self.season)


EVERYTHING, SEASON, NEWEST = Window(), Window(season=True), Window(1)


def last(games: int) -> Window:
    """The last so many games."""
    return Window(games)


def widest(windows: Iterable[Window]) -> Window | None:
    """The smallest window that holds them all, None when there are none."""
    found: Window | None = None
    for window in windows:
        found = window if found is None else found.widened(window)
    return found


def named(name: str) -> Window | None:
    """The window of that name in SQL (`last_30`, `season`, `career`), None for any other name."""
    size = re.fullmatch(r"last_([1-9]\d*)", name)
    return last(int(size[1])) if size else {"season": SEASON, "career": EVERYTHING}.get(name)


HALF_LIVES = {8: (40, "power(2, -1 / 8.0)"), 4: (80, "power(2, -1 / 4.0)")}
"""Half-life in games -> bits an era is shifted by, and the weight of a game one further back."""


@dataclass(frozen=True)
class Totals:
    """Running totals of `table`, a row per game with the ids of fx_played.

    `newest`: alias of the newest game's row; `back`: beginning of the aliases of earlier rows.
    """

    table: str
    newest: str
    back: str

    def total(self, x: str, window: Window, skip: int = 0) -> str:
        """Sum of x (columns and `+`) over a window, leaving out the newest `skip` games."""
        return "(" + re.sub(r"[a-z]\w*", lambda word: self._between(word[0], window, skip), x) + ")"

    def mean(self, x: str, window: Window) -> str:
        """Mean of x over a window, or over as many games as there are; of a season only while the
        newest game is of the row's season."""
        if window.season:
            return f"CASE WHEN p.season = s.season THEN {self.total(x, window)} / p.season_n END"
        return f"{self.total(x, window)} / least(p.n, {window.games})"

    def ratio(self, x: str, y: str, window: Window) -> str:
        """Ratio of sums; null when the lower sum is zero."""
        return f"{self.total(x, window)} / nullif({self.total(y, window)}, 0)"

    def sample_std(self, x: str, square: str, window: Window) -> str:
        """Sample standard deviation of x, whose squares are `square`; null under two games."""
        n, sum_ = f"least(p.n, {window.games})", self.total(x, window)
        spread = f"{n} * {self.total(square, window)} - {sum_} * {sum_}"
        return f"CASE WHEN p.n > 1 THEN sqrt(({spread}) / ({n} * ({n} - 1))) END"

    def slope(self, x: str, window: Window, least: int) -> str:
        """Least-squares slope of x per game, oldest to newest; null under `least` games.

        With j = 1..k over the games: (k sum(jx) - sum(j) sum(x)) / (k sum(j^2) - sum(j)^2).
        """
        k, sum_ = f"least(p.n, {window.games})", self.total(x, window)
        weighted = f"({self.total(f'n_{x}', window)} - (p.n - {k}) * {sum_})"
        upper = f"{k} * {weighted} - {k} * ({k} + 1) / 2 * {sum_}"
        lower = f"{k} * {k} * ({k} * {k} - 1) / 12"
        return f"CASE WHEN p.n >= {least} THEN ({upper}) / ({lower}) END"

    def ewma(self, x: str, half_life: int) -> str:
        """Exponentially weighted mean of x (columns and `+`) over all earlier games of a career.

        Of this era's running totals and those of the era before, which weigh 2^-40 (2^-80) as much;
        still older ones began from the same weights, and are taken off.
        """
        bits, decay = HALF_LIVES[half_life]
        upper = re.sub(r"[a-z]\w*", lambda word: self.weighted(word[0], half_life, f"{bits}"), x)
        return f"({upper}) / p.w{half_life}::DOUBLE * (1 - {decay}) / (1 - power({decay}, p.n))"

    def weighted(self, word: str, half_life: int, bits: str) -> str:
        """Weighted sum of one column over all earlier games; `bits`: what an era is shifted by."""
        run = f"run{half_life}_{word}"
        before = f"coalesce({self.back}_era.{run}, 0)"
        older = f"coalesce({self.back}_era_2.{run}, 0)"
        now = f"{self.newest}.{run} - {before}"
        return f"(({now})::DOUBLE + ({before} - {older})::DOUBLE * power(2, -{bits}))"

    def joins(self, sql: str, newest_id: str = "p.id") -> str:
        """The joins of the earlier rows that `sql` names; `newest_id`: the newest game's id."""
        names = dict.fromkeys(re.findall(rf"\b{self.back}_(\w+)\.", sql))
        return " ".join(
            f"LEFT JOIN {self.table} {self.back}_{name}"
            f" ON {self.back}_{name}.id = {newest_id} - ({_distance(name)})"
            for name in names
        )

    def window_of(self, alias: str) -> Window | None:
        """How far back an expression that names this alias reaches, None for another's alias."""
        name = alias.removeprefix(f"{self.back}_")
        if name == alias:
            return None
        return last(int(name)) if name.isdecimal() else SEASON if name == "season" else EVERYTHING

    def _between(self, word: str, window: Window, skip: int) -> str:
        newest = f"{self.back}_{skip}" if skip else self.newest
        if window == EVERYTHING:
            return f"{newest}.run_{word}"
        old = "season" if window.season else (window.games or 0) + skip
        return f"({newest}.run_{word} - coalesce({self.back}_{old}.run_{word}, 0))"


PLAYED = Totals("fx_played", "p", "back")
"""What every player-game counts: market columns, attempts, minutes and usage in thousandths."""
MORE = Totals("fx_more", "m", "more")
"""Starts, offensive rebounds and squares of minutes (rosters.py)."""

HISTORY = Totals("fx_history", "h", "ago")
"""The columns that features of plug-ins name (history.py)."""


def window_of(alias: str) -> Window | None:
    """The window an alias of an earlier row stands for, None for any other alias."""
    return PLAYED.window_of(alias) or MORE.window_of(alias) or HISTORY.window_of(alias)


def clamp(x: str, low: float, high: float) -> str:
    """x moved into [low, high]; null stays null (greatest and least alone would drop it)."""
    return f"CASE WHEN ({x}) IS NOT NULL THEN greatest({low}, least({high}, {x})) END"


def _distance(name: str) -> str:
    """How many games an earlier row lies before the newest one."""
    distances = {
        "season": "p.season_n",
        "era": "p.place + 1",
        "era_2": f"p.place + {ERA_GAMES + 1}",
    }
    return distances.get(name, name)
