"""A player's windows as differences of running totals: `total("pts", 5)` sums his last five.

`p` is his newest known game (a row of fx_played), `back_5` the game five before it, `back_season`
the last one before its season, `back_era` and `back_era_2` the last ones before its era and the
era before; all running totals are null there when he has not played as many. Whole numbers and
decimals, so sums are exact and depend on no other row of the query.
"""

import re

SEASON = "season"
"""As a size: the games of the season so far; null in another season than the row's."""

_OFFSETS = {
    **{str(k): str(k) for k in (2, 3, 5, 10, 20)},
    SEASON: "p.season_n",
    "era": "p.place + 1",
    "era_2": "p.place + 321",
}

HALF_LIFE_8 = "power(2, -1 / 8.0)"
HALF_LIFE_4 = "power(2, -1 / 4.0)"


def backs(game: str, *sizes: str) -> str:
    """Joins that attach `p` (the row of fx_played with id `game`) and its `back_` rows."""
    joins = [f"LEFT JOIN fx_played p ON p.id = {game}"]
    joins += [
        f"LEFT JOIN fx_played back_{size} ON back_{size}.id = {game} - ({_OFFSETS[size]})"
        for size in sizes or _OFFSETS
    ]
    return " ".join(joins)


def total(x: str, size: int | str, skip: int = 0) -> str:
    """Sum of x (columns and `+`) over the last `size` games played, leaving out the newest
    `skip`; `size` may be SEASON."""
    return "(" + re.sub(r"[a-z]\w*", lambda word: _difference(word[0], size, skip), x) + ")"


def mean(x: str, size: int | str) -> str:
    """Mean of x over the last `size` games played, or as many as there are."""
    if size == SEASON:
        return f"CASE WHEN p.season = s.season THEN {total(x, size)} / p.season_n END"
    return f"{total(x, size)} / least(p.n, {size})"


def ratio(x: str, y: str, size: int | str) -> str:
    """Ratio of sums; null when the lower sum is zero."""
    return f"{total(x, size)} / nullif({total(y, size)}, 0)"


def sample_std(market: str, x: str, size: int) -> str:
    """Sample standard deviation of a market's count x; null under two games."""
    n, sum_ = f"least(p.n, {size})", total(x, size)
    spread = f"{n} * {total(f'square_{market}', size)} - {sum_} * {sum_}"
    return f"CASE WHEN p.n > 1 THEN sqrt(({spread}) / ({n} * ({n} - 1))) END"


def slope(x: str, size: int, least: int) -> str:
    """Least-squares slope of x per game, oldest to newest; null under `least` games.

    With j = 1..k over the games: (k sum(jx) - sum(j) sum(x)) / (k sum(j^2) - sum(j)^2).
    """
    k, sum_ = f"least(p.n, {size})", total(x, size)
    weighted = f"({total(f'n_{x}', size)} - (p.n - {k}) * {sum_})"
    upper = f"{k} * {weighted} - {k} * ({k} + 1) / 2 * {sum_}"
    lower = f"{k} * {k} * ({k} * {k} - 1) / 12"
    return f"CASE WHEN p.n >= {least} THEN ({upper}) / ({lower}) END"


def ewma8(x: str) -> str:
    """Exponentially weighted mean of all earlier games of a career, half-life 8 games."""
    return _ewma(x, "run8_", "w8", 40, HALF_LIFE_8)


def ewma_minutes(half_life: int) -> str:
    """The same for minutes; half-life 8 or 4."""
    if half_life == 8:
        return f"({_ewma('millis', 'run8_', 'w8', 40, HALF_LIFE_8)}) / 1000"
    return f"({_ewma('millis', 'run4_', 'w4', 80, HALF_LIFE_4)}) / 1000"


def clamp(x: str, low: float, high: float) -> str:
    """x moved into [low, high]; null stays null (greatest and least alone would drop it)."""
    return f"CASE WHEN ({x}) IS NOT NULL THEN greatest({low}, least({high}, {x})) END"


def _ewma(x: str, run: str, weight: str, bits: int, decay: str) -> str:
    def era(word: str) -> str:
        before, older = f"coalesce(back_era.{run}{word}, 0)", f"coalesce(back_era_2.{run}{word}, 0)"
        now = f"p.{run}{word} - {before}"
        return f"(({now})::DOUBLE + ({before} - {older})::DOUBLE * power(2, -{bits}))"

    upper = re.sub(r"[a-z]\w*", lambda word: era(word[0]), x)
    return f"({upper}) / p.{weight}::DOUBLE * (1 - {decay}) / (1 - power({decay}, p.n))"


def _difference(word: str, size: int | str, skip: int) -> str:
    newest = f"back_{skip}.run_{word}" if skip else f"p.run_{word}"
    back = f"back_{size + skip}" if isinstance(size, int) else f"back_{size}"
    return f"({newest} - coalesce({back}.run_{word}, 0))"
