"""Which published predictions a source row reaches."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from tipoff.results.base import Count, Result
from tipoff.results.facts import FactValue
from tipoff.results.slate import Role


class ReachedSlate(Result):
    """A published set that the row reaches."""

    slate: dt.date
    seq: int
    run_id: str
    current: bool = Field(description="Its slate shows it.")
    predictions: Count
    refusals: Count


class ReachedPrediction(Result):
    """A prediction that the row reaches."""

    slate: dt.date
    run_id: str
    prediction_id: str
    player: str
    team: str
    market: str
    model: str
    role: Role
    how: tuple[str, ...] = Field(
        description="`line`, `plan`, and features of its model that may read the row."
    )


class Impact(Result):
    """The predictions a fact row reaches, and what the answer does not claim (`limits`)."""

    ROWS: ClassVar[str] = "rows"

    table: str
    row: dict[str, FactValue] = Field(description="The row, by column.")
    corrected: bool = Field(description="A newer row says otherwise.")
    runs_looked_at: Count
    predictions: Count
    slates: tuple[ReachedSlate, ...]
    by_model: dict[str, Count]
    by_market: dict[str, Count]
    by_way: dict[str, Count] = Field(description="line, plan or feature -> predictions.")
    limits: tuple[str, ...]
    rows: tuple[ReachedPrediction, ...]
