"""What the alerts answer: what holds, what was sent where, and what stands."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from pydantic import Field

from tipoff.results.base import Moment, Result


class AlertInfo(Result):
    """One thing wrong. While rule, slate and state stay, it is sent to a destination once."""

    alert_id: str
    rule: str
    slate: dt.date | None = Field(description="Null for what concerns no single slate.")
    summary: str
    next_step: str
    state: dict[str, str | tuple[str, ...]] = Field(
        description="What tells it from others of its rule and slate."
    )


class StandingAlert(AlertInfo):
    """An alert that was sent and is not over."""

    since: Moment
    to: tuple[str, ...] = Field(description="Destinations that took it.")


class HoldingAlert(AlertInfo):
    """An alert that holds now."""

    sent_now: bool = Field(description="A destination took it in this check.")


class AlertCheck(Result):
    """What a check came to: alerts that hold, those that are over, and failed deliveries."""

    ROWS: ClassVar[str] = "alerts"

    date: dt.date | None
    alerts: tuple[HoldingAlert, ...]
    over: tuple[StandingAlert, ...]
    failed: dict[str, str] = Field(description="Destination -> why it took nothing.")


class AlertTest(Result):
    """A test of every destination in use."""

    destinations: dict[str, str] = Field(description="Destination -> ok, or what went wrong.")


class AlertList(Result):
    """The alerts that stand, and the rules."""

    ROWS: ClassVar[str] = "alerts"

    alerts: tuple[StandingAlert, ...]
    rules: dict[str, tuple[str, ...]] = Field(description="Rule -> where its alerts go.")
    looks_for: dict[str, str] = Field(description="Rule -> what it looks for, in a sentence.")
