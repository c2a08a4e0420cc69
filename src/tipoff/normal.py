"""The normal form of a module: what of its source can change what it computes, and what it imports.

A syntax tree without docstrings, comments, annotations of functions, progress and messages of
errors: rewording one leaves the digest as it is, another constant, operator, name or call does not.
Line breaks and comments inside longer texts, which are SQL, do not count either. That holds of
tipoff's own modules. Of other people's all counts but docstrings and comments: their long texts
need not be SQL, nor does their `say` only say something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tipoff.hashing import normal_sql, text_id

SAYING = frozenset({"say", "progress"})
"""Calls that only tell a person how far the work is."""
_UNSEEN = frozenset({"returns", "ctx", "kind", "type_comment", "type_params"})
"""Parts of a tree that change nothing, or that only some versions of Python have."""


@dataclass(frozen=True)
class Import:
    """A name taken from a module; `name` is empty when the module itself is imported. A relative
    module begins with dots."""

    module: str
    name: str = ""


@dataclass(frozen=True)
class NormalModule:
    """`digest` of the normal form; `imports` in the order of the source, those for types left out;
    `names`: what each name taken from elsewhere is taken from."""

    digest: str
    imports: tuple[Import, ...]
    names: dict[str, Import]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> NormalModule:
        """The module of its fields as JSON has them."""
        names = {name: Import(**taken) for name, taken in kept["names"].items()}
        return cls(kept["digest"], tuple(Import(**i) for i in kept["imports"]), names)


def normal_module(source: str, *, own: bool = True) -> NormalModule:
    """The normal form of a module's source; `own`: it is tipoff's. Raises SyntaxError when it is no
    Python."""
    tree = ast.parse(source)
    imports = [*_imports(tree)]
    if own:
        taken = sorted(f"{asname}={i.module}:{i.name}" for asname, i in imports)
        form = repr([taken, [text for node in tree.body if (text := _form(node)) is not None]])
    else:
        form = repr(_whole(tree))
    return NormalModule(text_id("ast", form), tuple(i for _, i in imports), dict(imports))


def _whole(node: Any) -> Any:
    """A node as nested lists, with all but texts that stand alone, as docstrings do."""
    if isinstance(node, list):
        return [_whole(item) for item in node if not _stands_alone(item)]
    if not isinstance(node, ast.AST):
        return repr(node)
    # Empty parts are left out, because some versions of Python have more of them.
    parts = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return [type(node).__name__, *([name, _whole(value)] for name, value in parts)]


def _stands_alone(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _imports(tree: ast.AST) -> Iterator[tuple[str, Import]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _for_types(node.test):
            yield from _imports(ast.Module(node.orelse, []))
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((a.asname or a.name, Import(module, a.name)) for a in node.names)
        elif isinstance(node, ast.Import):
            yield from ((a.asname or a.name, Import(a.name)) for a in node.names)
        else:
            yield from _imports(node)


def _for_types(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _form(node: Any) -> Any:
    """A node as nested lists, None for what is left out."""
    if isinstance(node, list):
        return [form for item in node if (form := _form(item)) is not None]
    if isinstance(node, str | bytes):
        # As it is spelled in code: the text "1" is not the number 1.
        return repr(normal_sql(node) if isinstance(node, str) and "\n" in node else node)
    if not isinstance(node, ast.AST):
        return repr(node)
    if _says_nothing(node):
        return None
    if isinstance(node, ast.If) and _for_types(node.test):
        return ["types", _form(node.orelse)]
    if isinstance(node, ast.arg):
        return ["arg", node.arg]
    if isinstance(node, ast.Raise):
        # Which error it is decides who catches it; what it says decides nothing.
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return ["Raise", _form(raised)]
    parts = {name: value for name, value in ast.iter_fields(node) if name not in _UNSEEN}
    if "decorator_list" in parts:
        parts["decorator_list"] = [d for d in parts["decorator_list"] if _called(d) != "gate"]
    return [
        type(node).__name__,
        *([name, _form(value)] for name, value in parts.items() if value not in (None, [])),
    ]


def _says_nothing(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True  # they are in the digest by themselves, sorted
    if isinstance(node, ast.If):
        return _for_types(node.test) and not node.orelse
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _called(node.value) in SAYING
    # Each market is a part of a fingerprint by itself.
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "dict[str, Market]"


def _called(node: ast.AST) -> str:
    """The name of what a call calls, empty for anything else."""
    called = node.func if isinstance(node, ast.Call) else None
    return called.id if isinstance(called, ast.Name) else ""
