"""The command: arguments, both sides one after the other, the table, the exit code."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from filelock import FileLock, Timeout

from tools.builds import sides, table
from tools.builds.checkout import WORKTREE, Build, make_build
from tools.builds.differences import Comparison, compare
from tools.builds.failure import Failure
from tools.builds.kinds import BACKTEST, SLATES

EPILOG = """\
exit codes: 0 every number is the same within 1e-9, 1 one is not, 2 usage, 3 a build failed

  tools/compare_builds 09f9431 worktree LAKE --date 2025-01-10
  tools/compare_builds v1 HEAD ../shared/data --train catboost_v9 2024-12-31 \\
      --date 2025-01-10 --date 2025-01-11 --work /tmp/compare
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare as the arguments say; the exit code."""
    given = _parser().parse_args(arguments)
    try:
        asked = _asked(given)
        with _work(given.work) as work:
            builds, comparisons, notes = _compared(given, asked, work)
    except Failure as failure:
        sys.stderr.write(f"error: {failure}\n")
        return failure.code
    if given.json:
        result = table.as_dict(builds, comparisons, notes)
        sys.stdout.write(json.dumps(result, allow_nan=False) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in table.lines(comparisons, notes))
    return 0 if all(comparison.ok for comparison in comparisons) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compare_builds", description="Do two builds of tipoff come to the same numbers?",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("old", metavar="OLD_REF", help="a commit, by hash, branch or tag")
    add("new", metavar="NEW_REF", help=f"another, or `{WORKTREE}`: the working tree as it is")
    add("lake", metavar="LAKE", type=Path,
        help="only read: a lake of the old build, or data files that it makes one of")  # fmt: skip
    add("--date", action="append", default=[], type=_day, help="run and grade it (repeatable)")
    add("--backtest", nargs=2, metavar=("FROM", "TO"), type=_day, help="backtest, all markets")
    add("--models", nargs="+", default=[], metavar="MODEL", help="the backtest's models")
    add("--train", nargs=2, action="append", default=[], metavar=("MODEL", "THROUGH"),
        help="the old build trains it for the lake it makes (repeatable)")  # fmt: skip
    add("--work", type=Path, help="keep checkouts and the old side's results here")
    add("--json", action="store_true", help="machine-readable output")
    return parser


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not YYYY-MM-DD") from error


def _asked(given: argparse.Namespace) -> sides.Asked:
    train = tuple((model, _through(day)) for model, day in given.train)
    span = tuple(given.backtest) if given.backtest else None
    if not given.date and span is None:
        raise Failure("nothing to compare: give --date or --backtest")
    if (span is None) != (not given.models):
        raise Failure("--backtest and --models go together")
    return sides.Asked(tuple(dict.fromkeys(given.date)), span, tuple(given.models), train)


def _through(text: str) -> str:
    try:
        return _day(text)
    except argparse.ArgumentTypeError as error:
        raise Failure(f"--train: {error}") from error


@contextmanager
def _work(folder: Path | None) -> Iterator[Path]:
    """The work folder, held alone; a passing one when none is named."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="compare-builds-") as passing:
            yield Path(passing)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock", timeout=0):
            yield folder.resolve()
    except Timeout as error:
        raise Failure(f"another comparison is at work in {folder}", 3) from error
    except OSError as error:
        raise Failure(f"cannot use {folder}: {error}") from error


def _compared(
    given: argparse.Namespace, asked: sides.Asked, work: Path
) -> tuple[list[Build], list[Comparison], list[str]]:
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - started:6.0f} s] {text}\n")
        sys.stderr.flush()

    source = sides.read_source(given.lake, asked)
    builds = [make_build(side, getattr(given, side), work) for side in ("old", "new")]
    old, new = builds
    base = sides.base_lake(old, source, asked, work, say)
    before = sides.old_results(old, base, source, asked, work, say)
    after = sides.new_results(new, base, asked, work, say)
    kinds = (*(SLATES if asked.dates else ()), *((BACKTEST,) if asked.backtest else ()))
    comparisons = []
    for kind in kinds:
        say(f"comparing {kind.name}")
        comparisons.append(compare(kind, before.frames[kind.name], after.frames[kind.name]))
    return builds, comparisons, [*_pythons(old, new), *before.notes, *after.notes]


def _pythons(old: Build, new: Build) -> list[str]:
    if old.python == new.python:
        return []
    return [f"the sides run on different installations: {old.python} and {new.python}"]
