"""May this row be predicted by this model? Quality, the gate of the mode, and plain reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tipoff.features import Snapshot, gate
from tipoff.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tipoff.models.contract import Contract

MODES: dict[str, Callable[[Settings], float]] = {
    "first": lambda s: s.gate_first,
    "retry": lambda s: s.gate_first,
    "final_retry": lambda s: s.gate_final_retry,
    "last_call": lambda s: s.gate_last_call,
    "backfill": lambda s: s.gate_last_call,
}
"""Run mode -> lowest quality that may be published."""

NO_LINE = "no_line"
_TOO_LITTLE = {"no_history", "no_season_history", "too_few_games", "too_few_team_games"}
GATE_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Assessment:
    """Per row: score, tier, and the reason and detail of its refusal (None: go on)."""

    scores: NDArray[np.float64]
    tiers: list[str]
    reasons: list[str | None]
    details: list[str | None]

    def keep(self, good: NDArray[np.bool_]) -> Assessment:
        """The assessment of the rows where `good`."""
        pick = np.flatnonzero(good).tolist()
        return Assessment(
            self.scores[good],
            [self.tiers[i] for i in pick],
            [self.reasons[i] for i in pick],
            [self.details[i] for i in pick],
        )


def assess(
    at: list[int], snapshot: Snapshot, contract: Contract, market: str, least: float
) -> Assessment:
    """Judge the rows `at` of a snapshot, in this order, over the model's own names.

    A feature that fails a batch check blocks every row of a model that reads it (`batch_check`),
    and so does an error inside the gate (`gate_error`).
    """
    names, required = contract.names[market], contract.required(market)
    unfit = [snapshot.blocked[n] for n in names if n in snapshot.blocked]
    if unfit:
        return _all_refused(len(at), "batch_check", "; ".join(unfit))
    try:
        quality = snapshot.quality(names, required)
        blocked = gate(quality, least)
        reasons = [_reason(snapshot, i, quality.missing[i], blocked[i]) for i in at]
        return Assessment(
            quality.score[at], [quality.tiers[i] for i in at], reasons, [blocked[i] for i in at]
        )
    except GATE_ERRORS as error:
        return _all_refused(len(at), "gate_error", f"{type(error).__name__}: {error}")


def _all_refused(n: int, reason: str, detail: str) -> Assessment:
    return Assessment(np.full(n, np.nan), ["critical"] * n, [reason] * n, [detail] * n)


def _reason(
    snapshot: Snapshot, row: int, missing: tuple[str, ...], blocked: str | None
) -> str | None:
    if blocked is None:
        return None
    if not missing:
        return "quality"
    why = {snapshot.reasons[row].get(name) for name in missing}
    if why == {NO_LINE}:
        return NO_LINE
    return "bootstrap" if why & _TOO_LITTLE else "missing_feature"
