"""`tipoff train`: fit a model on the lake's player-games and store the version."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.models import TrainReport


def train(
    ctx: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help="catboost_v8, catboost_v9, catboost_v9_37, catboost_v9_39, catboost_v9_YYYY_MM,"
            " or a baseline: season_mean, last_5, ewma_hl8, line, old_moving_average."
        ),
    ],
    through: Annotated[
        str, typer.Option(help="Last league date to learn from (YYYY-MM-DD, today).")
    ],
    as_json: JsonFlag = False,
) -> None:
    """Fit a model on player-games through a date and store it as a new version."""
    from datetime import timedelta

    from tipoff.clock import parse_date
    from tipoff.models import ensure_baselines
    from tipoff.models import train as fit

    last = parse_date(through)
    with open_lake(ctx) as lake, progress(as_json) as say:
        report = fit(lake, model, last, say)
        # With the next day's baselines, so that the first run of a month need not fit them.
        ensure_baselines(lake, last + timedelta(days=1), say)
    emit(asdict(report), as_json, lambda: _print(report))


def _print(report: TrainReport) -> None:
    held, out = report.holdout, console()
    state = "stored" if report.new else "already stored, nothing to do"
    out.print(f"{report.model}  {report.model_id}  {state}", highlight=False)
    out.print(
        f"  trained on {report.rows} player-games, {report.trained_from} through"
        f" {report.trained_through}",
        highlight=False,
    )
    out.print(
        f"  hold-out (newest dates, {held.market}): MAE {held.mae:.3f}, CRPS {held.crps:.3f},"
        f" n = {held.rows}",
        highlight=False,
    )
    out.print("  next: tipoff models list, or tipoff run DATE", highlight=False)
