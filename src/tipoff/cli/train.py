"""`tipoff train`: fit a model on the lake's player-games and store the version."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.models import TrainReport
    from tipoff.models.breakout import BreakoutReport
    from tipoff.models.champion.plays import PlaysReport

BREAKOUT, PLAYS = "breakout", "plays"


def train(
    ctx: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            help="champion_line, champion_noline, catboost_v8, catboost_v9, catboost_v9_37,"
            " catboost_v9_39, any of champion_line, champion_noline, catboost_v9 with _YYYY_MM,"
            " plays, breakout, or a baseline: season_mean, last_5, ewma_hl8, line,"
            " old_moving_average."
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

    from tipoff.models import ensure_baselines
    from tipoff.models import train as fit

    last = _last(model, through)
    if model in (BREAKOUT, PLAYS):
        (_train_breakout if model == BREAKOUT else _train_plays)(ctx, last, as_json)
        return
    with open_lake(ctx) as lake, progress(as_json) as say:
        report = fit(lake, model, last, say)
        # With the next day's baselines, so that the first run of a month need not fit them.
        ensure_baselines(lake, last + timedelta(days=1), say)
    emit(asdict(report), as_json, lambda: _print(report))


def _last(model: str, through: str | None) -> date:
    """The date asked for, else the one a monthly refit's name fixes."""
    from tipoff.clock import parse_date
    from tipoff.errors import UsageError
    from tipoff.models.names import parse_model

    fixed = None if model in (BREAKOUT, PLAYS) else parse_model(model).through
    if through is not None:
        return parse_date(through)
    if fixed is None:
        raise UsageError(f"{model} needs the last date to learn from", "pass --through DATE")
    return fixed


def _train_breakout(ctx: typer.Context, last: date, as_json: bool) -> None:
    from tipoff.models.breakout import train_breakout

    with open_lake(ctx) as lake, progress(as_json) as say:
        say(f"breakout: fitting on games of role players through {last}")
        report = train_breakout(lake, last)
    emit(asdict(report), as_json, lambda: _print_breakout(report))


def _print_breakout(report: BreakoutReport) -> None:
    out = console()
    state = "stored, a shadow for ever" if report.new else "already stored, nothing to do"
    out.print(f"{report.model}  {report.model_id}  {state}", highlight=False)
    out.print(
        f"  trained on {report.rows} games of role players, {report.breakouts} breakouts,"
        f" {report.trained_from} through {report.trained_through}",
        highlight=False,
    )
    named = {"a fit on the seasons before": report.auc, "breakout_risk_score": report.score_auc}
    for name, auc in named.items():
        text = "nothing to read" if auc is None else (
            f"AUC {auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}], n = {auc.n},"
            f" {auc.positives} breakouts, {auc.slates} slates"
        )  # fmt: skip
        out.print(f"  {report.season or 'no season'} by {name}: {text}", highlight=False)
    out.print("  next: tipoff breakouts DATE", highlight=False)


def _train_plays(ctx: typer.Context, last: date, as_json: bool) -> None:
    from tipoff.models.champion.plays import train_plays

    with open_lake(ctx) as lake, progress(as_json) as say:
        say(f"plays: fitting on rosters of every game through {last}")
        report = train_plays(lake, last)
    emit(asdict(report), as_json, lambda: _print_plays(report))


def _print_plays(report: PlaysReport) -> None:
    out = console()
    state = "stored" if report.new else "already stored, nothing to do"
    out.print(f"{report.model}  {report.model_id}  {state}", highlight=False)
    out.print(
        f"  trained on {report.rows} roster rows, {report.trained_from} through"
        f" {report.trained_through}",
        highlight=False,
    )
    for found in report.rotations:
        auc = found.auc
        if auc is not None:
            out.print(
                f"  {report.season} absences, recent minutes >= {found.minutes:g}, fewer than"
                f" {found.missed:g} games missed: AUC {auc.value:.4f} [{auc.low:.4f},"
                f" {auc.high:.4f}], log loss {found.log_loss:.3f}, n = {auc.n},"
                f" {auc.positives} absent, {auc.slates} slates",
                highlight=False,
            )
    out.print("  next: tipoff player NAME", highlight=False)


def _print(report: TrainReport) -> None:
    from tipoff.models.names import parse_model

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
    if parse_model(report.model).family == "champion":
        out.print(
            f"  a shadow so far: tipoff models promote {report.model} --market M --reason TEXT says"
            " which backtest its gates ask for",
            highlight=False,
        )
