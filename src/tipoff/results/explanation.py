"""What one prediction was made from, down to source rows."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Moment, Probability, Result
from tipoff.results.facts import LineRow, SettingValue, SourceRow
from tipoff.results.slate import Prediction, Role


class StoredPrediction(Prediction):
    """A prediction as committed, with its seal."""

    run_id: str
    snapshot_id: str
    as_of: Moment
    line_ids: tuple[str, ...] | None = Field(description="fact_id of every line row read.")
    code_version: str
    record_hash: str


class ExplainedRun(Result):
    """The run that made a prediction."""

    run_id: str
    slate: dt.date
    as_of: Moment
    facts_seq: Count = Field(description="Newest commit whose facts it saw.")
    mode: str = Field(description="Quality gate of the run.")
    code_version: str
    build_id: str | None = Field(description="Null for sets of the first edition.")
    committed_at: Moment
    simulated: bool
    settings: dict[str, SettingValue]
    other_build: tuple[str, ...] = Field(
        description="What of that code is other here, in words; empty when it is this code."
    )


class ExplainedModel(Result):
    """The model version that made a prediction."""

    model_id: str
    model: str
    role: Role
    trained_from: dt.date
    trained_through: dt.date
    rows: Count
    artifact_sha256: str | None = Field(description="Null when the manifest is all of it.")
    code_version: str


class ExpectedMinutes(Result):
    """Minutes the player plays if they play, and the version that says so."""

    median: float
    p10: float
    p90: float
    model: str
    model_id: str


class Feature(Result):
    """A feature the model read: its value and where that is from."""

    name: str
    value: float | None
    unit: str
    required: bool
    category: str
    definition: str = Field(description="Hash of the definition it was made by.")
    quality: Literal["missing", "fallback", "observed"]
    reason: str | None = Field(description="Why it is missing or a fallback.")
    contribution: float | None = Field(
        description="To the model's centre, in units of the market; null where none is known."
    )
    sources: tuple[SourceRow, ...]


class Explanation(Result):
    """Everything one prediction was made from. Contributions and `base` add up to the centre."""

    ROWS: ClassVar[str] = "features"

    prediction: StoredPrediction
    run: ExplainedRun
    model: ExplainedModel
    p_plays: Probability | None = Field(description="Null where no `plays` model says.")
    minutes: ExpectedMinutes | None = Field(description="Null where no model says.")
    base: float | None = Field(description="Null for a family that explains nothing.")
    features: tuple[Feature, ...]
    lines: tuple[LineRow, ...]
