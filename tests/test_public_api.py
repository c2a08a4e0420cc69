"""`import tipoff` offers exactly what people build on, and costs nothing until it is used."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import tipoff
from tests.cli.test_help import HEAVY, kind_and_name
from tipoff.errors import TipoffError
from tools.schemas import answers

IMPORT_MS = 150


def below(error: type[TipoffError]) -> set[str]:
    """Names of an error and of every error below it."""
    return {error.__name__}.union(*(below(e) for e in error.__subclasses__()))


def in_a_new_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_the_public_names_are_the_facade_what_it_answers_with_and_its_errors() -> None:
    expected = {"Prediction", "Result", "Tipoff", "__version__", "open"}
    expected |= {answer.__name__ for answer in answers().values()} | below(TipoffError)
    assert tipoff.__all__ == sorted(expected, key=kind_and_name)
    assert [name for name in tipoff.__all__ if getattr(tipoff, name, None) is None] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        tipoff.no_such_name  # noqa: B018


def test_importing_it_imports_nothing_heavy_and_is_quick() -> None:
    done = in_a_new_process("-X", "importtime", "-c", "import tipoff")
    modules = set(re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE))
    assert sorted({name.partition(".")[0] for name in modules} & HEAVY) == []
    assert {n for n in modules if n.startswith("tipoff")} == {"tipoff", "tipoff.version"}
    # Time of the processor: what other processes take meanwhile is not the import's.
    code = "import time; start = time.process_time(); import tipoff; "
    code += "print(1000 * (time.process_time() - start))"
    assert float(in_a_new_process("-c", code).stdout) < IMPORT_MS


def test_a_lake_is_opened_asked_and_closed(published_lake: Path, slate_day: date) -> None:
    with tipoff.open(published_lake) as t:
        slate = t.slate(slate_day)
        assert isinstance(slate, tipoff.Slate)
        frame = slate.to_polars()
    assert frame.height == len(slate.predictions) > 0
    with pytest.raises(tipoff.UsageError, match="was closed"):
        t.slate(slate_day)
