"""docs/gates.md, written from the register in tipoff.gates: `python scripts/gates_page.py`."""

import importlib
import pkgutil
import sys
from pathlib import Path

import tipoff
from tipoff.gates import REGISTER, Gate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gates.md"
LAST_RUN = "141 of 141 openings turned a test red"
"""What `make opened-gates` printed when the table of openings last changed."""
INTRO = f"""\
# Gates

Written by `python scripts/gates_page.py`; a test fails when it is not current. A gate stands
between a number and its publication, and fails closed: what it cannot judge does not pass.
`@gate` puts a function on the register (`src/tipoff/gates.py`), and `tests/gates` injects an
exception and a null into every one of them; a gate without those two tests fails the suite.
`tests/gates/deciders.py` looks for checks without a decorator: every function on the way to a
publication, a grade or a seat that raises one of tipoff's errors, answers yes or no, or is named
as one that does, is on the register or stands in `tests/gates/exempt.py` with a reason.

That the two tests would see a gate that fails open is shown by opening it: `scripts/opened_gates`
holds for every gate and each of its two columns at least one change a careless hand could make (an
exception swallowed, `is not False` made truthiness, a check left out, a NaN let past a comparison).
`make opened-gates` makes one change at a time and runs that gate's own case against it; a case that
fails before it has begun does not count. Its last line when the table last changed:
`{LAST_RUN}`.

| gate | function | protects | an exception in it | a null in what it reads |
|---|---|---|---|---|
"""


def registered() -> list[Gate]:
    """Every gate of tipoff, by where it is."""
    for found in pkgutil.walk_packages(tipoff.__path__, "tipoff."):
        if found.name != "tipoff.__main__":
            importlib.import_module(found.name)
    return sorted(REGISTER.values(), key=lambda gate: gate.where)


def page() -> str:
    """The whole page as Markdown."""
    return INTRO + "".join(
        f"| {g.name} | `{g.where.removeprefix('tipoff.')}` | {g.protects} | {g.on_error} |"
        f" {g.on_null} |\n"
        for g in registered()
    )


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
