"""docs/mutation.md from the results and from the reasons why survivors may live."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.mutants.areas import AREAS, ROOT, modules
from scripts.mutants.operators import mutants

RESULTS = ROOT / ".mutants.jsonl"
REASONS = ROOT / "docs" / "mutation-survivors.toml"
PAGE = ROOT / "docs" / "mutation.md"
Row = Mapping[str, Any]


def wilson(killed: int, n: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95% interval of a share (1927)."""
    if not n:
        return 0.0, 1.0
    p, square = killed / n, z * z
    centre = (p + square / (2 * n)) / (1 + square / n)
    half = z * math.sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    return centre - half, centre + half


def results(seed: int, path: Path | None = None) -> list[dict[str, Any]]:
    """The newest result of every mutant of a sample, in the order they were first run.

    `first` is the status when it was drawn, before any test was written for it.
    """
    path = path or RESULTS
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    found: dict[str, dict[str, Any]] = {}
    for row in map(json.loads, lines):
        if row.get("seed", 1) == seed:
            first = found.get(row["mutant"], {}).get("first", row["status"])
            found[row["mutant"]] = row | {"first": first}
    return list(found.values())


def reasons() -> dict[str, str]:
    """Mutant -> why it may survive."""
    return tomllib.loads(REASONS.read_text("utf-8")) if REASONS.is_file() else {}


def summary(rows: Iterable[Row]) -> list[str]:
    """One line of Markdown per area and one for all: what was killed when drawn, and is now."""
    found = list(rows)
    lines = []
    for area in (*AREAS, "all"):
        mine = [r for r in found if area in (r["area"], "all")]
        drawn, now = (sum(r[key] != "survived" for r in mine) for key in ("first", "status"))
        low, high = wilson(drawn, len(mine))
        lines.append(
            f"| {area} | {_population(area):,} | {len(mine)} | {_share(drawn, mine)} |"
            f" {low:.1%} to {high:.1%} | {_share(now, mine)} |"
        )
    return lines


def _share(killed: int, rows: list[Row]) -> str:
    return f"{killed} = {killed / len(rows):.1%}" if rows else "-"


def _population(area: str) -> int:
    names = AREAS if area == "all" else [area]
    return sum(len(mutants(path)) for name in names for path in modules(name))


def write(seed: int) -> list[str]:
    """Write the page; the survivors that have no reason."""
    rows, known = results(seed), reasons()
    alive = [r for r in rows if r["status"] == "survived"]
    table = [
        f"| `{r['mutant']}` | {r['module']}:{r['line']} | {r['kind']} | {_cell(r['before'])} |"
        f" {_cell(r['after'])} | {known.get(r['mutant'], '**not yet looked at**')} |"
        for r in sorted(alive, key=lambda r: (r["area"], r["module"], r["line"]))
    ]
    PAGE.write_text(
        _HEAD.format(seed=seed)
        + "\n".join(["", _COLUMNS, *summary(rows), "", "## Survivors", "", _ALIVE, *table, ""]),
        "utf-8",
    )
    return [r["mutant"] for r in alive if r["mutant"] not in known]


def _cell(text: str) -> str:
    return f"`{text.replace('|', '¦').replace('`', '´').strip()}`" if text else ""


_COLUMNS = """| area | mutants | sampled | killed when drawn | 95% interval | killed now |
|---|---|---|---|---|---|"""
_ALIVE = """| mutant | where | kind | before | after | why it may live |
|---|---|---|---|---|---|"""
_HEAD = """# Mutation testing

One thing of the code is broken at a time, in its Python (comparisons, arithmetic, logic, tests,
constants, returns, statements) and in its SQL (the same, and joins, order, aggregates); a mutant is
killed when a test fails. Made by `make mutants` from a random sample, seed {seed}; the same command
with a larger `--sample` goes on where this one stopped. What cannot matter is left out by rule
([`operators.py`](../scripts/mutants/operators.py)): docstrings, annotations, messages, units and
reasons as text, comments, and `backtest/page.py` and `plots.py`, which only write pages. The tests
of each module: [`areas.py`](../scripts/mutants/areas.py). Tests on the real data and in processes
of their own are not among them, so the share killed is a lower bound. The interval is Wilson's.
"""
