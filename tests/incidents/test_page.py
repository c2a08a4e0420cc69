"""The page of incidents: every row has its tests, every test its row, and the page is current."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.incidents import old_pipeline, old_system
from tests.incidents.mechanism import CAUSED
from tests.incidents.rows import INCIDENTS
from tools.pages.incidents import FOLDER, PAGE, marked, page

ROWS = ["A", "B", *map(str, range(1, 41))]


def test_every_row_is_told_and_has_a_test() -> None:
    assert list(INCIDENTS) == ROWS
    assert sorted(marked()) == sorted(ROWS)


def test_every_test_of_the_folder_but_those_of_the_page_has_a_row() -> None:
    named = {test for tests in marked().values() for test in tests}
    there = {
        (path.name, node.name)
        for path in FOLDER.glob("test_*.py")
        if path.name != "test_page.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    assert there == named


def used(path: Path) -> dict[str, set[str]]:
    """Test -> every name it uses, itself or through a function of its file that is no test."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        node.name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    helpers = {name: names for name, names in named.items() if not name.startswith("test_")}
    return {
        name: names.union(*(helpers[n] for n in names & helpers.keys()))
        for name, names in named.items()
    }


def old_halves(names: set[str]) -> set[str]:
    """The rows whose old mechanism is among those names."""
    return {row for name in names & CAUSED.keys() for row in CAUSED[name]}


@pytest.mark.parametrize("row", ROWS)
def test_every_test_of_a_row_first_provokes_a_mechanism_that_caused_it(row: str) -> None:
    provoked = {file: used(FOLDER / file) for file, _ in marked()[row]}
    halves = {name: row in old_halves(provoked[file][name]) for file, name in marked()[row]}
    assert all(halves.values()), f"{row} has no old half in {halves}"


def test_every_mechanism_is_marked_with_rows_that_are_told_and_a_test_without_one_is_seen() -> None:
    mechanisms = {
        name for module in (old_system, old_pipeline) for name, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__ and callable(thing)
    }  # fmt: skip
    assert mechanisms - {"Warehouse"} == set(CAUSED)  # a warehouse that is slow is nobody's fault
    assert {row for rows in CAUSED.values() for row in rows} == set(ROWS)
    assert old_halves({"Evening", "quiet", "reconcile"}) == set()


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.pages.incidents"


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.long
def test_a_row_stands_on_the_page_with_its_tests(row: str) -> None:
    (line,) = [text for text in page().splitlines() if text.startswith(f"| {row} |")]
    for file, name in marked().get(row, [("", "no test")]):
        assert f"[`{file}`](../tests/incidents/{file}) `{name}`" in line
