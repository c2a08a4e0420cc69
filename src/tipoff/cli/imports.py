"""tipoff import DIR, tipoff import --source NAME FILE...: facts into the lake."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake, progress
from tipoff.errors import UsageError

if TYPE_CHECKING:
    from tipoff.sources import ImportReport


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
    """Import a folder of box scores, schedules, lines and injuries; again adds nothing."""
    from tipoff.sources import import_files, read_folder
    from tipoff.sources import import_folder as store

    if source is None:
        _only(paths)
        read_folder(paths[0])
    with open_lake(ctx, create=True) as lake, progress(as_json) as tell:
        if source is None:
            report = store(lake, paths[0], tell)
        else:
            report = import_files(lake, source, paths, tell)
    emit(report.as_dict(), as_json, lambda: _show(report))


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
