"""The gates of a promotion. Each gives a verdict with its figure; what cannot answer blocks."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from tipoff.failures import FAILURES
from tipoff.gates import gate as on_register
from tipoff.grading import metrics
from tipoff.grading.promotion.evidence import Evidence

MIN_ROWS, MIN_SLATES = 1000, 20
CRPS_MARGIN = 0.005
"""Not worse: the whole interval of the difference lies under this share of the champion's CRPS."""
BIAS, TIER_BIAS = 0.03, 0.05
"""Largest |mean of mean - actual|, as a share of the mean actual: overall, and in a tier."""
COVERAGE = (0.78, 0.82)
TIER_ROWS = 200
MIN_PICKS, MIN_SIDE = 100, 0.10
SAME = 0.005
"""Two models whose means differ by less than this share of the mean actual are one model."""


@dataclass(frozen=True)
class Verdict:
    """A gate's answer: its figure in words, and the bar it was held against."""

    gate: str
    passed: bool
    figure: str
    bar: str


@dataclass(frozen=True)
class Candidate:
    """Who is judged, against whom, by what. `twins`: models with the very same artifact."""

    model: str
    reference: str
    twins: tuple[str, ...]
    others: tuple[str, ...]
    evidence: Evidence

    @property
    def own(self) -> pl.DataFrame:
        """The candidate's rows."""
        return self.evidence.of(self.model)

    def pairs(self, other: str) -> pl.DataFrame:
        """The candidate's rows with another model's mean and CRPS on the same player-games."""
        theirs = self.evidence.of(other).select("slate", "game_id", "player_key", "mean", "crps")
        return self.own.join(theirs, on=["slate", "game_id", "player_key"], suffix="_other")


Answer = tuple[bool, str, str]


GATES: dict[str, Callable[[Candidate], Answer]] = {}
"""Promotion gate -> how it judges, in order; each is on the register as `promotion: NAME`."""


def _gate(name: str, on_null: str) -> Callable[[Callable[[Candidate], Answer]], Any]:
    def declared(judge: Callable[[Candidate], Answer]) -> Callable[[Candidate], Answer]:
        GATES[name] = on_register(
            f"promotion: {name}", protects="the role of champion",
            on_error="not passed: could not answer", on_null=on_null,
        )(judge)  # fmt: skip
        return judge

    return declared


def judge_candidate(candidate: Candidate) -> list[Verdict]:
    """Every gate's verdict, in order; of a gate that raises, the error is the figure: no pass."""
    return [_asked(name, gate, candidate) for name, gate in GATES.items()]


@on_register(
    "promotion gates", protects="the role of champion",
    on_error="the gate is not passed: could not answer", on_null="a figure of nulls is no figure",
)  # fmt: skip
def _asked(name: str, gate: Callable[[Candidate], Answer], candidate: Candidate) -> Verdict:
    try:
        return Verdict(name, *gate(candidate))
    except FAILURES as error:
        # What a gate itself says needs no name of a class.
        said = error if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        return Verdict(name, False, f"could not answer: {said}", "an answer")


@_gate("n", "a row without its figure does not count")
def enough_rows(c: Candidate) -> Answer:
    """Graded forecasts and slates."""
    graded = c.own.filter(pl.col("actual").is_finite() & pl.col("crps").is_finite())
    n, slates = graded.height, graded["slate"].n_unique()
    good = n >= MIN_ROWS and slates >= MIN_SLATES
    return good, f"n = {n:,} on {slates} slates", f">= {MIN_ROWS:,} on >= {MIN_SLATES}"


@_gate("walk-forward", "an unknown training window has seen its own day")
def walk_forward(c: Candidate) -> Answer:
    """No forecast by a model that had seen its own day."""
    clean = c.own.filter(pl.col("trained_through") < pl.col("slate")).height
    seen = c.own.height - clean
    return (
        seen == 0 and c.own.height > 0,
        f"{seen:,} rows trained on their own day or later",
        "none",
    )


@_gate("CRPS", "no figure of nulls: could not answer")
def crps(c: Candidate) -> Answer:
    """The paired difference of CRPS to the champion's, or to EWMA's when it is the champion."""
    pairs = c.pairs(c.reference)
    theirs = float(_known(pairs["crps_other"].mean(), f"no rows of {c.reference} to compare with"))
    gap = _estimate(pairs.with_columns(crps=pl.col("crps") - pl.col("crps_other")), metrics.crps)
    high = _known(gap["high"], "one slate has no interval")
    text = f"{gap['value']:+.4f} [{gap['low']:+.4f}, {high:+.4f}] to {c.reference}'s {theirs:.3f}"
    bar = f"interval under {CRPS_MARGIN * theirs:+.4f}"
    return high < CRPS_MARGIN * theirs, f"{text}, n = {pairs.height:,}", bar


