"""`python -m tests.crashes --kills N [--seed S]`: kill -9, look, go on. Part of `make faults`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.crashes.child import COMMANDS
from tests.crashes.trials import Range
from tests.faults.league import build


def main() -> int:
    """Shoot until there were enough kills; 1 when anything was lost, half there or stuck."""
    parser = argparse.ArgumentParser(prog="python -m tests.crashes")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--broken", default="none", choices=("none", "split", "artifact-late"))
    asked = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 31) if asked.seed is None else asked.seed
    print(f"crashes: seed {seed}, {asked.kills} kills", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tipoff-crashes-") as place:
        range_ = Range(build(Path(place) / "ground"), Path(place) / "range", asked.broken)
        trial = 0
        while range_.tally.kills.total() < asked.kills and not range_.tally.violations:
            range_.shoot(seed + trial, list(COMMANDS)[trial % len(COMMANDS)])
            trial += 1
            if trial % 10 == 0:
                kills, wrong = range_.tally.kills.total(), len(range_.tally.violations)
                print(f"  {trial} trials, {kills} kills, {wrong} violations", flush=True)
    return _print(range_, time.monotonic() - began)


def _print(range_: Range, seconds: float) -> int:
    tally = range_.tally
    kills = ", ".join(f"{n} {command}" for command, n in sorted(tally.kills.items()))
    points = ", ".join(f"{n} {point}" for point, n in tally.points.most_common())
    print(f"{tally.kills.total()} kills in {seconds:.0f} s: {kills}")
    print(
        f"  where: {points}; {tally.ended.total()} had ended first; {tally.orphans} orphans found"
    )
    for violation in tally.violations[:20]:
        print(f"  VIOLATION {violation}")
    if not tally.violations:
        print("  nothing published was lost, no half set was seen, every next command went on")
        return 0
    print("  replay: python -m tests.crashes --kills 1 --seed SEED (the moment is the machine's)")
    return 1


if __name__ == "__main__":
    sys.exit(main())
