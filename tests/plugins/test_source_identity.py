"""Of other people's source everything counts but docstrings and comments, and of a package every
file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.plugins.toys import known
from tipoff.features.functions import code_of_function
from tipoff.fingerprint import CODE
from tipoff.models import code_of
from tipoff.normal import normal_module

DIFFERENT = [
    ('X = """a\n  -- b"""', 'X = """a\n  -- c"""'),
    ('X = """a\n\n b"""', 'X = """a\n b"""'),
    ("say(1)", "say(2)"),
    ("progress(log.append(1))", "progress(log.append(2))"),
    ("raise Stop(1)", "raise Stop(2)"),
    ("@gate(1)\ndef f(): pass", "@gate(2)\ndef f(): pass"),
    ("def f(x: int): pass", "def f(x: str): pass"),
    ("def f() -> int: pass", "def f() -> str: pass"),
    ("def f(*, a, b=1): pass", "def f(*, a=1, b): pass"),
    ("X = {**a, 'b': c}", "X = {'b': a, **c}"),
    ("X: dict[str, Market] = {1: 2}", "X: dict[str, Market] = {1: 3}"),
    ("import a\nimport b", "import b\nimport a"),
    ("X = None", "X = 'None'"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_all_that_other_peoples_code_does_counts(one: str, other: str) -> None:
    assert normal_module(one, own=False).digest != normal_module(other, own=False).digest


def test_docstrings_comments_and_layout_of_other_people_do_not_count() -> None:
    one = (
        '"""One."""\nclass A:\n    """A."""\n    def f(self):\n        "F"\n        return (1 + 2)'
    )
    other = "# Other words.\nclass A:\n    def f(self):\n        # none\n        return 1 + 2\n"
    assert normal_module(one, own=False).digest == normal_module(other, own=False).digest


_MODEL = """
from tests.plugins.toys import Ridge

class Mine(Ridge):
    def __init__(self):
        super().__init__(name="{name}")

def f(frame):
    return frame["minutes"]
"""


@pytest.fixture(params=["regular", "namespace"])
def package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A package with a model in a module of a package below it, and a module nobody imports."""
    place = tmp_path / "whole_package"
    (place / "models").mkdir(parents=True)
    if request.param == "regular":
        (place / "__init__.py").touch()
        (place / "models" / "__init__.py").touch()
    (place / "models" / "mine.py").write_text(_MODEL.format(name="my_package"))
    (place / "tables.py").write_text("SHARE = 0.5\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield place
    for name in [n for n in sys.modules if n.partition(".")[0] == place.name]:
        del sys.modules[name]


def test_every_file_of_a_plugins_package_is_part_of_it(package: Path) -> None:
    mine = import_module("whole_package.models.mine")
    with known(mine.Mine()):
        before, function = code_of(["plugin:my_package"], ["points"]), code_of_function(mine.f)
        (package / "tables.py").write_text("# A comment.\nSHARE = 0.5\n")
        assert before.changed() == []
        assert code_of_function(mine.f) == function
        for changed in ({"tables.py": "SHARE = 0.6\n"}, {"new.py": "not Python"}):
            for name, text in changed.items():
                (package / name).write_text(text)
            after = code_of(["plugin:my_package"], ["points"])
            assert after.fingerprint != before.fingerprint
            assert before.changed() == ["files of whole_package"]
            assert code_of_function(mine.f) != function
            before, function = after, code_of_function(mine.f)


def test_of_a_folder_of_loose_modules_only_those_that_are_imported_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loose_mine.py").write_text(_MODEL.format(name="my_loose"))
    monkeypatch.syspath_prepend(str(tmp_path))
    mine = import_module("loose_mine")
    with known(mine.Mine()):
        before, function = code_of(["plugin:my_loose"], ["points"]), code_of_function(mine.f)
        (tmp_path / "loose_tables.py").write_text("SHARE = 0.5\n")
        assert code_of(["plugin:my_loose"], ["points"]).fingerprint == before.fingerprint
        assert code_of_function(mine.f) == function
    assert CODE.packages(["loose_mine", "tipoff.models"]) == {}
