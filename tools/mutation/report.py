"""docs/mutation.md from the results and from the reasons why survivors may live."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.mutation.areas import AREAS, LEFT_OUT, PACKAGES, ROOT, modules
from tools.mutation.operators import mutants

RESULTS = ROOT / ".mutants.jsonl"
REASONS = ROOT / "docs" / "mutation-survivors.toml"
PAGE = ROOT / "docs" / "mutation.md"
Row = Mapping[str, Any]
GOAL = 0.8
"""Share of the mutants of every area that should be killed."""


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
    newest: dict[str, dict[str, Any]] = {}
    for row in map(json.loads, lines):
        if row.get("seed", 1) == seed:
            first = newest.get(row["mutant"], {}).get("first", row["status"])
            newest[row["mutant"]] = row | {"first": first}
    return list(newest.values())


def seeds(path: Path | None = None) -> list[int]:
    """The seeds of all samples drawn so far, newest first."""
    path = path or RESULTS
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return sorted({json.loads(line).get("seed", 1) for line in lines}, reverse=True)


def reasons() -> dict[str, str]:
    """Mutant -> why it may survive."""
    return tomllib.loads(REASONS.read_text("utf-8")) if REASONS.is_file() else {}


def summary(rows: Iterable[Row]) -> list[str]:
    """One line of Markdown per area and one for all: what was killed when drawn, and is now."""
    listed = list(rows)
    lines = []
    for area in (*AREAS, "all"):
        mine = [r for r in listed if area in (r["area"], "all")]
        drawn, now = (sum(r[key] != "survived" for r in mine) for key in ("first", "status"))
        low, high = wilson(drawn, len(mine))
        lines.append(
            f"| {area} | {_population(area):,} | {len(mine)} | {_share(drawn, mine)} |"
            f" {low:.1%} to {high:.1%} | {_share(now, mine)} |"
        )
    return lines


def _short(rows: list[dict[str, Any]]) -> str:
    """The areas of a sample that miss the goal by the fair measure, in words."""
    short = [
        area
        for area in AREAS
        if (mine := [r["first"] != "survived" for r in rows if r["area"] == area])
        and sum(mine) < GOAL * len(mine)
    ]
    return f"Under {GOAL:.0%} when drawn: {', '.join(short) or 'no area'}."


def _share(killed: int, rows: list[Row]) -> str:
    return f"{killed} = {killed / len(rows):.1%}" if rows else "-"


def _population(area: str) -> int:
    names = AREAS if area == "all" else [area]
    return sum(len(mutants(path)) for name in names for path in modules(name))


def write() -> list[str]:
    """Write the page of all samples; the survivors that have no reason."""
    samples, known = {seed: results(seed) for seed in seeds()}, reasons()
    every = {row["mutant"]: row for rows in samples.values() for row in rows}.values()
    alive = [r for r in every if r["status"] == "survived"]
    table = [
        f"| `{r['mutant']}` | {r['module']}:{r['line']} | {r['kind']} | {_cell(r['before'])} |"
        f" {_cell(r['after'])} | {known.get(r['mutant'], '**not yet looked at**')} |"
        for r in sorted(alive, key=lambda r: (r["area"], r["module"], r["line"]))
    ]
    since = [r for r in every if r["first"] == "survived" != r["status"]]
    ids = ", ".join(f"`{r['mutant']}` ({r['module']}:{r['line']})" for r in since) or "none"
    parts = [_head()]
    for seed, rows in samples.items():
        parts += [
            f"## The sample of seed {seed}",
            "",
            _COLUMNS,
            *summary(rows),
            "",
            _short(rows),
            "",
        ]
    parts += ["## Survivors", "", _KILLED + ids + ".", "", _ALIVE, *table, ""]
    PAGE.write_text("\n".join(parts), "utf-8")
    return [r["mutant"] for r in alive if r["mutant"] not in known]


def _head() -> str:
    left = [
        f"- {why}: {', '.join(f'`{name}`' for name in names)}" for why, names in LEFT_OUT.items()
    ]
    return _HEAD.format(left="\n".join(left), packages=", ".join(PACKAGES))


def _cell(text: str) -> str:
    return f"`{text.replace('|', '¦').replace('`', '´').strip()}`" if text else ""


_COLUMNS = """| area | mutants | sampled | killed when drawn | 95% interval | killed now |
|---|---|---|---|---|---|"""
_ALIVE = """| mutant | where | kind | before | after | why it may live |
|---|---|---|---|---|---|"""
_HEAD = """# Mutation testing

One thing of the code is broken at a time, in its Python (comparisons, arithmetic, logic, tests,
constants, returns, statements) and in its SQL (the same, and joins, order, aggregates); a mutant is
killed when a test fails or never ends. Made by `make mutants` from random samples; the same
command with a larger `--sample` goes on where one stopped, and from seed 4 on no mutant of an
earlier seed is drawn again. The number of mutants is today's.

**Killed when drawn** is the measure: the tests as they stood when the mutant was picked.
**Killed now** counts the same mutants after tests were written for survivors among them. It is no
fair measure of the tests: those were written for just these mutants, and of the mutants that were
not drawn about as many survive as the first share says. The interval is Wilson's, of the first.

What cannot matter is left out by rule ([`operators.py`](../tools/mutation/operators.py)):
docstrings, annotations, messages, units and reasons as text, comments. The tests of each module:
[`areas.py`](../tools/mutation/areas.py). Tests on the real data as a whole and in processes of
their own are not among them, so a share killed is a lower bound. Every module of
{packages} is in an area, or left out there by name
([a test](../tests/tools/test_mutation.py) notices a new one):

{left}
"""
_KILLED = "Killed by a test written since they were drawn: "
