"""One model in one market, judged: counts, metrics by what was known before, and references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tipoff.grading import metrics

REFERENCES = ("line", "ewma_hl8")
COMPARED = ("mae", "crps", "brier", "log_loss")
TOO_GOOD = 4.4
"""A points MAE under this on players with a line has so far always been a leak."""

Numbers = dict[str, Any]


def judge(rows: pl.DataFrame, refusals: pl.DataFrame, model: str | None) -> list[Numbers]:
    """The fields of an Entry (results/grading.py) per model, or of the one named, and market of
    `rows`, in the order of their names.

    `rows` are those of grading/record.py with their tiers, every model's: the references are
    taken from them. `refusals` has market, model, refused.
    """
    entries = []
    for (name, market), own in sorted(
        rows.partition_by("model", "market", as_dict=True).items(), key=lambda item: str(item[0])
    ):
        if model in (None, name):
            refused = narrow(refusals, [str(market)], str(name))["refused"].sum()
            entries.append(_entry(str(name), str(market), own, rows, int(refused)))
    return entries


def _entry(
    model: str, market: str, own: pl.DataFrame, everyone: pl.DataFrame, refused: int
) -> Numbers:
    graded = own.filter(pl.col("actual").is_not_null())
    chosen = (*metrics.ALL, *metrics.PICKS)
    lined = metrics.mae(graded.filter(pl.col("line").is_not_null()))
    lined = lined.with_columns(metric=pl.lit("mae_with_line"))
    by_metric = _by_name(pl.concat([metrics.evaluate(graded, chosen), lined]))
    return {
        "model": model, "market": market,
        "role": str(own["role"].drop_nulls().first() or ""),
        "counts": _counts(own, refused), "metrics": by_metric,
        "edge_tiers": _tiers(graded.filter(_picked()), "edge_tier", metrics.PICKS),
        "line_tiers": _tiers(graded, "line_tier", metrics.ALL),
        "months": _tiers(graded, "month", chosen),
        "pit": metrics.pit_deciles(graded)["value"].to_list(),
        "against": {n: _against(graded, everyone, n) for n in REFERENCES if n != model},
        "warning": _too_good(market, by_metric.get("mae_with_line")),
    }  # fmt: skip


def _picked() -> pl.Expr:
    return pl.col("recommendation").is_in(["OVER", "UNDER"])


def _counts(own: pl.DataFrame, refused: int) -> dict[str, int]:
    outcomes = own["outcome"].to_list()
    counts = {"predictions": own.height, "graded": own["actual"].drop_nulls().len()}
    names = ("hit", "miss", "push", "no_pick", "void", "pending")
    return counts | {name: outcomes.count(name) for name in names} | {"refused": refused}


def _by_name(frame: pl.DataFrame) -> dict[str, Numbers]:
    return {row.pop("metric"): row for row in frame.to_dicts()}


def _tiers(rows: pl.DataFrame, column: str, chosen: Sequence[metrics.Metric]) -> list[Numbers]:
    tiers = []
    for (tier,), part in sorted(rows.partition_by(column, as_dict=True).items(), key=_lower_bound):
        judged = _by_name(metrics.evaluate(part, chosen))
        tiers.append({"tier": tier, "rows": part.height, **judged})
    return tiers


def _lower_bound(item: tuple[tuple[Any, ...], pl.DataFrame]) -> tuple[float, str]:
    name = str(item[0][0])
    first = name.split()[0].strip("+").replace("-", "")
    return (float(first) if first.isdigit() else -1.0, name)


def _against(graded: pl.DataFrame, everyone: pl.DataFrame, reference: str) -> Numbers:
    keys = ["slate", "run_id", "game_id", "player_key", "market"]
    other = everyone.filter((pl.col("model") == reference) & pl.col("actual").is_not_null())
    pairs = graded.join(other.select(*keys, *_sources()), on=keys, suffix="_reference")
    answer: Numbers = {"n": pairs.height, "slates": pairs["slate"].n_unique()}
    for name in COMPARED:
        answer[name] = _difference(pairs, name)
    return answer


def _sources() -> list[str]:
    return ["absolute_error", "crps", "brier", "log_loss"]


def _difference(pairs: pl.DataFrame, name: str) -> Numbers | None:
    column = "absolute_error" if name == "mae" else name
    metric: metrics.Metric = getattr(metrics, name)
    own, other = pl.col(column), pl.col(f"{column}_reference")
    both = pairs.filter(own.is_not_null() & other.is_not_null())
    if not both.height:
        return None
    value = metric(both)["value"][0]
    reference = metric(both.with_columns(other.alias(column)))["value"][0]
    row = metric(both.with_columns((own - other).alias(column))).to_dicts()[0]
    row.pop("metric")
    return {"own": value, "reference": reference, "difference": row}


def _too_good(market: str, lined: Numbers | None) -> str | None:
    if market != "points" or lined is None or lined["value"] >= TOO_GOOD:
        return None
    return (
        f"probable leak: points MAE {lined['value']:.2f} on {lined['n']} rows with a line is under"
        f" {TOO_GOOD}, which on real data has so far always been a leak (a single slate or a"
        " simulated league can get there by chance); hunt it before celebrating"
    )


def narrow(rows: pl.DataFrame, markets: Sequence[str] | None, model: str | None) -> pl.DataFrame:
    """The rows of some markets and a model; None means all."""
    if markets is not None:
        rows = rows.filter(pl.col("market").is_in(markets))
    return rows if model is None else rows.filter(pl.col("model") == model)
