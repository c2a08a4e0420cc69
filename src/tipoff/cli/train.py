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
            help="What to train, such as champion_line, catboost_v9, ewma_hl8, plays or breakout;"
            " champion_line_YYYY_MM is a monthly refit. A name nobody knows lists all there are."
        ),
    ],
    through: Annotated[
        str | None,
        typer.Option(
            help="Last league date to learn from (YYYY-MM-DD, today); a YYYY_MM name has its own."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Fit a model on player-games through a date and store it as a new version."""
    from datetime import timedelta

    from tipoff.clock import parse_date
    from tipoff.errors import UsageError
    from tipoff.models import ensure_baselines, parse_model
    from tipoff.models import train as fit

    with open_lake(ctx) as lake, progress(as_json) as say:
        last = parse_model(model).through if through is None else parse_date(through)
        if last is None:
            raise UsageError(f"{model} needs the last date to learn from", "pass --through DATE")
        report = fit(lake, model, last, say)
        # With the next day's baselines, so that the first run of a month need not fit them.
        ensure_baselines(lake, last + timedelta(days=1), say)
    emit(asdict(report), as_json, lambda: _print(report))


def _print(report: TrainReport) -> None:
    out = console()
    state = "stored" if report.new else "already stored, nothing to do"
    out.print(f"{report.model}  {report.model_id}  {state}", highlight=False)
    lines = [
        f"trained on {report.rows} {report.rows_are}, {report.trained_from} through"
        f" {report.trained_through}",
        *map(str, report.evaluations),
        *report.notes,
        f"next: {report.next_step}",
    ]
    for line in lines:
        out.print(f"  {line}", highlight=False)
