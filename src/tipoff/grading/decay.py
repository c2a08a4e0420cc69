"""Decay: is a model still what it was, by its newest graded slates? One rule, in numbers.

Judged per model and market over the newest WINDOW slates before a day that it was graded on, on
the set each slate shows. Three signals, each with a slate-clustered 95% interval:

crps      CRPS minus the benchmark's on the same rows, as a share of the benchmark's
bias      mean of (mean - actual), as a share of the mean actual
coverage  share of actuals inside the randomised 80% interval

Each signal is healthy, watch, degrading or blocked by LIMITS: watch looks at the figure alone,
degrading also wants the interval not to hold the healthy value, blocked wants the whole interval
beyond its limit. The state is the worst signal's. Fewer than LEAST_ROWS rows or LEAST_SLATES
slates are not judged: healthy, and the reason says so. Grades whose figures are missing are the
worst state, not the best. A baseline is a benchmark: it is never
worse than degrading, because blocking it would leave the others unmeasured.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from tipoff.gates import gate
from tipoff.grading.metrics import estimate
from tipoff.models.families.baseline import WEIGHTS
from tipoff.models.governance import block, eligible
from tipoff.results import models as results

if TYPE_CHECKING:
    from tipoff.lake import Lake, Reader

State = results.State
STATES: tuple[State, ...] = ("healthy", "watch", "degrading", "blocked")

WINDOW, LEAST_ROWS, LEAST_SLATES = 14, 300, 7
BENCHMARK, BENCHMARK_OF_ITSELF = "ewma_hl8", "season_mean"
LIMITS: dict[str, tuple[float, float, float]] = {
    "crps": (0.01, 0.0, 0.02),
    "bias": (0.03, 0.05, 0.08),
    "coverage": (0.02, 0.04, 0.06),
}
"""Signal -> how far from its healthy value is watch, degrading and blocked."""
HEALTHY = {"crps": 0.0, "bias": 0.0, "coverage": 0.8}

_ROWS = """
  WITH shown AS (
    SELECT g.slate, g.market, g.model, g.game_id, g.player_key, g.crps, g.mean_error, g.actual,
           g.covered80::INT AS covered
    FROM grading.current_grade g JOIN forecast.current_publication c USING (run_id)
    WHERE g.slate < $day AND g.actual IS NOT NULL
    QUALIFY dense_rank() OVER (PARTITION BY g.market, g.model ORDER BY g.slate DESC) <= $window)
  -- a sum that leaves a row out would hide what cannot be judged: it is null instead
  SELECT s.slate, s.market, s.model, count(*) AS n, sum(s.actual) AS actual,
         CASE WHEN count(s.mean_error) = count(*) THEN sum(s.mean_error) END AS mean_error,
         CASE WHEN count(s.covered) = count(*) THEN sum(s.covered) END AS covered,
         count(y.crps) AS pairs,
         CASE WHEN count(s.crps - y.crps) = count(y.crps) THEN sum(s.crps - y.crps) END
           AS difference, sum(y.crps) AS benchmark
  FROM shown s LEFT JOIN shown y ON y.slate = s.slate AND y.market = s.market
    AND y.game_id = s.game_id AND y.player_key = s.player_key
    AND y.model = CASE WHEN s.model = $benchmark THEN $other ELSE $benchmark END
  GROUP BY ALL ORDER BY s.market, s.model, s.slate"""


@dataclass(frozen=True)
class Decay:
    """A model's state in a market, with the figure of every signal: {value, low, high, state}."""

    model: str
    market: str
    state: State
    rows: int
    slates: int
    signals: dict[str, dict[str, Any]] = field(default_factory=dict)
    fault: str = ""

    @property
    def reason(self) -> str:
        """The signals that are not healthy, in words; `fault` when they could not be told."""
        if self.fault:
            return self.fault
        if not self.signals:
            return f"not judged: {self.rows} rows on {self.slates} slates"
        figures = [
            f"{name} {s['value']:+.1%} [{s['low']:+.1%}, {s['high']:+.1%}] {s['state']}"
            for name, s in self.signals.items()
            if s["state"] != "healthy"
        ]
        return "; ".join(figures) or "all signals healthy"

    def result(self) -> results.Decay:
        """As people receive it."""
        return results.Decay.model_validate(asdict(self) | {"reason": self.reason})


