"""The track record: every model and market with n, intervals, and the line and EWMA beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from tipoff.errors import UsageError
from tipoff.grading.entries import Numbers, judge, narrow
from tipoff.grading.record import (
    Record,
    Span,
    record_markets,
    record_refusals,
    record_rows,
)
from tipoff.grading.tiers import with_tiers
from tipoff.markets import Markets, checked_markets
from tipoff.models import checked_model
from tipoff.results.grading import Scoreboard

if TYPE_CHECKING:
    from tipoff.lake import Lake


def scoreboard(
    lake: Lake,
    start: date,
    end: date,
    market: Markets = None,
    model: str | None = None,
    record: Record = "live",
    progress: Callable[[str], None] = lambda _text: None,
) -> Scoreboard:
    """Judge every model, or one, in every market, or some, over slates `start`..`end`.

    Raises UsageError for a span that ends before it starts, an unknown market or model.
    """
    markets = checked_markets(market)
    if end < start:
        raise UsageError(f"the span ends {end}, before it starts {start}", "swap --from and --to")
    span = Span(start, end)
    entries: list[Numbers] = []
    slates: set[date] = set()
    tried: set[str] = set()
    with lake.reading() as r:
        refusals = narrow(record_refusals(r, span, record), markets, model)
        for name in [m for m in record_markets(r, span) if markets is None or m in markets]:
            progress(f"judging {name}")
            rows = with_tiers(record_rows(r, span, record, name))
            slates |= set(rows["slate"].to_list())
            tried |= set(rows["model"].to_list())
            entries += judge(rows, refusals, model)
        if model is not None and model not in tried:
            checked_model(r, model)
    reasons = refusals.group_by("reason").agg(pl.col("refused").sum()).sort("reason")
    refused = dict(zip(reasons["reason"].to_list(), reasons["refused"].to_list(), strict=True))
    return Scoreboard.model_validate({
        "record": record, "simulated": lake.simulated, "start": start, "until": end,
        "slates": len(slates), "configurations": len(tried), "refused": refused,
        "entries": entries,
    })  # fmt: skip
