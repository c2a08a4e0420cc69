"""The command: a checkout measured, beside an older commit when one is given."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.builds.checkout import ROOT, WORKTREE, Build, make_build
from tools.builds.failure import BuildFailure, Failure
from tools.structure.counts import PLACES, Numbers, count

FIXTURE = ROOT / "tests" / "fixtures" / "first_edition.tar.xz"
DAY = "2024-11-14"
"""A slate of the fixture that nobody has published: two games, a champion, every family."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the measures; 2 for a ref that is no commit, 3 when its checkout cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m tools.structure", description=__doc__)
    parser.add_argument("--at", metavar="COMMIT", help="the state before; a checkout is made of it")
    parser.add_argument("--json", action="store_true", help="machine-readable output")
    parser.add_argument("--no-walks", action="store_true", help="only what needs no run")
    given = parser.parse_args(arguments)
    sides: dict[str, Numbers] = {}
    notes: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="structure-") as work:
            builds = [Build("now", WORKTREE, WORKTREE, ROOT, Path(sys.executable))]
            if given.at:
                builds.insert(0, make_build("before", given.at, Path(work)))
            for build in builds:
                sides[build.side] = count(build.folder)
                if not given.no_walks:
                    sides[build.side] |= walks(build, Path(work) / build.side, notes)
    except Failure as failure:
        sys.stderr.write(f"error: {failure}\n")
        return failure.code
    if given.json:
        sys.stdout.write(json.dumps({**sides, "notes": notes}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in [*table(sides), *notes])
    return 0


def walks(build: Build, folder: Path, notes: list[str]) -> Numbers:
    """Functions and files that a cold run and one feature walk through.

    What fails in a build is None, with a note: an older one may have other modules.
    """
    numbers: Numbers = {}
    probe = Path(__file__).with_name("walk.py")
    folder.mkdir()
    with tarfile.open(FIXTURE) as tar:
        tar.extractall(folder, filter="data")
    for what, asked in (("run", DAY), ("feature", PLACES["feature"])):
        try:
            answer = json.loads(build.script(folder, probe, what, folder, asked))
        except BuildFailure as failure:
            notes.append(f"not measured: {failure}")
            answer = {}
        label = "tipoff run" if what == "run" else "box-score row to a feature"
        numbers |= {f"{unit} walked, {label}": answer.get(unit) for unit in ("functions", "files")}
    shutil.rmtree(folder)
    return numbers


def table(sides: dict[str, Numbers]) -> list[str]:
    """One line per measure, a column per side, and the change where there are two."""
    lines = []
    *before, now = sides.values()
    for what, value in now.items():
        values = [*(side.get(what) for side in before), value]
        texts = ["-" if v is None else f"{v:,}" for v in values]
        first = values[0]
        change = "" if not before or first is None or value is None else f"{value - first:+,.4g}"
        lines.append(f"{what:<48}" + "".join(f"{text:>10}" for text in [*texts, change]))
    return [f"{'what':<48}" + "".join(f"{side:>10}" for side in sides), *lines]


if __name__ == "__main__":
    sys.exit(main())
