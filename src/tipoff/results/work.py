"""What a run did, and whether its predictions can be made again."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from tipoff.results.base import Count, Moment, Result
from tipoff.results.slate import PublicationInfo


class RunReport(Result):
    """What a run did. expected = predicted + the sum of refused, always."""

    date: dt.date = Field(description="League date, US Eastern.")
    nothing_to_do: bool = Field(description="What was published already held.")
    as_of: Moment = Field(description="Moment the forecasts are true of.")
    simulated: bool
    backfill: bool = Field(
        description="Committed at or after the first tip-off: not part of the live record."
    )
    run_id: str
    publication_id: str
    publication: PublicationInfo
    games: Count
    expected: Count = Field(description="Forecasts, (player, market, model).")
    predicted: Count
    refused: dict[str, int] = Field(description="Reason -> refused forecasts, most first.")
    refused_models: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Model refused, whole or in some markets -> why. Only of sets built just now.",
    )
    changed_models: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Model of your own -> what of it is other than when it was trained; it predicts"
        " as it was trained.",
    )
    next_steps: dict[str, str] = Field(
        default={}, description="Model that is refused or changed -> what to do about it."
    )


class Reproduction(Result):
    """Whether stored predictions come out bit for bit when they are made again."""

    run_id: str
    reproduced: bool
    checked: Count = Field(description="Predictions made again.")
    differences: tuple[str, ...] = Field(description="Empty when reproduced; first one first.")
    notes: tuple[str, ...] = Field(description="What is other here, without being a difference.")
