"""tipoff run DATE: build what is missing of a slate, and publish it. tipoff regenerate DATE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, answer, console, opened, progress
from tipoff.cli.diff import show_diff

if TYPE_CHECKING:
    from tipoff.results.diff import DryRun
    from tipoff.results.work import RunReport

Model = Annotated[
    list[str] | None, typer.Option("--model", metavar="MODEL", help="Only this model (repeatable).")
]
AsOf = Annotated[
    str | None, typer.Option(help="Moment to be true of; default one second before first tip-off.")
]
Mode = Annotated[
    str | None,
    typer.Option(help="Quality gate: first, retry, final_retry, last_call, backfill."),
]


def run(
    ctx: typer.Context,
    date: Date = TODAY,
    market: OnlyMarkets = None,
    model: Model = None,
    as_of: AsOf = None,
    mode: Mode = None,
    as_json: JsonFlag = False,
) -> None:
    """Forecast a slate and publish it, unless that is done.

    Exit codes: 0 published or nothing to do, 1 players were expected and none predicted,
    2 usage, 3 the lake is busy or unavailable.
    """
    with opened(ctx) as t, progress(as_json) as say:
        report = t.run(date, markets=market, models=model, as_of=as_of, mode=mode, progress=say)
    _leave(report, as_json)


def regenerate(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; stored with the publication.")],
    date: Date = TODAY,
    as_of: AsOf = None,
    mode: Mode = None,
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Publish nothing; show what would change.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Build a slate again and supersede what is published.

    In one pointer move: readers see the old set or the new one.
    """
    with opened(ctx) as t, progress(as_json) as say:
        if dry:
            compared = t.regenerate(
                date, reason=reason, as_of=as_of, mode=mode, dry_run=True, progress=say
            )
        else:
            report = t.regenerate(date, reason=reason, as_of=as_of, mode=mode, progress=say)
    if dry:
        answer(compared, as_json, lambda: _show_dry(compared))
    else:
        _leave(report, as_json)


def _leave(report: RunReport, as_json: bool) -> None:
    answer(report, as_json, lambda: _show(report))
    if report.expected and not report.predicted:
        raise SystemExit(1)


def _show_dry(compared: DryRun) -> None:
    counts = f"{compared.expected} expected = {compared.predicted} predicted"
    same = "the very set that is published" if compared.same else "another set"
    console().print(
        f"dry run, nothing published: {counts} + {compared.refused} refused; {same}",
        highlight=False,
    )
    show_diff(compared)


def _show(report: RunReport) -> None:
    out = console()
    labels = [word for word, on in (("SIMULATED", report.simulated), ("backfill", report.backfill))
              if on]  # fmt: skip
    suffix = f"  ({', '.join(labels)})" if labels else ""
    move = report.publication
    if report.nothing_to_do:
        out.print(f"{report.date}: nothing to do, {report.publication_id} is current{suffix}")
    else:
        out.print(
            f"{report.date}: published {report.publication_id} (#{move.seq}, {move.kind}){suffix}"
        )
    out.print(
        f"  as of {report.as_of:%Y-%m-%d %H:%M:%S} UTC · {report.games} games · "
        f"{report.expected} expected = {report.predicted} predicted"
        f" + {sum(report.refused.values())} refused"
    )
    for why, n in report.refused.items():
        out.print(f"    refused {n:6d}  {why}")
    for name, differences in report.refused_models.items():
        out.print(f"  model {name} refused: {'; '.join(differences)}", highlight=False)
    for name, changes in report.changed_models.items():
        out.print(
            f"  model {name} changed since it was trained, and predicts as it was:"
            f" {'; '.join(changes)}",
            highlight=False,
        )
    for name, step in report.next_steps.items():
        out.print(f"  next for {name}: {step}", highlight=False)
    out.print(f"  next: tipoff slate {report.date}", highlight=False)
