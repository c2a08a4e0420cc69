"""`python -m scripts.opened_gates [GATE ...]`: open every gate, one way at a time, and see its own
case fail. 1 when a case stays green, fails before it has begun, or a gate has no opening."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scripts.mutants import runner
from scripts.mutants.areas import ROOT
from scripts.opened_gates.opening import Opening, unready
from scripts.opened_gates.table import OPENINGS

LIMIT = 300.0
"""CPU seconds: a case that never ends has not failed, and counts as green."""


def main() -> int:
    """0 when every opening asked for turned its case red, else 1."""
    asked = _arguments()
    sys.path.insert(0, str(ROOT))
    problems = list(unready(OPENINGS, register()))
    chosen = [o for o in OPENINGS if o.gate in (asked.gate or {o.gate})]
    problems += [f"{name}: no opening of such a gate" for name in asked.gate
                 if name not in {o.gate for o in OPENINGS}]  # fmt: skip
    if asked.list:
        sys.stdout.writelines(f"{_label(o)}\n" for o in chosen)
    elif not problems:
        problems = _tried(chosen)
    sys.stdout.writelines(f"problem: {text}\n" for text in problems)
    return int(bool(problems))


def register() -> Sequence[str]:
    """Every gate's name, read in a process of its own: a fork that has the gates imported would
    not meet the opened one."""
    with ProcessPoolExecutor(1, get_context("fork")) as beside:
        return beside.submit(_register).result()


def _register() -> list[str]:
    from scripts.gates_page import registered

    return [gate.name for gate in registered()]


def _tried(chosen: Sequence[Opening]) -> list[str]:
    """Run the cases; those that stayed green or fail as they are."""
    os.nice(max(0, 10 - os.nice(0)))
    # The reasons of failures are read from a summary cut at the width of the terminal.
    os.environ["COLUMNS"] = "300"
    runner.preload()
    green = _red_already(chosen)
    red = 0
    for number, opening in enumerate(chosen, 1):
        found = runner.run([opening.case], LIMIT, opening.file, opening.opened())
        red += (seen := noticed(opening, found))
        why = found.by.removeprefix(f"FAILED {opening.case} - ") or found.status
        green += [] if seen else [f"stays green: {_label(opening)}: {why}"]
        sys.stdout.write(
            f"{number}/{len(chosen)} {'red' if seen else 'GREEN':5} {found.seconds:5.1f}s"
            f" {_label(opening)}: {why}\n"
        )
        sys.stdout.flush()
    sys.stdout.write(f"{red} of {len(chosen)} openings turned a test red\n")
    return green


def noticed(opening: Opening, found: runner.Outcome) -> bool:
    """Whether the case itself failed: one that did not begin, or did not end, saw nothing."""
    return found.status == "killed" and found.by.startswith(f"FAILED {opening.case} ")


def _red_already(chosen: Sequence[Opening]) -> list[str]:
    """Cases that fail on the code as it is: they would notice anything."""
    found = runner.run(list(dict.fromkeys(o.case for o in chosen)), LIMIT, None, None)
    return [] if found.status == "survived" else [f"red before anything is opened: {found.by}"]


def _label(opening: Opening) -> str:
    before, after = (" / ".join(line.strip() for line in text.splitlines())
                     for text in (opening.before, opening.after))  # fmt: skip
    what = after or f"without {before}"
    return f"{opening.gate}, {opening.fault}, {opening.path}: {what[:100]}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.opened_gates", description=__doc__)
    parser.add_argument("gate", nargs="*", help="only these, by their names in docs/gates.md")
    parser.add_argument("--list", action="store_true", help="name the openings and try none")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
