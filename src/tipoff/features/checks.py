"""Batch checks of a snapshot: what no single row can show."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tipoff.features.catalogue import catalogue
from tipoff.features.computed import FAILED, STRAYED
from tipoff.gates import gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tipoff.features.definition import Feature
    from tipoff.features.snapshot import Snapshot
    from tipoff.lake import Reader

    Floats = NDArray[np.float64]

HISTORY = 20
LEAST_ROWS = 30
"""Variance and drift say nothing about fewer rows: one game can have two equal teams."""
LEAST_HISTORY = 5
DRIFT = 6.0
"""A mean this many standard deviations from the recent snapshots' means has drifted."""
MOST_NULL = 0.5
CHECK_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a broken check can raise: it has not answered, so it blocks its feature."""


@dataclass(frozen=True)
class CheckResult:
    """`check`: range, variance, distinct, null, drift or error; `feature`; `detail` says what was
    seen. `blocks`: the snapshot must not be used for this feature as it is."""

    check: str
    feature: str
    detail: str
    blocks: bool


def batch_checks(snapshot: Snapshot, history: Mapping[str, Sequence[float]]) -> list[CheckResult]:
    """Findings of a snapshot, empty when there is nothing to say.

    `history`: feature -> its means in recent snapshots. Range is checked for all features,
    variance and distinct counts for those declared to vary within a slate. A range or variance
    finding blocks. So do, of a required feature, two values of the players' own history and one
    value for all that lies far from recent snapshots.
    """
    found: list[CheckResult] = []
    nulled = Counter(n for row in snapshot.reasons for n, why in row.items() if why == STRAYED)
    failed = {n for row in snapshot.reasons for n, why in row.items() if why == FAILED}
    for name in snapshot.definitions:
        feature = catalogue().get(name)
        if feature is None:
            continue
        if name in failed:
            found.append(CheckResult("error", name, "its function failed", blocks=True))
            continue
        found += _checked(feature, snapshot, nulled[name], history.get(name, ()))
    return found


@gate(
    "batch checks", protects="every model that reads the feature",
    on_error="the feature is blocked: batch_check", on_null="an unknown verdict blocks the feature",
)  # fmt: skip
def _checked(
    feature: Feature, snapshot: Snapshot, nulled: int, means: Sequence[float]
) -> list[CheckResult]:
    column = snapshot.frame[feature.name]
    try:
        values = column.to_numpy()
        known = values[column.is_not_null().to_numpy()]
        return [
            *_range(feature, values, nulled),
            *_variance(feature, known),
            *_nulls(feature, len(known), len(values)),
            *_drift(feature, known, means),
        ]
    except CHECK_ERRORS as error:
        detail = f"a check could not answer: {type(error).__name__}: {error}"
        return [CheckResult("error", feature.name, detail, blocks=True)]


def recent_means(r: Reader) -> dict[str, list[float]]:
    """Feature -> its mean in each of the newest stored snapshots, at most 20 of them."""
    columns = set(r.query("SELECT * FROM features.value LIMIT 0").columns)
    names = [n for n in catalogue() if n in columns]
    if not names:
        return {}
    listed = ", ".join(f'avg("{n}") AS "{n}"' for n in names)
    means = r.query(
        f"""SELECT {listed} FROM features.value WHERE snapshot_id IN (
              SELECT snapshot_id FROM features.snapshot ORDER BY recorded_seq DESC LIMIT {HISTORY})
            GROUP BY snapshot_id"""
    )
    return {n: means[n].drop_nulls().to_list() for n in names}


def _range(feature: Feature, values: Floats, nulled: int) -> list[CheckResult]:
    stray = int(((values < feature.low) | (values > feature.high)).sum())
    if not nulled and not stray:
        return []
    detail = f"{nulled + stray} values outside {feature.low} to {feature.high}"
    return [CheckResult("range", feature.name, detail, blocks=stray > 0)]


def _variance(feature: Feature, values: Floats) -> list[CheckResult]:
    if not feature.varies_within_slate or len(values) < LEAST_ROWS:
        return []
    distinct = len(np.unique(values))
    if distinct == 1:
        detail = f"all {len(values)} values are {values[0]}"
        return [CheckResult("variance", feature.name, detail, blocks=True)]
    steps = feature.high - feature.low
    if distinct == 2 and steps > 4:
        detail = f"only {distinct} distinct values in {len(values)}"
        # What a team or the calendar gives may have two values on a night of one game, and an
        # optional count (games since a return) early in a season.
        own = feature.required and feature.category == "player history"
        return [CheckResult("distinct", feature.name, detail, blocks=own)]
    return []


def _nulls(feature: Feature, known: int, rows: int) -> list[CheckResult]:
    share = (rows - known) / rows if rows else 0.0
    if not feature.required or share <= MOST_NULL:
        return []
    return [CheckResult("null", feature.name, f"{share:.0%} of a required feature", blocks=False)]


def _drift(feature: Feature, values: Floats, means: Sequence[float]) -> list[CheckResult]:
    if len(values) < LEAST_ROWS or len(means) < LEAST_HISTORY:
        return []
    centre, spread = statistics.fmean(means), statistics.stdev(means)
    mean = math.fsum(values) / len(values)
    if abs(mean - centre) <= DRIFT * max(spread, 1e-9):
        return []
    detail = f"mean {mean:.3f}, recent snapshots {centre:.3f} +- {spread:.3f}"
    # One value for everybody may be an ordinary night for some features, but then it lies where
    # recent nights do. A 0/1 flag may turn for all at once (the first night of the playoffs), and
    # an optional feature may have nothing to say yet (no line has moved by noon).
    scale = feature.required and feature.high - feature.low > 1
    stuck = scale and len(np.unique(values)) == 1
    return [CheckResult("drift", feature.name, detail, blocks=stuck)]
