"""Import and a real slate, cold, in processes of their own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Measured, tipoff

Row = tuple[str, str, str, str]
TWELVE_GAMES = "2025-01-15"
TIMES = 3
NO_BAR = float("inf")
"""It must only not fail."""


def measure(lake: Path, data: Path) -> Iterator[Row]:
    """Import twice, train, run a slate cold (the best of three), run it again."""
    yield line("import of the real folder", tipoff(lake, "import", data), 60)
    yield line("import again (0 new rows)", tipoff(lake, "import", data), 60)
    yield line(
        "train catboost_v9", tipoff(lake, "train", "catboost_v9", "--through", "2024-12-31"), 60
    )
    first = tipoff(lake, "run", TWELVE_GAMES, "--model", "ewma_hl8", "--market", "points")
    yield line("run of the month's first slate (fits the baselines)", first, 30)
    yield from cold(lake, "2025-01-10", "all markets and models")
    again = [tipoff(lake, "run", "2025-01-10") for _ in range(TIMES)]
    yield line("run again, nothing to do", min(again, key=worth), 1)
    yield line("reproduce the whole slate", tipoff(lake, "reproduce", "2025-01-10"), 30)


def cold(lake: Path, day: str, what: str) -> Iterator[Row]:
    """The same slate on copies of the lake, the last on the lake itself: best, all, memory."""
    runs = []
    for time in range(TIMES):
        copy = lake.with_name(f"copy_{time}") if time < TIMES - 1 else lake
        if copy != lake:
            shutil.copytree(lake, copy)
        runs.append(tipoff(copy, "run", day))
        if copy != lake:
            shutil.rmtree(copy)
    yield line(f"run {day}, {what}, cold process", min(runs, key=worth), 5)
    yield ("  each of them", ", ".join(f"{run.seconds:.2f}" for run in runs) + " s", "", "")
    processor = min(run.cpu for run in runs)
    yield ("  its processor time", f"{processor:.2f} s", "", "")
    peak = max(run.peak_mb for run in runs)
    kept = "ok" if peak <= 1200 else "MISSED"
    yield ("  its peak memory", f"{peak:.0f} MB", "1200 MB", kept)


def worth(run: Measured) -> tuple[bool, float]:
    """What the best of several runs has least of: failures first."""
    return (run.code != 0, run.seconds)


def line(what: str, measured: Measured, bar: float) -> Row:
    """One row of the table; a failed command misses its bar."""
    kept = "ok" if measured.code == 0 and measured.seconds <= bar else "MISSED"
    said = "not to fail" if bar == NO_BAR else f"{bar:g} s"
    return (what, f"{measured.seconds:.2f} s", said, kept)
