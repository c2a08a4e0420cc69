"""One way to open one gate: a snippet of its source, and what a careless hand would write there."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.mutants.areas import SOURCE

FAULTS = {
    "error": "test_an_exception_in_a_gate_blocks",
    "null": "test_a_null_in_a_gate_blocks",
}
"""Column of docs/gates.md -> the test that injects it into every gate."""
CASES = "tests/gates/test_fail_closed.py"


@dataclass(frozen=True)
class Opening:
    """`fault`: the column it opens. `path`: below src/tipoff. `before` is there exactly once."""

    gate: str
    fault: str
    path: str
    before: str
    after: str

    @property
    def case(self) -> str:
        """The one test that has to notice, by its node id."""
        return f"{CASES}::{FAULTS[self.fault]}[{self.gate}]"

    @property
    def file(self) -> Path:
        """The file it changes."""
        return SOURCE / self.path

    def opened(self) -> ast.Module:
        """The module with the gate open. Raises ValueError unless `before` is there once."""
        text = self.file.read_text("utf-8")
        found = text.count(self.before)
        if found != 1:
            raise ValueError(f"{self.path} holds {found} times: {self.before.strip()}")
        return ast.parse(text.replace(self.before, self.after))


def error(gate: str, path: str, before: str, after: str) -> Opening:
    """An exception in it is taken for a yes."""
    return Opening(gate, "error", path, before, after)


def null(gate: str, path: str, before: str, after: str) -> Opening:
    """A null in what it reads is taken for a yes."""
    return Opening(gate, "null", path, before, after)


def swallow(
    gate: str, path: str, statement: str, instead: str = "pass", kind: str = "ValueError"
) -> Opening:
    """An exception in a whole statement is swallowed, and the work goes on with `instead`."""
    pad = statement[: len(statement) - len(statement.lstrip())]
    tried, otherwise = (textwrap.indent(t, "    ") for t in (statement, textwrap.indent(
        instead, pad)))  # fmt: skip
    return error(gate, path, statement, f"{pad}try:\n{tried}\n{pad}except {kind}:\n{otherwise}")


def unready(openings: Iterable[Opening], register: Iterable[str]) -> Iterator[str]:
    """What keeps the table from being a proof: a column nobody opens, a snippet that is gone."""
    ready = tuple(openings)
    there = {(opening.gate, opening.fault) for opening in ready}
    wanted = {(gate, fault) for gate in register for fault in FAULTS}
    yield from (f"{name}: no opening of its {column} column" for name, column in wanted - there)
    yield from (f"{name}: is no gate" for name, _column in there - wanted)
    for opening in ready:
        try:
            opening.opened()
        except (ValueError, SyntaxError) as problem:
            yield f"{opening.gate}, {opening.fault}: {problem}"
