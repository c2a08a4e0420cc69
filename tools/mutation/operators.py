"""Mutations of a module: of its Python by syntax tree, of the SQL in its strings by token.

Left out by rule, because no test could or should see them: docstrings, annotations, messages
(whatever stands inside `raise`, or is handed to `say`), `help`, `unit` and `why` texts, comments
in SQL, and what only a type checker reads.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.mutation.areas import SOURCE

Change = Callable[[], None]
_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_BINARY: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_TEXT_ARGUMENTS = {"unit", "why", "help", "description"}
_TEXT_CALLS = {"say", "progress", "print", "write"}
_SQL_WORD = re.compile(
    r"\b(SELECT|FROM|WHERE|OVER|CASE|WHEN|JOIN|PARTITION|ORDER BY|GROUP BY|FILTER|BETWEEN|NULL"
    r"|coalesce|sum|avg|max|min|count|EXISTS|QUALIFY)\b|^[a-z_0-9.() ]+ [-+*/<>=]+ [a-z_0-9.() ]+$"
)
_SQL: tuple[tuple[str, str, str], ...] = (
    (r"<=", "<", "comparison"),
    (r">=", ">", "comparison"),
    (r"(?<![<>=-])<(?![=>])", "<=", "comparison"),
    (r"(?<![<>=-])>(?![=>])", ">=", "comparison"),
    (r"(?<![<>!=])=(?!=)", "<>", "comparison"),
    (r"(?<=\s)\+(?=\s)", "-", "arithmetic"),
    (r"(?<=\s)-(?=\s)", "+", "arithmetic"),
    (r"(?<!SELECT\s)(?<=\s)\*(?=\s)", "/", "arithmetic"),
    (r"(?<=\s)/(?=\s)", "*", "arithmetic"),
    (r"\bDESC\b", "ASC", "order"),
    (r"\bmin\(", "max(", "aggregate"),
    (r"\bmax\(", "min(", "aggregate"),
    (r"\bAND\b", "OR", "logic"),
    (r"\bOR\b", "AND", "logic"),
    (r"\bIS NOT NULL\b", "IS NULL", "logic"),
    (r"\bIS NULL\b", "IS NOT NULL", "logic"),
    (r"\bNOT IN\b", "IN", "logic"),
    (r"\bLEFT JOIN\b", "JOIN", "join"),
    (r"\bDISTINCT\b ", "", "distinct"),
    (r"(?<![\w.$'])\d+(?![\w.'])", "", "number"),
)


@dataclass(frozen=True)
class Mutant:
    """One change of one module; `tree` is the whole module with it made."""

    path: Path
    line: int
    kind: str
    before: str
    after: str
    number: int

    @property
    def module(self) -> str:
        """The module's path below src/tipoff."""
        return self.path.relative_to(SOURCE).as_posix()

    @property
    def name(self) -> str:
        """A name that survives changes elsewhere in the file."""
        text = f"{self.module}|{self.kind}|{self.before}|{self.after}|{self.number}"
        return hashlib.sha256(text.encode()).hexdigest()[:10]


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file, in the order of its lines."""
    tree = ast.parse(path.read_text("utf-8"))
    seen: dict[tuple[str, str, str], int] = {}
    listed = []
    for line, kind, before, after, _change in _sites(tree):
        number = seen[kind, before, after] = seen.get((kind, before, after), -1) + 1
        listed.append(Mutant(path, line, kind, before, after, number))
    return listed


def mutated(mutant: Mutant) -> ast.Module:
    """The module's tree with this one change made."""
    tree = ast.parse(mutant.path.read_text("utf-8"))
    number = 0
    for _line, kind, before, after, change in _sites(tree):
        if (kind, before, after) == (mutant.kind, mutant.before, mutant.after):
            if number == mutant.number:
                change()
                return ast.fix_missing_locations(tree)
            number += 1
    raise LookupError(f"{mutant.name} is not in {mutant.path} any more")


def _sites(tree: ast.Module) -> Iterator[tuple[int, str, str, str, Change]]:
    """(line, kind, before, after, what makes the change) of every place, in a fixed order."""
    for parent, field, index, node in _walk(tree):
        line = getattr(node, "lineno", 0)
        for kind, before, after, change in _changes(parent, field, index, node):
            yield line, kind, before[:160], after[:160], change


