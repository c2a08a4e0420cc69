"""Every function that can say no on the way to a publication, a grade or a seat, by its looks.

A function decides when it raises one of tipoff's errors, answers yes or no, or is named as one
that does. Each is on the register of gates, or in EXEMPT with the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tipoff
from tipoff import errors

ROOT = Path(tipoff.__file__).parent
PATHS = (
    "forecast/*.py", "grading/decay.py", "grading/grade.py", "grading/outcomes.py",
    "grading/record.py", "grading/promotion/*.py", "grading/backtest/suspicion.py",
    "models/contract.py", "models/families/*.py", "models/family.py", "models/golden.py",
    "models/governance.py", "models/manifest.py", "models/model.py", "models/registry.py",
    "models/champion/model.py", "features/build.py", "features/checks.py", "features/quality.py",
    "features/snapshot.py", "lake/writer.py", "settings.py", "texts.py",
)  # fmt: skip
"""What a run, a grading and a promotion go through. A new file of forecast/ is in by itself."""

_YES_OR_NO = re.compile(r"\bbool\b|\bBools\b|\bbool_\b|\bAnswer\b|\bVerdict\b")
_NAMED = re.compile(
    r"assess|block|gate|guard|judg|moved|failed|holds|ok\b|reason|refus|reject|require|suspic"
    r"|stale|unfit|unpredict|valid|verdict|verif|withdrawn|may_"
)
_ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)} | {"no_such"}


def deciders(files: dict[str, str]) -> Iterator[str]:
    """module.qualname of every function in these sources that decides; `files`: module -> text."""
    for module, text in files.items():
        yield from _of(ast.parse(text), module)


def sources() -> dict[str, str]:
    """Module -> text of all of PATHS."""
    found = sorted(path for pattern in PATHS for path in ROOT.glob(pattern))
    return {_module(path): path.read_text(encoding="utf-8") for path in found}


def _module(path: Path) -> str:
    return ".".join(("tipoff", *path.relative_to(ROOT).with_suffix("").parts))


def _of(node: ast.AST, prefix: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _of(child, f"{prefix}.{child.name}")
        elif isinstance(child, ast.FunctionDef) and _decides(child):
            yield f"{prefix}.{child.name}"


def _decides(function: ast.FunctionDef) -> bool:
    answer = ast.unparse(function.returns) if function.returns else ""
    raised = {
        ast.unparse(node.exc.func) for node in ast.walk(function)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    }  # fmt: skip
    named = _NAMED.search(function.name)
    return bool(raised & _ERRORS or _YES_OR_NO.search(answer) or named)
