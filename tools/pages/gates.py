"""docs/gates.md, written from the register in tipoff.gates: `python -m tools.pages.gates`."""

import importlib
import pkgutil
import sys
from pathlib import Path

import tipoff
from tipoff.gates import REGISTER, Gate
from tools.pages import write

PAGE = Path(__file__).resolve().parents[2] / "docs" / "gates.md"
INTRO = """\
# Gates

Written by `python -m tools.pages.gates`; a test fails when it is not current. A gate stands
between a number and its publication, and fails closed: what it cannot judge does not pass.
`@gate` puts a function on the register (`src/tipoff/gates.py`), and `tests/gates` injects an
exception and a null into every one of them; a gate without those two tests fails the suite.

| gate | function | protects | an exception in it | a null in what it reads |
|---|---|---|---|---|
"""


def registered() -> list[Gate]:
    """Every gate of tipoff, by where it is."""
    for module in pkgutil.walk_packages(tipoff.__path__, "tipoff."):
        if module.name != "tipoff.__main__":
            importlib.import_module(module.name)
    return sorted(REGISTER.values(), key=lambda gate: gate.where)


def page() -> str:
    """The whole page as Markdown."""
    return INTRO + "".join(
        f"| {g.name} | `{g.where.removeprefix('tipoff.')}` | {g.protects} | {g.on_error} |"
        f" {g.on_null} |\n"
        for g in registered()
    )


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
