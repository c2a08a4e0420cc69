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
from tools.pages.schemas import answers


def below(error: type[TipoffError]) -> set[str]:
    """Names of an error and of every error below it."""
    return {error.__name__}.union(*(below(e) for e in error.__subclasses__()))


def imported() -> set[str]:
    """The modules that `import tipoff` imports in a new process."""
    command = [sys.executable, "-X", "importtime", "-c", "import tipoff"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(re.findall(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE))


def test_the_public_names_are_the_facade_what_it_answers_with_and_its_errors() -> None:
    expected = {"Pmf", "Prediction", "RefusedPlayer", "Result", "Tipoff", "__version__"}
    expected |= {"Demo", "DryRun", "Feature", "Fitted", "Model", "Source", "demo", "open"}
    expected |= {answer.__name__ for answer in answers().values()} | below(TipoffError)
    assert tipoff.__all__ == sorted(expected, key=kind_and_name)
    assert [name for name in tipoff.__all__ if getattr(tipoff, name, None) is None] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        tipoff.no_such_name  # noqa: B018


def test_importing_it_imports_nothing_heavy() -> None:
    modules = imported()
    assert sorted({name.partition(".")[0] for name in modules} & HEAVY) == []
    assert {n for n in modules if n.startswith("tipoff")} == {"tipoff", "tipoff.version"}


def test_a_lake_is_opened_asked_and_closed(published_lake: Path, slate_day: date) -> None:
    with tipoff.open(published_lake) as t:
        slate = t.slate(slate_day)
        assert isinstance(slate, tipoff.Slate)
        frame = slate.to_polars()
        refused = t.slate(slate_day, refusals=True).to_polars("refusals")
    assert frame.height == len(slate) > 0
    assert list(slate) == list(slate.predictions)
    assert str(slate.date) in repr(slate)
    assert len(repr(slate)) < 200
    assert {"player", "reason", "markets"} <= set(refused.columns)
    for field in ("refusals", "date", "none-such"):
        with pytest.raises(tipoff.UsageError, match=field):
            slate.to_polars(field)
    with pytest.raises(tipoff.UsageError, match="was closed"):
        t.slate(slate_day)
