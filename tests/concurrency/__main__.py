"""`python -m tests.concurrency --steps N [--seed S]`: the long forms, `make faults|soak`."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.concurrency.breakage import BREAKAGES
from tests.concurrency.drive import Drive, Report
from tests.faults.league import Ground, build

LEG = 2000
"""Steps on one lake: a season's worth. Longer runs take new lakes, with seeds counting up."""


def main() -> int:
    """Drive until the steps are done or an invariant breaks; 1 when one does."""
    asked = _arguments()
    seed = random.SystemRandom().randrange(1 << 31) if asked.seed is None else asked.seed
    sys.stdout.write(f"concurrency: seed {seed}, {asked.steps} steps, {asked.workers} workers\n")
    with tempfile.TemporaryDirectory(prefix="tipoff-faults-") as place:
        ground = build(Path(place) / "ground")
        for leg, done in enumerate(range(0, asked.steps, LEG)):
            steps = min(LEG, asked.steps - done)
            report = _leg(ground, Path(place) / "lake", seed + leg, steps, asked)
            _print(report)
            if report.violations:
                return 1
    return 0


def _leg(ground: Ground, folder: Path, seed: int, steps: int, asked: argparse.Namespace) -> Report:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ground.lake, folder)
    drive = Drive(ground, folder, seed, workers=asked.workers, breakage=asked.broken)
    return drive.run(steps, lambda text: print(f"  {text}", flush=True))


def _print(report: Report) -> None:
    print(f"seed {report.seed}: {sum(report.sent.values())} steps in {report.seconds:.0f} s")
    for action, n in report.sent.most_common():
        cpu = report.cpu[action] / max(1, report.done[action])
        moved = f"{report.moved[action]} of them had something to do, {cpu:.2f} s of CPU each"
        print(f"  {n:>5} {action:<11} {report.done[action]:>5} done, {moved}")
    print(f"  {report.raced} steps beside another, {report.publications} publications,"
          f" {report.reproduced} sets made again, refused {report.refused}")  # fmt: skip
    for violation in report.violations[:20]:
        print(f"  VIOLATION {violation}")
    if report.violations:
        print(f"  replay: python -m tests.concurrency --seed {report.seed} --steps {report.steps}")
        print("  (the commands and their order are the seed's; which commit wins is the machine's)")
    else:
        print("  every invariant held", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.concurrency")
    parser.add_argument("--steps", type=int, default=LEG)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--broken", choices=list(BREAKAGES), default="none")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
