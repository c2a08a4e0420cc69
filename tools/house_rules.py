"""House rules as a script: sizes, stubs, broad excepts, and docs that keep up with the code."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE_LINES, FUNCTION_LINES = 400, 50
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
BROAD = {"Exception", "BaseException"}
DICT_CHANGES = {"clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__delitem__"}


def sizes(path: Path, tree: ast.Module) -> Iterator[str]:
    """Files and functions over the house limits."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > FILE_LINES:
        yield f"{len(lines)} lines, limit {FILE_LINES}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"line {node.lineno}: {node.name} has {length} lines, limit {FUNCTION_LINES}"


def unfinished(path: Path, tree: ast.Module) -> Iterator[str]:
    """Stubs and handlers that catch everything."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"line {number}: unfinished: {line.strip()}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            name = node.type.id if isinstance(node.type, ast.Name) else None
            if node.type is None or name in BROAD:
                yield f"line {node.lineno}: catches everything"


def time_is_read_in_one_place(path: Path, tree: ast.Module) -> Iterator[str]:
    """Only tipoff.clock may ask for the time."""
    if path.name == "clock.py":
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_date = isinstance(owner, ast.Name) and owner.id in {"datetime", "date"}
            if is_date and node.func.attr in {"now", "utcnow", "today"}:
                yield f"line {node.lineno}: reads the time outside tipoff.clock"


def modules_are_left_alone(path: Path, tree: ast.Module) -> Iterator[str]:
    """No library code adds to, takes from or hides in sys.modules: other threads import."""
    if "cli" in path.relative_to(ROOT / "src").parts:
        return
    for node in ast.walk(tree):
        changed: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            changed = node.targets
        elif isinstance(node, ast.AugAssign):
            changed = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changed = [node.func] if node.func.attr in DICT_CHANGES else []
        for target in changed:
            if "sys.modules" in ast.unparse(target):
                yield f"line {target.lineno}: changes sys.modules"


RULES = (sizes, unfinished, time_is_read_in_one_place, modules_are_left_alone)


def complaints() -> Iterator[str]:
    """Every broken rule, as `file: what`."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for rule in RULES:
            yield from (f"{path.relative_to(ROOT)}: {text}" for text in rule(path, tree))


def broken_links() -> Iterator[str]:
    """Relative links of the Markdown pages that lead nowhere."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: link to {target} leads nowhere"


def main() -> int:
    """Print every complaint; 1 when there is one."""
    problems = [*complaints(), *broken_links()]
    sys.stdout.write("".join(f"{line}\n" for line in problems) or "house rules hold\n")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
