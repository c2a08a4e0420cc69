"""A cold run with a champion seated in every market, and a second set for diff to compare."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.measure import tipoff
from bench.slate import NO_BAR, cold, line
from tipoff.lake import Lake
from tipoff.markets import MARKETS
from tipoff.models import eligible, promote
from tipoff.models.families.tipoff import CHAMPIONS

Row = tuple[str, str, str, str]
DAY = "2025-01-10"
FRESH = "2025-01-27"
"""Twelve games that nothing before has run, in the month whose baselines are fitted."""
REASON = "bench: judged by no gate"


def measure(lake: Path) -> Iterator[Row]:
    """Train the form that reads lines, assign it, run a slate cold, then supersede another."""
    words = ("train", CHAMPIONS[0], "--through", "2024-12-31")
    yield line(f"train {CHAMPIONS[0]}", tipoff(lake, *words), NO_BAR)
    assign(lake)
    yield from cold(lake, FRESH, "a champion seated")
    again = tipoff(lake, "regenerate", DAY, "--reason", REASON)
    yield line(f"regenerate {DAY}, now with the champions", again, NO_BAR)


def assign(folder: Path) -> None:
    """Make champion_line the champion of every market on DAY."""
    with Lake.open(folder) as lake:
        with lake.reading() as r:
            assignments = eligible(r, date.fromisoformat(DAY), "points")
        chosen = next(s for s in assignments if s.model == CHAMPIONS[0])
        for market in MARKETS:
            promote(lake, chosen.model_id, market, REASON)
