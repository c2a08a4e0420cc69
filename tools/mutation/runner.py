"""Running tests against a mutant: a forked process that compiles one module from its tree."""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from tools.mutation.areas import ROOT, SOURCE

HEAVY = (
    "numpy", "polars", "duckdb", "pyarrow.parquet", "pydantic_settings", "hypothesis",
    "rich.table", "scipy.stats", "scoringrules", "catboost", "pytest",
)  # fmt: skip
"""Imported once: a fork has them for nothing. Nothing of tipoff may be among them."""
DESELECTED = "not real and not process and not cold and not three_writers"
"""Tests that need the real data, or processes of their own that the mutant would not reach."""


@dataclass(frozen=True)
class Outcome:
    """`status`: killed, survived, timeout or broken (the tests could not run at all)."""

    status: str
    seconds: float
    by: str


class _Mutation(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module its mutated code."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(
        self, fullname: str, _path: object = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of the mutated module, None for every other."""
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, _spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As usual."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the mutated code."""
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102


def preload() -> None:
    """Import what every test needs and no mutant touches."""
    for name in HEAVY:
        importlib.import_module(name)


def run(tests: Sequence[str], limit: float, path: Path | None, tree: ast.Module | None) -> Outcome:
    """Run test files against a mutated module, or as they are; `limit` is in CPU seconds."""
    log = Path(tempfile.mkstemp(prefix="mutant-", suffix=".log")[1])
    start = time.perf_counter()
    child = os.fork()
    if not child:
        _child(tests, log, limit, path, tree)
    _, status = os.waitpid(child, 0)
    seconds = round(time.perf_counter() - start, 1)
    text = log.read_text("utf-8", "replace")
    log.unlink()
    if os.WIFSIGNALED(status):
        over = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
        return Outcome("timeout" if over else "killed", seconds, f"signal {os.WTERMSIG(status)}")
    code = os.WEXITSTATUS(status)
    names = {0: "survived", 1: "killed", 2: "killed", 3: "killed", 4: "broken", 5: "broken"}
    if code == 4 and tree is not None:
        return Outcome("killed", seconds, "the tests could not be imported")
    return Outcome(names.get(code, "broken"), seconds, _first_failure(text))


@cache
def _ground() -> Path:
    """A folder of this version of the sources: what other code built would pass for stale."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(path.read_bytes())
    return Path(tempfile.gettempdir()) / f"tipoff-mutants-{os.getuid()}-{digest.hexdigest()[:12]}"


def _first_failure(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith(("FAILED", "ERROR", "E  "))]
    last = [line for line in lines if line.startswith(("FAILED", "ERROR"))] or lines
    return last[0][:200] if last else ""


def _child(
    tests: Sequence[str], log: Path, limit: float, path: Path | None, tree: ast.Module | None
) -> None:
    code = 4
    try:
        handle = os.open(log, os.O_WRONLY)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(limit), int(limit) + 5))
        signal.alarm(int(limit * 30))
        os.chdir(ROOT)
        sys.dont_write_bytecode = True
        if path is not None and tree is not None:
            name = ".".join(("tipoff", *path.relative_to(SOURCE).with_suffix("").parts))
            sys.meta_path.insert(0, _Mutation(name, path, tree))
        import pytest

        # Session data of sound code is built once beside this folder (tests/simulated.py).
        base = _ground() / "popen-mutants"
        base.parent.mkdir(exist_ok=True)
        code = int(
            pytest.main(
                ["-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-seed=0",
                 f"--basetemp={base}", "-k", DESELECTED, *tests]
            )
        )  # fmt: skip
    finally:
        sys.stdout.flush()
        os._exit(code)