def _walk(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _left_out(node, field, child):
                continue
            yield node, field, index if isinstance(value, list) else None, child
            yield from _walk(child)


def _left_out(parent: ast.AST, field: str, node: ast.AST) -> bool:
    if field in {"annotation", "returns", "decorator_list", "type_params"}:
        return True
    if isinstance(node, ast.Raise):
        return False
    if isinstance(parent, ast.Raise) or isinstance(node, ast.Import | ast.ImportFrom | ast.alias):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.keyword) and node.arg in _TEXT_ARGUMENTS:
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        return called in _TEXT_CALLS | {"cast"}
    if isinstance(node, ast.Assign | ast.AnnAssign):
        value = ast.unparse(node.value) if node.value else ""
        return "Literal[" in value or "Callable[" in value or "__all__" in ast.unparse(node)
    return False


def _changes(
    parent: ast.AST, field: str, index: int | None, node: ast.AST
) -> Iterator[tuple[str, str, str, Change]]:
    yield from _of_expression(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield _replaced("logic", parent, field, index, node, node.operand)
    called = (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and not _left_out(node, "value", node.value)
    )
    if called or isinstance(node, ast.Raise | ast.AugAssign):
        yield _replaced("statement", parent, field, index, node, ast.Pass())


def _of_expression(node: ast.AST) -> Iterator[tuple[str, str, str, Change]]:
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            ops = [*node.ops[:at], _COMPARE[type(op)](), *node.ops[at + 1 :]]
            yield _attribute("comparison", node, "ops", ops)
    elif isinstance(node, ast.BinOp):
        if type(node.op) in _BINARY and not _is_text(node):
            yield _attribute("arithmetic", node, "op", _BINARY[type(node.op)]())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _attribute("logic", node, "op", other)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Return):
        if node.value is not None and ast.unparse(node.value) != "None":
            yield _attribute("return", node, "value", ast.Constant(None))
    elif isinstance(node, ast.If | ast.IfExp):
        yield _attribute("condition", node, "test", ast.UnaryOp(ast.Not(), node.test))


def _constants(node: ast.Constant) -> Iterator[tuple[str, str, str, Change]]:
    value = node.value
    if isinstance(value, bool):
        yield _attribute("constant", node, "value", not value)
    elif isinstance(value, int | float):
        yield _attribute("constant", node, "value", value + 1)
    elif isinstance(value, str) and _SQL_WORD.search(value):
        yield from _sql(node, value)


def _sql(node: ast.Constant, text: str) -> Iterator[tuple[str, str, str, Change]]:
    comments = [m.span() for m in re.finditer(r"--[^\n]*", text)]
    for pattern, new, kind in _SQL:
        for match in re.finditer(pattern, text):
            if any(a <= match.start() < b for a, b in comments):
                continue
            put = str(int(match[0]) + 1) if kind == "number" else new
            changed = text[: match.start()] + put + text[match.end() :]
            near = slice(max(0, match.start() - 30), match.end() + 30)
            before = re.sub(r"\s+", " ", text[near])
            after = re.sub(r"\s+", " ", changed[near.start : near.stop + len(put) - len(match[0])])
            yield (f"sql {kind}", before, after,
                   lambda changed=changed: setattr(node, "value", changed))  # type: ignore[misc]  # fmt: skip


def _attribute(kind: str, node: ast.AST, name: str, new: object) -> tuple[str, str, str, Change]:
    old, before = getattr(node, name), ast.unparse(node).split("\n")[0]
    setattr(node, name, new)
    after = ast.unparse(ast.fix_missing_locations(node)).split("\n")[0]
    setattr(node, name, old)
    return kind, before, after, lambda: setattr(node, name, new)


def _replaced(
    kind: str, parent: ast.AST, field: str, index: int | None, node: ast.AST, new: ast.AST
) -> tuple[str, str, str, Change]:
    def change() -> None:
        ast.copy_location(new, node)
        if index is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[index] = new

    return kind, ast.unparse(node).split("\n")[0], ast.unparse(new), change


def _is_text(node: ast.BinOp) -> bool:
    """Whether it joins texts, lists or sets of names, where `-` means nothing."""
    sides = [node.left, node.right]
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Set)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )
