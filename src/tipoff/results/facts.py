"""Stored source rows, as answers show them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tipoff.results.base import Moment, Result

SettingValue = bool | int | float | str
FactValue = bool | int | float | str | dt.date | Moment | None
"""What a column of a fact table can hold."""


class SourceRow(Result):
    """A fact row behind a feature."""

    table: str
    fact_id: str
    date: dt.date = Field(description="League date of the row.")
    text: str = Field(description="The row in words.")


class LineRow(Result):
    """What one book offered at one moment."""

    fact_id: str
    bookmaker: str
    line: float
    over_price: float | None = Field(description="American odds; null when it is no price.")
    under_price: float | None
    is_main_line: bool
    pickem: bool = Field(description="Fixed payouts: the prices mean nothing.")
    known_at: Moment
    estimated: bool = Field(description="known_at is by rule, not observed.")
    late: bool
    source: str
