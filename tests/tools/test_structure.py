"""tools/structure counts by the rules it states."""

import ast
import json
from pathlib import Path

import pytest

from tools.structure.__main__ import main
from tools.structure.counts import Module, places, used_once

HELPERS = """
def once(): ...
def twice(): ...
def nowhere(): return nowhere()
class Shape:
    def area(self): return once()
    def side(self): return self.area() * self.side()
    def name(self): ...
"""
USERS = """
from tipoff.shapes import twice as both
import polars as pl
from tipoff import shapes
def entry(shape): return both(), shapes.twice(), shape.name(), shape.name, pl.side
"""


def test_a_function_named_in_one_place_besides_its_definition_is_used_once() -> None:
    modules = {"tipoff.shapes": HELPERS, "tipoff.users": USERS}
    read = {name: Module.of(ast.parse(text)) for name, text in modules.items()}
    assert {name for _, name in used_once(read)} == {"once", "area"}


def test_helpers_of_one_name_in_two_modules_are_told_apart() -> None:
    text = "def _helper(): ...\ndef entry(): return _helper()\n"
    read = {name: Module.of(ast.parse(text)) for name in ("tipoff.a", "tipoff.b")}
    assert [name for _, name in used_once(read)] == ["_helper", "_helper"]


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [("a.py", "MARKETS = ('steals',)", True), ("b.py", "SQL = \"market = 'steals'\"", True),
     ("c.py", "'''steals'''\nx = 'he steals a base'", False), ("d.sql", "SELECT steals", True),
     ("e.json", '{"steals_5": 1}', False)],
)  # fmt: skip
def test_a_place_names_the_market_in_code_and_not_in_prose(
    tmp_path: Path, name: str, text: str, counts: bool
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(places(tmp_path, "steals")) == [name] * counts


def test_this_checkout_is_measured_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-walks", "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out)["now"]
    assert all(value > 0 for name, value in numbers.items() if "scripts" not in name)


def test_what_is_no_commit_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--at", "no-such-commit"]) == 2
    assert "no-such-commit" in capsys.readouterr().err
