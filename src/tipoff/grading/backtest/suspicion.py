"""Results too good to be believed: leaks until proven otherwise."""

from __future__ import annotations

import math
from typing import Any

from tipoff.gates import gate
from tipoff.grading.entries import TOO_GOOD

Numbers = dict[str, Any]
MIN_ROWS = 200
"""Fewer rows say nothing."""
OVER_LINE = 0.02
"""The best honest model on record beats the line's CRPS by 0.4%."""
OVER_EWMA = 0.12
"""Knowing tonight's absences exactly is worth some 6% of the EWMA's CRPS (research log)."""
_VERDICT = "too good: a leak until proven otherwise"


@gate(
    "too good", protects="a figure that a leak made",
    on_error="no board is made", on_null="a figure that is no number is suspicious",
)  # fmt: skip
def suspicions(market: str, model: str, everyone: Numbers, lined: Numbers | None) -> list[str]:
    """What is too good about a model in a market, a sentence each; empty when nothing is.

    `everyone` and `lined` are the model's results (see board.py) on all rows and on those with a
    line. A margin over a reference counts when its whole interval is beyond what is plausible.
    """
    sentences = [_margin(everyone, "ewma_hl8", OVER_EWMA)]
    if lined is not None:
        sentences += [_low_mae(market, lined), _margin(lined, "line", OVER_LINE)]
    return [f"{model} {market}: {_VERDICT}: {text}" for text in sentences if text]


def _low_mae(market: str, lined: Numbers) -> str | None:
    mae = lined["metrics"].get("mae")
    if market != "points" or mae is None or mae["n"] < MIN_ROWS:
        return None
    if not _known(mae["value"]):
        return "points MAE is no number"
    if mae["value"] >= TOO_GOOD:
        return None
    return f"points MAE {mae['value']:.2f} is under {TOO_GOOD} on {mae['n']} rows with a line"


def _margin(result: Numbers, reference: str, limit: float) -> str | None:
    pair = result["against"].get(reference) or {}
    crps = pair.get("crps")
    if crps is None or pair["n"] < MIN_ROWS:
        return None
    if not (_known(crps["difference"]["high"]) and _known(crps["reference"])):
        return f"CRPS against {reference}'s has no interval on {pair['n']} rows"
    share = -crps["difference"]["high"] / crps["reference"]
    if share <= limit:
        return None
    return (
        f"CRPS better than {reference}'s by more than {share:.1%} on {pair['n']} rows; honest"
        f" models stay within {limit:.0%}"
    )


def _known(figure: object) -> bool:
    return isinstance(figure, int | float) and math.isfinite(figure)
