"""docs/incidents.md, from tests/incidents: `python -m tools.pages.incidents`."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.incidents.rows import INCIDENTS, Incident
from tools.pages import write

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "incidents.md"
FOLDER = ROOT / "tests" / "incidents"
INTRO = """\
# Incidents

Written by `python -m tools.pages.incidents` from `tests/incidents`; a test fails when it is not
current. Each row is something that happened to the system tipoff replaces: A and B are nights, the
others one failure each. Every test named here first provokes the old mechanism in miniature
([`old_system.py`](../tests/incidents/old_system.py) and
[`old_pipeline.py`](../tests/incidents/old_pipeline.py)) and shows that it fails, then takes tipoff
through the same steps. Each mechanism is marked with the rows it caused; a test that uses none of
its row's turns the suite red.

| row | what happened | what holds now | shown by |
|---|---|---|---|
"""

Tests = dict[str, list[tuple[str, str]]]


def marked() -> Tests:
    """Row -> (file, test) of every test marked with it, in the order of files and lines."""
    tests: Tests = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                for row in _rows(node):
                    tests.setdefault(row, []).append((path.name, node.name))
    return tests


def page() -> str:
    """The whole page as Markdown."""
    tests = marked()
    return INTRO + "".join(
        _line(row, incident, tests.get(row, [])) for row, incident in INCIDENTS.items()
    )


def _rows(node: ast.FunctionDef) -> Iterator[str]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.incident":
            yield str(ast.literal_eval(mark.args[0]))


def _line(row: str, incident: Incident, tests: list[tuple[str, str]]) -> str:
    links = [f"[`{file}`](../tests/incidents/{file}) `{name}`" for file, name in tests]
    cells = (row, incident.symptom, incident.invariant, "<br>".join(links))
    return "| " + " | ".join(cells) + " |\n"


if __name__ == "__main__":
    sys.exit(write(PAGE, page()))
