"""Import and a real slate, cold, in processes of their own."""

from collections.abc import Iterator
from pathlib import Path

from bench.measure import Measured, tipoff

Row = tuple[str, str, str, str]
TWELVE_GAMES = "2025-01-15"


def measure(lake: Path, data: Path) -> Iterator[Row]:
    """Import twice, train, run a slate of at least ten games cold, run it again."""
    yield line("import of the real folder", tipoff(lake, "import", data), 60)
    yield line("import again (0 new rows)", tipoff(lake, "import", data), 60)
    yield line(
        "train catboost_v9", tipoff(lake, "train", "catboost_v9", "--through", "2024-12-31"), 60
    )
    first = tipoff(lake, "run", TWELVE_GAMES, "--model", "ewma_hl8", "--market", "points")
    yield line("run of the month's first slate (fits the baselines)", first, 30)
    cold = tipoff(lake, "run", "2025-01-10")
    yield line("run 2025-01-10, all markets and models, cold process", cold, 5)
    kept = "ok" if cold.peak_mb <= 1200 else "MISSED"
    yield ("  its peak memory", f"{cold.peak_mb:.0f} MB", "1200 MB", kept)
    yield line("run again, nothing to do", tipoff(lake, "run", "2025-01-10"), 1)
    yield line("reproduce the whole slate", tipoff(lake, "reproduce", "2025-01-10"), 30)


def line(what: str, found: Measured, bar: float) -> Row:
    """One row of the table; a failed command misses its bar."""
    kept = "ok" if found.code == 0 and found.seconds <= bar else "MISSED"
    return (what, f"{found.seconds:.2f} s", f"{bar:g} s", kept)
