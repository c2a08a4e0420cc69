"""`tipoff lake`: is the folder whole, what may go, and fewer, larger files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake, progress

if TYPE_CHECKING:
    from datetime import timedelta

    from tipoff.lake.health import Health
    from tipoff.lake.upkeep import Cleaned

app = typer.Typer(help="The lake's folder: check, clean, compact.", no_args_is_help=True)

Age = Annotated[
    float | None,
    typer.Option(
        "--age", help="Hours a leftover must be unchanged (else TIPOFF_ORPHAN_AGE_HOURS)."
    ),
]


@app.command()
def check(
    ctx: typer.Context,
    age: Age = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Sizes and row counts only; do not read files through.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Compare the folder with the catalog: missing, damaged and left-over files, schema, fence.

    Exit codes: 0 all is well, 1 something is wrong, 3 the lake cannot be opened.
    """
    from tipoff import clock
    from tipoff.lake.health import check as examine

    with open_lake(ctx) as lake, progress(as_json) as say:
        say("reading every file")
        found = examine(lake, clock.now(), _age(age), read=not quick)
    emit(found.as_dict(), as_json, lambda: _show(found))
    if not found.ok:
        raise SystemExit(1)


@app.command()
def clean(
    ctx: typer.Context,
    age: Age = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would be removed.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Remove files that no version of the lake names and that are old enough."""
    from tipoff import clock
    from tipoff.lake.upkeep import clean as tidy

    with open_lake(ctx) as lake:
        done = tidy(lake, clock.now(), _age(age), dry_run=dry_run)
    emit(done.as_dict(), as_json, lambda: _show_cleaned(done))


@app.command()
def compact(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Merge the small files that many commits leave; no row, version or number changes."""
    from tipoff.lake.upkeep import compact as merge

    with open_lake(ctx) as lake, progress(as_json) as say:
        say("merging files")
        done = merge(lake)
    said = f"{done.files_before} files are now {done.files_after}"
    note = "  next: tipoff lake clean, once the replaced files are old enough"
    emit(done.as_dict(), as_json, lambda: console().print(f"{said}\n{note}", highlight=False))


def _age(hours: float | None) -> timedelta:
    from datetime import timedelta

    from tipoff.settings import settings

    return timedelta(hours=settings().orphan_age_hours if hours is None else hours)


def _show(found: Health) -> None:
    out = console()
    for t in found.troubles:
        word = "young" if t.young else t.kind
        out.print(f"{word:<8} {t.what}: {t.detail}", highlight=False)
    wrong = sum(not t.young for t in found.troubles)
    said = f"{wrong} wrong" if wrong else "all is well"
    out.print(
        f"{said}: {found.data_files} data files, {found.artifacts} artifacts, schema"
        f" {found.schema_version}, {found.commits} commits",
        highlight=False,
    )
    kinds = {t.kind for t in found.troubles if not t.young}
    if kinds & {"missing", "damaged", "catalog"}:
        out.print("  next: restore the files named from a copy, or import and train again")
    elif "dangling" in kinds:
        out.print("  next: rows are lost: restore the lake's folder from a copy")
    elif "orphan" in kinds:
        out.print("  next: tipoff lake clean")


def _show_cleaned(done: Cleaned) -> None:
    out = console()
    for path in done.removed:
        out.print(path, highlight=False)
    word = "would be removed" if done.dry_run else "removed"
    out.print(
        f"{len(done.removed)} files {word}, {done.bytes:,} bytes; {done.kept} too young to judge",
        highlight=False,
    )
