"""`tipoff lake`: is the folder whole, what may go, and fewer, larger files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import JsonFlag, answer, console, opened, progress
from tipoff.cli.once import Commands

if TYPE_CHECKING:
    from tipoff.results.health import Cleaned, Compacted, LakeCheck

app = Commands(help="The lake's folder: check, clean, compact.", no_args_is_help=True)

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
    with opened(ctx) as t, progress(as_json) as say:
        report = t.lake.check(age=age, quick=quick, progress=say)
    answer(report, as_json, lambda: _show(report))
    if not report.ok:
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
    with opened(ctx) as t:
        done = t.lake.clean(age=age, dry_run=dry_run)
    answer(done, as_json, lambda: _show_cleaned(done))


@app.command()
def compact(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Merge the small files that many commits leave; no row, version or number changes."""
    with opened(ctx) as t, progress(as_json) as say:
        done = t.lake.compact(progress=say)
    answer(done, as_json, lambda: _show_compacted(done))


def _show(report: LakeCheck) -> None:
    out = console()
    for problem in report.problems:
        word = "young" if problem.young else problem.kind
        out.print(f"{word:<8} {problem.what}: {problem.detail}", highlight=False)
    kinds = [problem.kind for problem in report.problems if not problem.young]
    out.print(
        f"{f'{len(kinds)} wrong' if kinds else 'all is well'}: {report.data_files} data files,"
        f" {report.artifacts} artifacts, schema {report.schema_version}, {report.commits} commits",
        highlight=False,
    )
    if {"missing", "damaged", "catalog"}.intersection(kinds):
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


def _show_compacted(done: Compacted) -> None:
    out = console()
    out.print(f"{done.files_before} files are now {done.files_after}", highlight=False)
    out.print("  next: tipoff lake clean, once the replaced files are old enough", highlight=False)
