"""The long form: `python -m tests.threads --seconds 60`."""

from __future__ import annotations

import argparse
import faulthandler
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.league import build
from tests.threads.drive import PATIENCE, READERS, Stress


def main(arguments: list[str] | None = None) -> int:
    """Run it and say what was done; 1 when a thread had an error."""
    parser = argparse.ArgumentParser(description="Many threads on one lake.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--readers", type=int, default=READERS)
    parser.add_argument("--ground", type=Path, help="folder of the tiny league, kept if given")
    asked = parser.parse_args(arguments)
    # A deadlock is an error, and says where every thread stands.
    faulthandler.dump_traceback_later(asked.seconds + 10 * PATIENCE, exit=True)
    with tempfile.TemporaryDirectory(prefix="tipoff-threads-") as folder:
        root = Path(folder)
        ground = build(asked.ground or root / "league")
        shutil.copytree(ground.lake, root / "work" / "lake")
        report = Stress(ground, root / "work").run(asked.seconds, asked.readers)
    for error in report.errors:
        sys.stdout.write(f"{error}\n")
    counts = ", ".join(f"{n:,} {what}" for what, n in sorted(report.done.items()))
    sys.stdout.write(f"{counts}; {len(report.errors)} errors\n")
    return int(bool(report.errors))


if __name__ == "__main__":
    sys.exit(main())
