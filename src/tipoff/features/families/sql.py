"""Small SQL builders the families share. Windows of a player's games are differences of running
totals: `total("pts", 5)` is the sum of his last five. Whole numbers and decimals: exact."""

import re

SEASON = "season_n"
"""As a size: the games of the season so far."""

HALF_LIFE_8 = "power(2, -1 / 8.0)"
HALF_LIFE_4 = "power(2, -1 / 4.0)"


def total(x: str, size: int | str, skip: int = 0) -> str:
    """Sum of x (columns and `+`) over the last `size` games played, leaving out the newest
    `skip`; `size` may be SEASON."""
    return "(" + re.sub(r"[a-z]\w*", lambda word: _difference(word[0], size, skip), x) + ")"


def mean(x: str, size: int | str) -> str:
    """Mean of x over the last `size` games played, or as many as there are."""
    return f"{total(x, size)} / least(n, {size})"


def ratio(x: str, y: str, size: int | str) -> str:
    """Ratio of sums; null when the lower sum is zero."""
    return f"{total(x, size)} / nullif({total(y, size)}, 0)"


def sample_std(market: str, x: str, size: int) -> str:
    """Sample standard deviation of a market's count x; null under two games."""
    n, sum_ = f"least(n, {size})", total(x, size)
    spread = f"{n} * {total(f'square_{market}', size)} - {sum_} * {sum_}"
    return f"CASE WHEN n > 1 THEN sqrt(({spread}) / ({n} * ({n} - 1))) END"


def slope(x: str, size: int, least: int) -> str:
    """Least-squares slope of x per game, oldest to newest; null under `least` games.

    With j = 1..k over the games: (k sum(jx) - sum(j) sum(x)) / (k sum(j^2) - sum(j)^2).
    """
    k, sum_ = f"least(n, {size})", total(x, size)
    weighted = f"({total(f'n_{x}', size)} - (n - {k}) * {sum_})"
    upper = f"{k} * {weighted} - {k} * ({k} + 1) / 2 * {sum_}"
    lower = f"{k} * {k} * ({k} * {k} - 1) / 12"
    return f"CASE WHEN n >= {least} THEN ({upper}) / ({lower}) END"


def ewma8(x: str) -> str:
    """Exponentially weighted mean of all earlier games of a career, half-life 8 games."""
    return _ewma(x, "run8_", "w8", 40, HALF_LIFE_8)


def ewma_minutes(half_life: int) -> str:
    """The same for minutes; half-life 8 or 4."""
    if half_life == 8:
        return f"({_ewma('millis', 'run8_', 'w8', 40, HALF_LIFE_8)}) / 1000"
    return f"({_ewma('millis', 'run4_', 'w4', 80, HALF_LIFE_4)}) / 1000"


def clamp(x: str, low: float, high: float) -> str:
    """x moved into [low, high]; null stays null."""
    return f"CASE WHEN ({x}) IS NOT NULL THEN greatest({low}, least({high}, {x})) END"


def _ewma(x: str, run: str, weight: str, bits: int, decay: str) -> str:
    def era(word: str) -> str:
        now, before = f"{run}{word}", f"coalesce(lag({run}{word}, place + 1) OVER history, 0)"
        older = f"coalesce(lag({run}{word}, place + 321) OVER history, 0)"
        return f"(({now} - {before})::DOUBLE + ({before} - {older})::DOUBLE * power(2, -{bits}))"

    upper = re.sub(r"[a-z]\w*", lambda word: era(word[0]), x)
    return f"({upper}) / {weight}::DOUBLE * (1 - {decay}) / (1 - power({decay}, n))"


def _difference(word: str, size: int | str, skip: int) -> str:
    window = "season" if size == SEASON else "history"
    newest = f"lag(run_{word}, {skip}) OVER {window}" if skip else f"run_{word}"
    offset = f"{size} + {skip}" if skip else size
    return f"({newest} - coalesce(lag(run_{word}, {offset}) OVER {window}, 0))"