@_gate("bias", "no figure of nulls: could not answer")
def bias(c: Candidate) -> Answer:
    """The mean of mean - actual."""
    value, low, high, scale = _bias(c.own)
    text = f"{value:+.3f} [{low:+.3f}, {high:+.3f}], {value / scale:+.1%} of the mean actual"
    return abs(value) <= BIAS * scale, text, f"within {BIAS:.0%}"


@_gate("coverage", "no figure of nulls: could not answer")
def coverage(c: Candidate) -> Answer:
    """The randomised 80% interval."""
    share = _estimate(c.own, metrics.coverage80)
    low, high = COVERAGE
    text = f"{share['value']:.1%} [{share['low']:.1%}, {share['high']:.1%}]"
    return low <= share["value"] <= high, text, f"{low:.0%} to {high:.0%}"


@_gate("tiers", "no figure of nulls: could not answer")
def tiers(c: Candidate) -> Answer:
    """No tier of the line, known before the game, whose bias is large and no accident."""
    judged, bad = 0, []
    for (name,), part in sorted(c.own.partition_by("line_tier", as_dict=True).items()):
        if part.height < TIER_ROWS or part["slate"].n_unique() < 2:
            continue
        judged += 1
        value, low, high, scale = _bias(part)
        if abs(value) > TIER_BIAS * scale and not low <= 0 <= high:
            bad.append(f"{name} {value:+.2f} ({value / scale:+.0%}, n = {part.height:,})")
    text = "; ".join(bad) or f"{judged} tiers, none off"
    return judged > 0 and not bad, text, f"within {TIER_BIAS:.0%}, or by chance; n >= {TIER_ROWS}"


@_gate("directions", "a row without a pick is none")
def directions(c: Candidate) -> Answer:
    """Overs and unders are both picked."""
    picks = c.own.filter(pl.col("recommendation").is_in(["OVER", "UNDER"]))
    over = picks.filter(recommendation="OVER").height
    share = over / picks.height if picks.height else float("nan")
    good = picks.height >= MIN_PICKS and MIN_SIDE <= share <= 1 - MIN_SIDE
    bar = f">= {MIN_PICKS} picks, each side >= {MIN_SIDE:.0%}"
    return good, f"{over:,} overs and {picks.height - over:,} unders of {c.own.height:,}", bar


@_gate("duplicate", "means that are no numbers: could not answer")
def duplicate(c: Candidate) -> Answer:
    """No other model has its artifact, or all but its very numbers."""
    against = [f"{name} has the same artifact" for name in c.twins]
    pairs_of = {name: c.pairs(name) for name in c.others}
    unseen = [name for name, pairs in pairs_of.items() if not pairs.height]
    if unseen:
        against.append(f"no rows of {', '.join(unseen)} to compare with")
    for name, pairs in pairs_of.items():
        if name in unseen:
            continue
        gaps = (pairs["mean"] - pairs["mean_other"]).abs().fill_nan(None)
        if gaps.null_count():
            raise ValueError(f"{gaps.null_count():,} means are no numbers")
        apart = float(_known(gaps.mean(), "no means"))
        if apart < SAME * float(_known(pairs["actual"].mean(), "no actuals")):
            against.append(f"{name} differs by {apart:.4f} on average, n = {pairs.height:,}")
    bar = f"means apart by >= {SAME:.1%} of the mean actual"
    return not against, "; ".join(against) or f"compared with {len(c.others)} models", bar


def _estimate(rows: pl.DataFrame, metric: metrics.Metric) -> dict[str, float]:
    estimates = metric(rows).to_dicts()
    if not estimates:
        raise ValueError("there are no rows")
    if estimates[0]["low"] is None:
        raise ValueError("one slate has no interval")
    if not all(math.isfinite(estimates[0][name]) for name in ("value", "low", "high")):
        raise ValueError("scores that are no numbers")
    return estimates[0]


def _bias(rows: pl.DataFrame) -> tuple[float, float, float, float]:
    mean = _estimate(rows, metrics.mean_bias)
    scale = float(_known(rows["actual"].mean(), "there are no actuals"))
    return mean["value"], mean["low"], mean["high"], max(scale, 1e-9)


def _known(value: object, why: str) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(why)
    return float(value)
