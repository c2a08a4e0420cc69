"""What doctor and the maintenance of the lake's folder answer."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Moment, Result

Cell = str | int | float | bool | dt.date | Moment | None
Level = Literal["ok", "note", "problem"]
ProblemKind = Literal[
    "catalog", "clock", "damaged", "dangling", "guard", "missing", "orphan", "schema"
]


class CheckResult(Result):
    """One check: how many rows it concerns, the first of them, and what to do."""

    ROWS: ClassVar[str] = "detail"

    name: str
    level: Level
    count: Count
    summary: str
    detail: tuple[dict[str, Cell], ...] = Field(
        default=(), description="Rows whose columns are the check's own."
    )
    next_step: str = ""


class Doctor(Result):
    """Everything doctor looked at, of one league date or of all."""

    ROWS: ClassVar[str] = "checks"

    date: dt.date | None
    simulated: bool
    problems: Count = Field(description="Checks that found a problem.")
    checks: tuple[CheckResult, ...]


class LakeProblem(Result):
    """One thing that is wrong with the lake's folder."""

    kind: ProblemKind
    what: str = Field(description="The file, or the table.")
    detail: str
    young: bool = Field(default=False, description="A leftover that may be a commit under way.")


class LakeCheck(Result):
    """The lake's folder against its catalog: how much was looked at, and what is wrong."""

    ROWS: ClassVar[str] = "problems"

    data_files: Count
    artifacts: Count
    schema_version: int
    commits: Count
    problems: tuple[LakeProblem, ...]
    ok: bool = Field(description="Nothing is wrong; leftovers too young to judge do not count.")


class Cleaned(Result):
    """Leftovers that were removed or, with `dry_run`, would be."""

    dry_run: bool
    removed: tuple[str, ...]
    bytes: Count
    kept: Count = Field(description="Too young to judge.")


class Compacted(Result):
    """How many files the newest version of the lake is made of, before and after."""

    files_before: Count
    files_after: Count