def decay_states(r: Reader, day: date) -> list[Decay]:
    """The state of every model graded before `day`, by market and model; one query."""
    params = {
        "day": day, "window": WINDOW, "benchmark": BENCHMARK, "other": BENCHMARK_OF_ITSELF,
    }  # fmt: skip
    sums = r.query(_ROWS, params)
    groups = sums.partition_by("market", "model", as_dict=True, maintain_order=True)
    return [judge(str(model), str(market), part) for (market, model), part in groups.items()]


@gate(
    "decay", protects="what a decayed model would publish",
    on_error="nothing is unblocked", on_null="missing figures: blocked",
)  # fmt: skip
def judge(model: str, market: str, slates: pl.DataFrame) -> Decay:
    """The state of one model in one market from its sums per slate.

    `slates`: slate, n, actual, mean_error, covered, pairs, difference, benchmark.
    """
    rows = int(slates["n"].sum())
    if rows < LEAST_ROWS or slates.height < LEAST_SLATES:
        return Decay(model, market, "healthy", rows, slates.height)
    unknown = _unknown(slates)
    signals = {} if unknown else _signals(slates)
    states: list[State] = [s["state"] for s in signals.values()]
    worst: State = max(states, key=STATES.index, default="blocked")
    state: State = "degrading" if worst == "blocked" and model in WEIGHTS else worst
    return Decay(model, market, state, rows, slates.height, signals, unknown)


def _unknown(slates: pl.DataFrame) -> str:
    """Which sums are missing, in words; empty when every figure can be made."""
    paired = slates.filter(pl.col("pairs") > 0).select("difference", "benchmark")
    all_of = slates.select("actual", "mean_error", "covered")
    bad = [
        column.name for frame in (all_of, paired) for column in frame.get_columns()
        if not column.cast(pl.Float64).is_finite().fill_null(value=False).all()
    ]  # fmt: skip
    return f"cannot be judged: grades lack {', '.join(bad)}" if bad else ""


def review(lake: Lake, day: date) -> list[Decay]:
    """Block the assignments of `day` whose state is blocked; what was newly blocked. Idempotent.

    A block is a row of models.state with the figures as its reason: the next run of a slate
    publishes without the model, as a withdrawal.
    """
    with lake.reading() as r:
        bad = {(d.model, d.market): d for d in decay_states(r, day) if d.state == "blocked"}
        assignments = eligible(r, day) if bad else []
    fresh = block(lake, assignments, {key: f"decayed: {d.reason}" for key, d in bad.items()})
    return [bad[assignment.model, assignment.market] for assignment in fresh]


def _signals(slates: pl.DataFrame) -> dict[str, dict[str, Any]]:
    paired = slates.filter(pl.col("pairs") > 0)
    scale = float(slates["actual"].sum()) / float(slates["n"].sum())
    signals = {
        "bias": _share(slates["mean_error"], slates["n"], scale),
        "coverage": estimate(slates["covered"].cast(pl.Float64), slates["n"]),
    }
    if paired.height >= LEAST_SLATES:
        benchmark = float(paired["benchmark"].sum()) / float(paired["pairs"].sum())
        signals["crps"] = _share(paired["difference"], paired["pairs"], benchmark)
    return {name: _judged(name, figures) for name, figures in sorted(signals.items())}


def _share(sums: pl.Series, counts: pl.Series, scale: float) -> dict[str, Any]:
    """A mean and its interval as a share of `scale`."""
    return estimate(sums / max(scale, 1e-9), counts)


def _judged(name: str, figures: dict[str, Any]) -> dict[str, Any]:
    value, low, high = (figures[k] - HEALTHY[name] for k in ("value", "low", "high"))
    watch, degrading, blocked = LIMITS[name]
    nearest = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    # Scoring better than the benchmark is no decay; bias and coverage err on both sides.
    if name == "crps" and value <= 0:
        value, nearest = 0.0, 0.0
    state: State = "healthy"
    if abs(value) > watch:
        state = "watch"
    if abs(value) > degrading and nearest > 0:
        state = "degrading"
    if nearest > blocked:
        state = "blocked"
    kept = {k: figures[k] for k in ("value", "low", "high")}
    return kept | {"state": state}
