"""README's headline table, from the backtest pages of docs: `python -m tools.pages.headline`.

Per market, on 2024-25 walk-forward: the forecast that reads lines against the line itself (players
with a line) and against the EWMA (everybody), as differences of CRPS with their 95% intervals.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tipoff.markets import MARKETS
from tools.pages import write

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = (ROOT / "docs" / "scoreboard.md", ROOT / "docs" / "scoreboard-markets.md")
MODEL = "champion_line"
BEGIN, END = "<!-- headline: begin -->\n", "<!-- headline: end -->\n"
_DIFFERENCE = re.compile(r"([+-][\d.]+) \[([+-][\d.]+), ([+-][\d.]+)\]")


@dataclass(frozen=True)
class Difference:
    """Of mean CRPS, forecast minus reference: below zero is better. `n`: player-games."""

    n: int
    value: str
    low: str
    high: str

    @property
    def words(self) -> str:
        """The value with its interval, and what it says."""
        if float(self.high) < 0:
            said = "better"
        elif float(self.low) > 0:
            said = "**worse**"
        else:
            said = "no difference shown"
        return f"{self.value} [{self.low}, {self.high}], {said}"


def difference(text: str, title: str, column: str) -> Difference | None:
    """The cell of MODEL under `column` of the first table below a heading that has it."""
    _, heading, below = text.partition(f"### {title}\n")
    if not heading:
        return None
    section = re.split(r"^##", below, maxsplit=1, flags=re.M)[0]
    heads: list[str] = []
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "model":
            heads = cells
        elif cells[0] == MODEL and column in heads:
            row = dict(zip(heads, cells, strict=True))
            if match := _DIFFERENCE.fullmatch(row[column]):
                return Difference(int(row["n"]), match[1], match[2], match[3])
    return None


def rows() -> Iterator[str]:
    """A line of the table per market, in the order of the markets."""
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for market in MARKETS:
        line = difference(text, f"{market}: with a line", "CRPS - line's")
        ewma = difference(text, f"{market}: all player-games", "CRPS - EWMA's")
        lined = (f"{line.n:,}", line.words) if line else ("-", "too few lines to judge")
        others = (f"{ewma.n:,}", ewma.words) if ewma else ("-", "-")
        yield f"| {market} | {' | '.join((*lined, *others))} |\n"


def table() -> str:
    """The whole table as Markdown."""
    head = "| market | n with a line | CRPS against the line | n | CRPS against the EWMA |\n"
    return head + "|---|---:|---|---:|---|\n" + "".join(rows())


def page() -> str:
    """README with the table in its place. Raises ValueError when the place is not marked."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"README has no {BEGIN.strip()} ... {END.strip()}")
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    sys.stdout.write(table())
    sys.exit(write(README, page()))
