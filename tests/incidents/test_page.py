"""The page of incidents: every row has its tests, every test its row, and the page is current."""

from __future__ import annotations

import ast

import pytest

from scripts.incidents_page import FOLDER, PAGE, marked, page
from tests.incidents.rows import INCIDENTS

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


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m scripts.incidents_page"


@pytest.mark.parametrize("row", ROWS)
def test_a_row_stands_on_the_page_with_its_tests(row: str) -> None:
    (line,) = [text for text in page().splitlines() if text.startswith(f"| {row} |")]
    for file, name in marked().get(row, [("", "no test")]):
        assert f"[`{file}`](../tests/incidents/{file}) `{name}`" in line
