"""tipoff run DATE: build what is missing of a slate, and publish it. tipoff regenerate DATE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.forecast import RunReport

Model = Annotated[list[str] | None, typer.Option("--model", help="Only this model (repeatable).")]
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
    """Forecast a slate and publish it; says so when there is nothing to do.

    Exit codes: 0 published or nothing to do, 1 players were expected and none predicted,
    2 usage, 3 the lake is busy or unavailable.
    """
    _reconcile(ctx, date, market, model, as_of, mode, None, as_json)


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
    """Build a slate again and supersede what is published, in one pointer move."""
    if dry:
        _dry_run(ctx, date, as_of, mode, as_json)
        return
    _reconcile(ctx, date, None, None, as_of, mode, reason, as_json)


def _reconcile(
    ctx: typer.Context,
    date: str,
    markets: list[str] | None,
    models: list[str] | None,
    as_of: str | None,
    mode: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    from tipoff import clock
    from tipoff.forecast import reconcile, slate_view

    day = clock.parse_date(date)
    moment = clock.parse_moment(as_of) if as_of else None
    with open_lake(ctx) as lake:
        with progress(as_json) as say:
            report = reconcile(
                lake, day, as_of=moment, markets=markets, models=models, mode=mode,
                reason=reason, say=say,
            )  # fmt: skip
        data: dict[str, Any] = {"nothing_to_do": report.nothing_to_do}
        if as_json:
            with lake.reading() as r:
                data = slate_view(r, day) | data
    emit(data, as_json, lambda: _show(report))
    if report.expected and not report.predicted:
        raise SystemExit(1)


def _dry_run(
    ctx: typer.Context, date: str, as_of: str | None, mode: str | None, as_json: bool
) -> None:
    from tipoff import clock
    from tipoff.answers import dry_run
    from tipoff.cli.diff import show_diff

    day = clock.parse_date(date)
    moment = clock.parse_moment(as_of) if as_of else None
    with open_lake(ctx) as lake, progress(as_json) as say:
        found = dry_run(lake, day, as_of=moment, mode=mode, say=say)

    def human() -> None:
        counts = f"{found['expected']} expected = {found['predicted']} predicted"
        made = f"{counts} + {found['refused']} refused"
        same = "the very set that is published" if found["same"] else "another set"
        console().print(f"dry run, nothing published: {made}; {same}", highlight=False)
        show_diff(found)

    emit(found, as_json, human)


def _show(report: RunReport) -> None:
    out, date = console(), report.day
    labels = [word for word, on in (("SIMULATED", report.simulated), ("backfill", report.backfill))
              if on]  # fmt: skip
    suffix = f"  ({', '.join(labels)})" if labels else ""
    if report.nothing_to_do:
        out.print(f"{date}: nothing to do, {report.publication_id} is current{suffix}")
    else:
        out.print(
            f"{date}: published {report.publication_id} (#{report.seq}, {report.kind}){suffix}"
        )
    out.print(
        f"  as of {report.as_of:%Y-%m-%d %H:%M:%S} UTC · {report.games} games · "
        f"{report.expected} expected = {report.predicted} predicted + {report.refused} refused"
    )
    for why, n in report.refusals.items():
        out.print(f"    refused {n:6d}  {why}")
    for name, differences in report.refused_models.items():
        out.print(f"  model {name} refused: {'; '.join(differences)}")
    out.print(f"  next: tipoff slate {date}", highlight=False)
