"""One model in one market on one set of rows: the live record's entry, and what a backtest adds."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from tipoff.grading import metrics
from tipoff.grading.backtest.plan import REFERENCES
from tipoff.grading.entries import judge

Numbers = dict[str, Any]
_KEYS = ["game_id", "player_key", "market"]
_COMPARED = {"mae": "absolute_error", "crps": "crps"}
_NO_REFUSALS = pl.DataFrame(
    schema={"market": pl.String, "model": pl.String, "reason": pl.String, "refused": pl.Int64}
)
GROUPS = ("line_tier", "month")


def results(rows: pl.DataFrame) -> list[Numbers]:
    """The fields of a ModelResult (results/backtest.py) per model of scored rows of one market, in
    the order of their names."""
    entries = []
    for entry in judge(rows, _NO_REFUSALS, None):
        own = _with_references(rows.filter(pl.col("model") == entry["model"]), rows)
        entries.append(entry | {"warning": None} | _more(own))
    return entries


def _more(own: pl.DataFrame) -> Numbers:
    return {
        "pit": metrics.pit_deciles(own).to_dicts(),
        "reliability": _reliability(own),
        "groups": {name: _group(own, name) for name in GROUPS},
        "top_tenth": _one(_top_tenth(own)),
        "base_rate": _base_rate(own),
        "clv_points": _clv(own, "clv_points", _moved()),
        "clv_probability": _clv(own, "clv_probability", _repriced()),
    }


def _with_references(own: pl.DataFrame, everyone: pl.DataFrame) -> pl.DataFrame:
    for name in _rivals(own):
        other = everyone.filter(pl.col("model") == name).select(
            *_KEYS, *(pl.col(c).alias(f"{c}_{name}") for c in _COMPARED.values())
        )
        own = own.join(other, on=_KEYS, how="left")
    return own


def _rivals(own: pl.DataFrame) -> list[str]:
    return [name for name in REFERENCES if name not in own["model"]]


def _group(own: pl.DataFrame, column: str) -> list[Numbers]:
    """Per value of the column: its PIT shares and, by reference, paired differences."""
    parts = [metrics.pit_deciles(own, [column])]
    parts += [
        metrics.mean_of(own, f"{name} - {rival}'s", pl.col(c) - pl.col(f"{c}_{rival}"), [column])
        for rival in _rivals(own)
        for name, c in _COMPARED.items()
    ]
    tiers: dict[str, Numbers] = {}
    for row in pl.concat(parts).to_dicts():
        tier, metric = row.pop(column), row.pop("metric")
        tiers.setdefault(tier, {"tier": tier, "figures": {}})["figures"][metric] = row
    return [tiers[tier] for tier in sorted(tiers, key=_order)]


def _order(tier: str) -> tuple[float, str]:
    word = tier.split()[0].rstrip("+")
    return (float(word) if word.isdigit() else -1.0, tier)


def _chance() -> pl.Expr:
    return pl.col("p_over") / (1.0 - pl.col("p_push").fill_null(0.0))


def _reliability(own: pl.DataFrame) -> list[Numbers]:
    decided = own.filter(pl.col("brier").is_not_null()).with_columns(_p=_chance())
    binned = decided.with_columns(bin=(pl.col("_p") * 10).floor().clip(0, 9).cast(pl.Int64))
    shares = metrics.mean_of(binned, "over", pl.col("actual") > pl.col("line"), ["bin"])
    means = binned.group_by("bin").agg(pl.col("_p").sort().mean().alias("p"))
    return shares.join(means, on="bin").sort("bin").to_dicts()


def _top_tenth(own: pl.DataFrame) -> pl.DataFrame:
    """The tenth of all rows with a line that are surest of a side, pushes then left out."""
    sure = own.filter(pl.col("p_over").is_not_null() & (_chance() != 0.5))
    ranked = sure.sort((_chance() - 0.5).abs(), "prediction_id", descending=[True, False])
    top = ranked.head(math.ceil(sure.height / 10)).filter(pl.col("brier").is_not_null())
    won = (pl.col("actual") > pl.col("line")) == (_chance() > 0.5)
    return metrics.mean_of(top, "top_tenth", won)


def _base_rate(own: pl.DataFrame) -> Numbers | None:
    """Log loss of always saying these rows' own share of overs, and own log loss minus it.

    The share is read from the very rows it is judged on: the hardest base rate to beat.
    """
    decided = own.filter(pl.col("log_loss").is_not_null())
    over = decided.select((pl.col("actual") > pl.col("line")).mean()).item() if own.height else None
    if over is None or not 0.0 < over < 1.0:
        return None
    given = pl.when(pl.col("actual") > pl.col("line")).then(over).otherwise(1.0 - over)
    loss = _one(metrics.mean_of(decided, "base_rate", -given.log()))
    gap = metrics.mean_of(decided, "log_loss - base rate's", pl.col("log_loss") + given.log())
    return {"over": over, "log_loss": loss, "difference": _one(gap)}


def _moved() -> pl.Expr:
    toward = pl.col("close") - pl.col("line")
    return pl.when(pl.col("recommendation") == "OVER").then(toward).otherwise(-toward)


def _repriced() -> pl.Expr:
    # At another line it is the probability of another event.
    same = pl.when(pl.col("close") == pl.col("line")).then(
        pl.col("close_over") - pl.col("market_over")
    )
    return pl.when(pl.col("recommendation") == "OVER").then(same).otherwise(-same)


def _clv(own: pl.DataFrame, name: str, value: pl.Expr) -> Numbers:
    picks = own.filter(pl.col("recommendation").is_in(["OVER", "UNDER"]))
    mean = _one(metrics.mean_of(picks, name, value))
    return {"picks": picks.height, "missing": picks.height - (mean["n"] if mean else 0),
            "mean": mean}  # fmt: skip


def _one(frame: pl.DataFrame) -> Numbers | None:
    rows = frame.to_dicts()
    return rows[0] if rows else None
