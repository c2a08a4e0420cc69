"""tipoff import DIR, tipoff import --source NAME FILE...: facts into the lake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, opened, progress
from tipoff.errors import UsageError

if TYPE_CHECKING:
    from tipoff.results.data import ImportReport


def import_folder(
    ctx: typer.Context,
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR | FILE...",
            help="A folder laid out as in docs/import.md; with --source, files of that source.",
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(help="Who parses the files: external, or a source of your own (a plug-in)."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Import a folder of facts, or files that a source parses.

    Box scores, schedules, lines and injuries. Importing again adds nothing.
    """
    from tipoff.app import Tipoff

    if source is None:
        _only(paths)
        Tipoff.check_folder(paths[0])
    with opened(ctx, create=True) as t, progress(as_json) as say:
        if source is None:
            report = t.import_folder(paths[0], progress=say)
        else:
            report = t.import_files(source, paths, progress=say)
    answer(report, as_json, lambda: _show(report))


def _only(paths: list[Path]) -> None:
    if len(paths) > 1:
        raise UsageError("one folder at a time", "name --source to import files")


def _show(report: ImportReport) -> None:
    from rich.table import Table

    out = console()
    grid = Table("table", box=None, title_justify="left")
    for name in ("read", "new", "corrections", "unchanged", "set aside"):
        grid.add_column(name, justify="right")
    for t in report.tables:
        numbers = (t.read, t.new, t.corrections, t.unchanged, sum(t.set_aside.values()))
        grid.add_row(t.table, *(f"{n:,}" for n in numbers))
    out.print(grid)
    for t in report.tables:
        for reason, n in t.set_aside.items():
            out.print(f"  set aside {n:,} of {t.table}: {reason}")
    _notes(report)


def _notes(report: ImportReport) -> None:
    out = console()
    for what, n in report.unresolved.items():
        if n:
            out.print(f"  unresolved {n:,}: {what}")
    if report.line_only_games:
        out.print(f"  {report.line_only_games} games known only from lines")
    label = " (a SIMULATED league)" if report.simulated else ""
    out.print(f"{report.new_rows:,} new rows from {report.folder}{label}")
    out.print("next: tipoff doctor · tipoff train catboost_v9 --through DATE · tipoff run DATE")
