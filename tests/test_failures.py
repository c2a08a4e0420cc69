"""What may not take others down is listed once, and lists what it should."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest

import tipoff
from tipoff.errors import LakeBusy, UsageError
from tipoff.failures import FAILURES, LOAD_FAILURES, RULE_FAILURES

EVERY = (FAILURES, LOAD_FAILURES, RULE_FAILURES)


@pytest.mark.parametrize("caught", EVERY, ids=["model or gate", "load", "rule"])
def test_bugs_and_our_own_last_words_are_caught_and_interrupts_are_not(
    caught: tuple[type[Exception], ...],
) -> None:
    for error in (KeyError, ZeroDivisionError, RecursionError, MemoryError, AttributeError,
                  UnicodeDecodeError, pl.exceptions.ColumnNotFoundError, UsageError):  # fmt: skip
        assert issubclass(error, caught), error
    for other in (KeyboardInterrupt, SystemExit, GeneratorExit, AssertionError):
        assert not issubclass(other, caught), other


def test_only_a_load_forgives_a_file_only_a_rule_forgives_duckdb_and_no_load_a_busy_lake() -> None:
    def who(error: type[Exception]) -> list[bool]:
        return [issubclass(error, caught) for caught in EVERY]

    assert who(OSError) == [False, True, False]
    assert who(duckdb.Error) == [False, False, True]
    assert who(LakeBusy) == [True, False, True]


def test_no_other_module_has_a_list_of_its_own() -> None:
    root = Path(tipoff.__file__).parent
    homes = [p.name for p in root.rglob("*.py") if "MemoryError" in p.read_text("utf-8")]
    assert homes == ["failures.py"]
