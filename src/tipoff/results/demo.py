"""What the demo did."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tipoff.results.base import Count, Result


class Demo(Result):
    """A simulated league, imported, trained on, forecast and graded."""

    lake: str = Field(description="Folder of its lake.")
    date: dt.date = Field(description="The newest slate forecast.")
    slates: Count
    grades: Count
    seconds: float
