"""`python -m tools.mutation --sample N`: draw N mutants per area, run what has not run, report."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from functools import cache

from tools.mutation import report, runner
from tools.mutation.areas import AREAS, ROOT, forgotten, modules
from tools.mutation.operators import Mutant, mutants, mutated

LIMIT = 300.0
"""CPU seconds after which a mutant counts as hanging."""


def main() -> int:
    """0 when at least 80% of every area are killed now and every survivor has a reason, else 1."""
    asked = _arguments()
    os.nice(max(0, 10 - os.nice(0)))
    sys.path.insert(0, str(ROOT))
    if left := forgotten():
        raise SystemExit(f"error: in no area of tools/mutation/areas.py, or gone: {left}")
    if not asked.report:
        runner.preload()
        for area in asked.area or AREAS:
            _run(area, draw(area, asked.sample, asked.seed), asked)
    unexplained = report.write()
    rows = report.results(asked.seed)
    sys.stdout.write("\n".join(report.summary(rows)) + "\n")
    for name in unexplained:
        sys.stdout.write(f"survivor without a reason: {name}\n")
    return int(bool(unexplained) or not all(_enough(area, rows) for area in AREAS))


def draw(area: str, sample: int, seed: int) -> list[tuple[Mutant, tuple[str, ...]]]:
    """The first `sample` mutants of the area's own shuffle, with their tests: more goes on from
    where fewer stopped. None that an earlier seed drew: tests may have been written for it."""
    earlier = {row["mutant"] for s in report.seeds() if s < seed for row in report.results(s)}
    every = [(m, tests) for path, tests in modules(area).items() for m in mutants(path)
             if m.name not in earlier]  # fmt: skip
    random.Random(f"{seed}|{area}").shuffle(every)  # noqa: S311
    return every[:sample]


def _run(
    area: str, chosen: list[tuple[Mutant, tuple[str, ...]]], asked: argparse.Namespace
) -> None:
    done = {row["mutant"]: row["status"] for row in report.results(asked.seed)}
    known = report.reasons()
    end = time.monotonic() + asked.minutes * 60
    for number, (mutant, tests) in enumerate(chosen, 1):
        again = asked.again and done.get(mutant.name) == "survived"
        again = again and not known.get(mutant.name, "").startswith("equal")
        if mutant.name in done and not again:
            continue
        if time.monotonic() > end:
            sys.stdout.write(f"{area}: the time is up at {number} of {len(chosen)}\n")
            return
        outcome = runner.run(tests, LIMIT, mutant.path, mutated(mutant))
        # Survivors show themselves that the tests pass; who is killed, whether the killer does.
        for name in tests if outcome.status != "survived" else ():
            if name in outcome.by or not any(test in outcome.by for test in tests):
                _must_pass(name)
        row = {
            "mutant": mutant.name, "seed": asked.seed, "area": area, "module": mutant.module,
            "line": mutant.line, "kind": mutant.kind, "before": mutant.before,
            "after": mutant.after,
            "status": outcome.status, "seconds": outcome.seconds, "by": outcome.by,
        }  # fmt: skip
        with report.RESULTS.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(row) + "\n")
        sys.stdout.write(
            f"{area} {number}/{len(chosen)} {outcome.status:9} {outcome.seconds:6.1f}s"
            f" {mutant.name} {mutant.module}:{mutant.line} {mutant.kind}:"
            f" {mutant.before} -> {mutant.after}\n"
        )
        sys.stdout.flush()


@cache
def _must_pass(test: str) -> None:
    """The tests of a file pass on the code as it is: otherwise they would kill anything."""
    outcome = runner.run([test], LIMIT, None, None)
    if outcome.status != "survived":
        raise SystemExit(f"error: {test} fails as it is: {outcome.by}")


def _enough(area: str, rows: list[dict[str, object]]) -> bool:
    mine = [row for row in rows if row["area"] == area]
    return sum(row["status"] != "survived" for row in mine) >= report.GOAL * len(mine)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=60, help="mutants per area")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--area", action="append", choices=list(AREAS))
    parser.add_argument("--minutes", type=float, default=1e6, help="per area")
    parser.add_argument("--again", action="store_true", help="run survivors that are gaps again")
    parser.add_argument("--report", action="store_true", help="only write docs/mutation.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
