"""Runs inside a build, as a script: which functions of tipoff a piece of work walks through.

`walk.py run FOLDER DAY` runs a slate of the lake in FOLDER/lake by its command; `walk.py feature
FOLDER NAME` imports a small simulated league and builds one feature of it. Prints JSON: functions
and the files they lie in. A build whose modules have other names ends with an ImportError or
TypeError, which the caller shows as the reason.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import CodeType, FrameType

import tipoff

# What an earlier process worked out lies there: a cold walk has none of it.
os.environ["XDG_CACHE_HOME"] = str(Path(sys.argv[2]) / "cache")
ROOT = str(Path(tipoff.__file__).parent)


def walked(work: Callable[[], object]) -> dict[str, int]:
    """Functions, methods and properties called during `work`, in every thread of this process.

    Modules, class bodies, lambdas and comprehensions are not counted.
    """
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            seen.add(frame.f_code)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    functions = {
        (code.co_filename, code.co_qualname) for code in seen
        if code.co_filename.startswith(ROOT) and code.co_flags & inspect.CO_OPTIMIZED
        and not code.co_name.startswith("<")
    }  # fmt: skip
    return {"functions": len(functions), "files": len({file for file, _ in functions})}


def run(folder: Path, day: str) -> dict[str, int]:
    """`tipoff run DAY` in a process that has imported nothing of it yet."""
    command = ["--lake", str(folder / "lake"), "run", day]

    def work() -> None:
        from typer.testing import CliRunner

        from tipoff.cli import app

        done = CliRunner().invoke(app, command)
        if done.exit_code:
            raise SystemExit(f"tipoff {' '.join(command)}: {done.output} {done.exception!r}")

    return walked(work)


def feature(folder: Path, name: str) -> dict[str, int]:
    """From a folder of files to the values of one feature."""
    from tipoff.sources.simulator import simulate

    simulate(folder / "league", seed=5, seasons=1, teams=4, games=4)

    def work() -> None:
        from tipoff.features import training_frame
        from tipoff.lake import Lake
        from tipoff.sources import import_folder

        with Lake.open(folder / "new", create=True) as lake:
            import_folder(lake, folder / "league")
            with lake.reading() as r:
                frame = training_frame(r, start=None, through=date.max, names=[name])
        if frame[name].is_null().all():
            raise SystemExit(f"{name} has no value")

    return walked(work)


if __name__ == "__main__":
    what, place, asked = sys.argv[1:]
    answer = {"run": run, "feature": feature}[what](Path(place), asked)
    sys.stdout.write(json.dumps(answer))
