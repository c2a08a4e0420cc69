"""`tipoff --help` is instant, every command is documented, and packages export what they say."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import tipoff
from tipoff.cli import app

HEAVY = {"polars", "duckdb", "catboost", "numpy", "pydantic", "pydantic_settings", "scipy",
         "pyarrow", "pandas"}  # fmt: skip
DOCS = Path(__file__).parents[2] / "docs"


def tree(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every group and command below this one, by its words after `tipoff`."""
    for name, below in getattr(command, "commands", {}).items():
        words = f"{path} {name}".strip()
        yield words, below
        yield from tree(below, words)


TREE = dict(tree(get_command(app)))
NAMES = [words for words in TREE if " " not in words]
LEAVES = [words for words, command in TREE.items() if not hasattr(command, "commands")]


def packages() -> list[str]:
    modules = pkgutil.walk_packages(tipoff.__path__, "tipoff.")
    return [m.name for m in modules if m.ispkg]


def exporting() -> list[ModuleType]:
    modules = [importlib.import_module(name) for name in packages()]
    return [module for module in modules if hasattr(module, "__all__")]


def kind_and_name(name: str) -> tuple[int, str]:
    """The order ruff keeps: constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_help_imports_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "tipoff", "--help"]
    done = subprocess.run(command, capture_output=True, text=True)
    imported = set(re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE))
    assert done.returncode == 0, done.stderr
    assert {"tipoff.cli", "typer"} <= imported
    assert sorted({name.partition(".")[0] for name in imported} & HEAVY) == []
    for name in NAMES:
        assert re.search(rf"^  {name} ", done.stdout, re.MULTILINE), name


def test_the_help_of_all_reads_the_types_of_no_command() -> None:
    code = "import sys, typer._click as c; n = []; made = c.Command.__init__\n"
    code += (
        "c.Command.__init__ = lambda self, *a, **k: (n.append(k['name']), made(self, *a, **k))[1]\n"
    )
    code += "from tipoff.cli import app; app(['--help'], standalone_mode=False); sys.exit(len(n))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert all(re.search(rf"^  {name} +\S", done.stdout, re.MULTILINE) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_a_page_in_docs(name: str) -> None:
    pages = [page for page in DOCS.glob("*.md") if page.name != "decisions.md"]
    said = re.compile(rf"\btipoff (--lake \S+ )?{name}\b")
    assert any(said.search(page.read_text(encoding="utf-8")) for page in pages)


@pytest.mark.parametrize("words", TREE)
def test_every_command_says_what_it_does_and_explains_its_arguments(words: str) -> None:
    result = CliRunner().invoke(app, [*words.split(), "--help"])
    assert result.exit_code == 0
    usage, _, rest = result.stdout.partition("\n\n")
    assert usage.strip().startswith("Usage:")
    assert re.match(r"\s*[A-Z][^\n]{20,}", rest), result.stdout


@pytest.mark.parametrize("words", LEAVES)
def test_every_command_but_the_demo_answers_in_json(words: str) -> None:
    options = {name for option in TREE[words].params for name in option.opts}
    assert ("--json" in options) == (words != "demo")


def test_the_tree_reaches_commands_of_groups() -> None:
    assert {"run", "models promote", "lake check", "runs show", "alerts test"} <= set(LEAVES)


@pytest.mark.parametrize("module", exporting(), ids=lambda m: m.__name__)
def test_exported_names_are_sorted_and_resolve(module: ModuleType) -> None:
    names = module.__all__
    assert names == sorted(names, key=kind_and_name)
    assert len(names) == len(set(names))
    assert [name for name in names if getattr(module, name, None) is None] == []


def test_lazy_packages_export_exactly_what_they_list() -> None:
    lazy = [module for module in exporting() if "__getattr__" in vars(module)]
    assert "tipoff.forecast" in {module.__name__ for module in lazy}
    for module in lazy:
        held = [name for names in vars(module)["_HOME"].values() for name in names]
        assert sorted(held) == module.__all__
        with pytest.raises(AttributeError, match="no_such_name"):
            module.no_such_name  # noqa: B018
