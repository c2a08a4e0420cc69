"""Quality of a row over the names a model reads: what was observed, what was not, and gates.

Per feature: observed 100, fallback (a documented second source) 87, missing 0; optional and
missing is left out. Score = mean, 2 decimals; a missing required feature caps it at 69, five or
more at 49. It measures data, not labels: blanking any required input lowers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tipoff.features.definition import Feature
from tipoff.gates import gate as gate_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

OBSERVED, SECOND_SOURCE, MISSING = 100.0, 87.0, 0.0
CAP_ONE, CAP_MANY, MANY = 69.0, 49.0, 5
TIERS = ((95.0, "gold"), (85.0, "silver"), (70.0, "bronze"), (50.0, "poor"), (0.0, "critical"))
LOWEST_MATCHUP = 50.0


@dataclass(frozen=True)
class Quality:
    """Arrays over rows: score 0-100 (NaN: unknown), tier, required names missing, and the
    percentage and number missing per category (NaN and 0 where the set has none of it)."""

    score: Floats
    tiers: list[str]
    missing: list[tuple[str, ...]]
    categories: dict[str, Floats]
    missing_by_category: dict[str, NDArray[np.int64]]


def row_quality(
    present: Mapping[str, Bools],
    fallback: Mapping[str, Bools],
    required: Sequence[str],
    declared: Mapping[str, Feature],
) -> Quality:
    """Quality of each row. `present` and `fallback`: name -> bool array of shape (n,)."""
    names = list(present)
    have = np.column_stack([present[n] for n in names]) if names else np.zeros((0, 0), bool)
    second = np.column_stack([fallback[n] for n in names]) if names else have
    needed = np.array([n in set(required) for n in names], dtype=bool)
    points = np.where(have, np.where(second, SECOND_SOURCE, OBSERVED), MISSING)
    counted = have | needed
    score = _mean(points, counted)
    lacking = (~have & needed).sum(axis=1)
    score = np.where(lacking >= MANY, np.fmin(score, CAP_MANY), score).astype(np.float64)
    score = np.where(lacking >= 1, np.fmin(score, CAP_ONE), score).astype(np.float64).round(2)
    missing = [tuple(n for n, gone in zip(names, row, strict=True) if gone)
               for row in ~have & needed]  # fmt: skip
    kinds = np.array([declared[n].category for n in names])
    columns = {str(kind): kinds == kind for kind in np.unique(kinds)}
    return Quality(
        score,
        [tier(value) for value in score],
        missing,
        {k: _mean(points[:, c], counted[:, c]) for k, c in columns.items()},
        {k: (~have[:, c]).sum(axis=1) for k, c in columns.items()},
    )


def tier(score: float) -> str:
    """gold >= 95, silver >= 85, bronze >= 70, poor >= 50, else critical; unknown is critical."""
    return next((name for least, name in TIERS if score >= least), "critical")


@gate_of(
    "quality", protects="every row of a model and market",
    on_error="all its rows are refused: gate_error", on_null="unknown quality: the row is refused",
)  # fmt: skip
def gate(quality: Quality, least: float) -> list[str | None]:
    """Per row, why it may not be published, or None. Fails closed: unknown quality blocks.

    A missing required feature blocks whatever the score; so does a matchup category under 50.
    """
    matchup = quality.categories.get("matchup")
    found: list[str | None] = []
    for at, score in enumerate(quality.score):
        if quality.missing[at]:
            found.append(f"missing {', '.join(quality.missing[at])}")
        elif not score >= least:
            found.append(f"quality {score} is under {least}")
        elif matchup is not None and not matchup[at] >= LOWEST_MATCHUP:
            found.append(f"matchup quality {matchup[at]:.0f} is under {LOWEST_MATCHUP:.0f}")
        else:
            found.append(None)
    return found


def _mean(points: Floats, counted: Bools) -> Floats:
    total = np.where(counted, points, 0.0).sum(axis=1)
    number = counted.sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
