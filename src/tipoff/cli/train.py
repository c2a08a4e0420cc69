"""`tipoff train`: fit a model on the lake's player-games and store the version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, opened, progress

if TYPE_CHECKING:
    from tipoff.results.data import TrainReport


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
    """Fit a model and store it as a new version."""
    with opened(ctx) as t, progress(as_json) as say:
        report = t.train(model, through, progress=say)
    answer(report, as_json, lambda: _print(report))


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
