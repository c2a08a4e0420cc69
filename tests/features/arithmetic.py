"""The oracle's sums, as plain as they come."""

from __future__ import annotations

import math
import statistics
from typing import Any

Row = dict[str, Any]
Value = float | None


def mean(xs: list[Any]) -> Value:
    return float(sum(xs) / len(xs)) if xs else None


def std(xs: list[Any]) -> Value:
    return statistics.stdev([float(x) for x in xs]) if len(xs) > 1 else None


def share(xs: list[Any], ys: list[Any]) -> Value:
    return float(sum(xs) / sum(ys)) if sum(ys) else None


def ewma(xs: list[Any], half_life: int) -> Value:
    weights = [0.5 ** (k / half_life) for k in range(len(xs))]
    newest_first = xs[::-1]
    if not xs:
        return None
    total = sum(w * float(x) for w, x in zip(weights, newest_first, strict=True))
    return float(total / math.fsum(weights))


def slope(xs: list[Any]) -> Value:
    middle = (len(xs) - 1) / 2
    average = sum(xs) / len(xs)
    upper = sum((k - middle) * (x - average) for k, x in enumerate(xs))
    return float(upper / sum((k - middle) ** 2 for k in range(len(xs))))


def step(x: Value, one: float, two: float) -> Value:
    if x is None:
        return None
    size = 2 if abs(x) >= two else 1 if abs(x) >= one else 0
    return size if x > 0 else -size


def rating(games: list[Row], points: str, possessions: Any) -> Value:
    if not games:
        return None
    return float(100 * sum(g[points] for g in games) / sum(map(possessions, games)))


def balance(line: Row) -> float:
    def implied(price: Value) -> float:
        if price is None:
            return math.nan
        return 100 / (price + 100) if price > 0 else -price / (100 - price)

    gap = abs(implied(line["over_price"]) - implied(line["under_price"]))
    return math.inf if math.isnan(gap) else gap
