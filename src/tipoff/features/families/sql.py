"""Small SQL builders the families share; sums of whole numbers and decimals are exact."""

import re

HALF_LIFE_8 = "power(2, -1 / 8.0)"
HALF_LIFE_4 = "power(2, -1 / 4.0)"


def mean(x: str, window: str) -> str:
    """Mean of the values present in a window; null when there are none."""
    return f"sum({x}) OVER {window} / nullif(count({x}) OVER {window}, 0)"


def ratio(x: str, y: str, window: str) -> str:
    """Ratio of sums; null when the lower sum is zero."""
    return f"sum({x}) OVER {window} / nullif(sum({y}) OVER {window}, 0)"


def sample_std(x: str, window: str) -> str:
    """Sample standard deviation from exact sums; null under two values."""
    n, total = f"count({x}) OVER {window}", f"sum({x}) OVER {window}"
    spread = f"{n} * sum(({x})::BIGINT * ({x})) OVER {window} - {total} * {total}"
    return f"sqrt(({spread}) / nullif({n} * ({n} - 1), 0))"


def slope(x: str, window: str, least: int) -> str:
    """Least-squares slope per game of x over a window, oldest to newest; null under `least`."""
    n, games, total = f"count(*) OVER {window}", f"sum(n) OVER {window}", f"sum({x}) OVER {window}"
    upper = f"{n} * sum(n * {x}) OVER {window} - {games} * {total}"
    lower = f"{n} * sum(n * n) OVER {window} - {games} * {games}"
    return f"CASE WHEN {n} >= {least} THEN ({upper}) / nullif({lower}, 0) END"


def ewma8(x: str) -> str:
    """Exponentially weighted mean of all earlier games of a career, half-life 8 games."""
    carried = re.sub(r"[a-z]\w*", lambda word: f"carried_{word[0]}", x)
    return _ewma(f"({x}) * w8", carried, "w8", 40, HALF_LIFE_8)


def ewma_minutes(weight: str) -> str:
    """The same for minutes; `weight` is w8 or w4."""
    bits, ratio_ = (40, HALF_LIFE_8) if weight == "w8" else (80, HALF_LIFE_4)
    carried = f"carried_millis{weight[1]}"
    return f"({_ewma(f'millis * {weight}', carried, weight, bits, ratio_)}) / 1000"


def _ewma(weighted: str, carried: str, weight: str, bits: int, decay: str) -> str:
    upper = f"(sum({weighted}) OVER era)::DOUBLE + ({carried})::DOUBLE * power(2, -{bits})"
    return f"({upper}) / {weight}::DOUBLE * (1 - {decay}) / (1 - power({decay}, n))"


def clamp(x: str, low: float, high: float) -> str:
    """x moved into [low, high]; null stays null."""
    return f"CASE WHEN ({x}) IS NOT NULL THEN greatest({low}, least({high}, {x})) END"
