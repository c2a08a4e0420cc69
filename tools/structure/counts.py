"""What can be counted without running anything: lines, files, functions, helpers used once."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

PLACES = {"market": "steals", "family": "plays", "feature": "minutes_std_10"}
"""What is added -> one that is there already: whoever adds the next of its kind meets its files."""
OUTSIDE = ("tests", "scripts", "tools", "bench")
SKIP = re.compile(r"# fmt: skip\b")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Numbers = dict[str, float | None]
"""What is measured -> its value; None where it could not be."""


@dataclass
class Module:
    """A module's functions and what it refers to.

    `functions`, `methods`: names as defined, nested ones as functions. `names`: how often a bare
    name is read, but not by a function of that name. `on_modules`, `on_objects`: the same for
    `x.name`, by whether x was imported from tipoff; neither, if from a library. `imports`: local
    name -> (module it comes from, name there).
    """

    functions: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    on_modules: Counter[str] = field(default_factory=Counter)
    on_objects: Counter[str] = field(default_factory=Counter)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module) -> Module:
        """Read a module."""
        module = cls()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom | ast.Import):
                source = node.module if isinstance(node, ast.ImportFrom) else None
                for name in node.names:
                    local = name.asname or name.name.split(".")[0]
                    module.imports[local] = (source or name.name, name.name)
        module._read(tree, within=(), in_class=False)
        return module

    def _read(self, node: ast.AST, within: tuple[str, ...], in_class: bool) -> None:
        """Count what a node holds; `within`: the functions around it, whose names are no use."""
        if isinstance(node, Function):
            (self.methods if in_class else self.functions).append(node.name)
            within = (*within, node.name)
        elif isinstance(node, ast.Name) and node.id not in within:
            self.names[node.id] += 1
        elif isinstance(node, ast.Attribute) and node.attr not in within:
            base = node.value.id if isinstance(node.value, ast.Name) else ""
            source, _ = self.imports.get(base, ("", ""))
            if source.split(".")[0] == "tipoff":
                self.on_modules[node.attr] += 1
            elif not source:
                self.on_objects[node.attr] += 1
        for child in ast.iter_child_nodes(node):
            self._read(child, within, isinstance(node, ast.ClassDef))


def count(root: Path) -> Numbers:
    """The measures of a checkout that need no run."""
    package = root / "src" / "tipoff"
    files = [p for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    python = {p: p.read_text("utf-8") for p in files if p.suffix == ".py"}
    sql = [p.read_text("utf-8") for p in files if p.suffix == ".sql"]
    outside = {name: [p.read_text("utf-8") for p in (root / name).rglob("*.py")]
               for name in OUTSIDE}  # fmt: skip
    modules = {_dotted(p, root): Module.of(ast.parse(text)) for p, text in python.items()}
    once = [name for _, name in used_once(modules)]
    return {
        "wheel: files": len(files),
        "wheel: lines of Python": _lines(python.values()),
        "wheel: lines of SQL files": _lines(sql),
        **{f"{name}: lines of Python": _lines(texts) for name, texts in outside.items()},
        "functions": sum(len(m.functions) + len(m.methods) for m in modules.values()),
        "functions used once": len(once),
        "  of these private": sum(name.startswith("_") for name in once),
        "functions used once per 1,000 lines": round(1000 * len(once) / _lines(python.values()), 1),
        "`fmt: skip` in the wheel": _skips(python.values()),
        "`fmt: skip` elsewhere": sum(map(_skips, outside.values())),
        **{f"files that name one {kind} ({name})": len(list(places(package, name)))
           for kind, name in PLACES.items()},
    }  # fmt: skip


def used_once(modules: dict[str, Module]) -> Iterator[tuple[str, str]]:
    """(module, name) of functions and methods that the package refers to in one place only.

    A function is used where its name is read in its module, where a module reads it that imported
    it from there or from a package above, and as an attribute of an imported name. A method is used
    as an attribute of anything else, whatever the object: one whose name two classes or a library's
    object share counts as used more often, so the number is a lower bound. Imports, `__all__` and
    strings are no use, nor is a call of itself; who is used nowhere (commands, the public API) is
    not counted.
    """
    of_methods = Counter(name for module in modules.values() for name in module.methods)
    on_objects = sum((module.on_objects for module in modules.values()), Counter[str]())
    on_modules = sum((module.on_modules for module in modules.values()), Counter[str]())
    elsewhere: dict[str, list[tuple[str, int]]] = {}
    for module in modules.values():
        for local, (source, name) in module.imports.items():
            elsewhere.setdefault(name, []).append((source, module.names[local]))
    for here, module in modules.items():
        for name in module.functions:
            uses = module.names[name] + on_modules[name]
            uses += sum(
                n for source, n in elsewhere.get(name, ()) if f"{here}.".startswith(f"{source}.")
            )
            if uses == 1:
                yield here, name
        for name in module.methods:
            if of_methods[name] == 1 and on_objects[name] == 1:
                yield here, name


def places(package: Path, name: str) -> Iterator[str]:
    """Files that name a market, family or feature: somebody who adds another looks at each.

    In Python a string that is the name or has it in quotes (as SQL does), docstrings left out; in
    SQL and JSON the word. A file that lists it inside a longer text is not seen, and one that uses
    the word for something else is.
    """
    word = re.compile(rf"\b{re.escape(name)}\b")
    for path in sorted(package.rglob("*")):
        if path.suffix in {".sql", ".json"}:
            named = bool(word.search(path.read_text("utf-8")))
        elif path.suffix == ".py":
            tree = ast.parse(path.read_text("utf-8"))
            named = any(text == name or f"'{name}'" in text for text in _strings(tree))
        else:
            named = False
        if named:
            yield path.relative_to(package).as_posix()


def _strings(tree: ast.Module) -> Iterator[str]:
    """String constants but for those that stand alone as a statement, as docstrings do."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def _dotted(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root / "src").with_suffix("").parts).removesuffix(".__init__")


def _lines(texts: Iterable[str]) -> int:
    return sum(len(text.splitlines()) for text in texts)


def _skips(texts: Iterable[str]) -> int:
    return sum(len(SKIP.findall(text)) for text in texts)
